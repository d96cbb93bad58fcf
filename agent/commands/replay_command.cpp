#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>

#include "agent/apply_settings.hpp"
#include "agent/check.hpp"
#include "agent/commands/commands.hpp"
#include "agent/commands/option_flags.hpp"
#include "agent/plan_settings.hpp"
#include "agent/replay.hpp"

namespace heptap {
namespace {

// What a person names on the command line is one file.
constexpr FileSettings one_file{.size_bytes = 0, .age = std::chrono::seconds{0}, .keep = 0};

struct Flags {
  ReplayOptions options;
  std::string config;
  std::vector<std::string> to;
  OptionFlags of_settings;
  OptionFlags of_collectors;  // the same for every --to
  CLI::Option* spool = nullptr;
  bool no_verify = false;
};

void add_settings(CLI::App& command, Flags& flags) {
  command.add_option("-c,--config", flags.config, "configuration file; flags go before it");
  flags.of_settings.add(command, "--speed", "replay.speed");
  flags.of_settings.add(command, "--time", "replay.time");
  flags.of_settings.add(command, "--wait", "replay.wait");
  flags.spool = &flags.of_settings.add(command, "--spool", "spool.directory");
  flags.of_settings.add(command, "--node-id", "node.id");
  flags.of_settings.add(command, "--node-name", "node.name");
  flags.of_settings.add(command, "--auth-key-file", "node.auth_key_file");
}

void add_collectors(CLI::App& command, Flags& flags) {
  const Option& url = *find_option("collectors[].url");
  auto* const to = command.add_option(
      "--to", flags.to,
      "collector, udp://, tcp:// or tls://HOST:PORT, kafka://HOST:PORT,HOST:PORT/TOPIC, or "
      "pcapng:FILE, jsonl:FILE or console:FILE, - for standard output (repeatable); instead of "
      "those of the configuration");
  to->check(CLI::Validator([&url](const std::string& text) { return value_fault(url, text); }, ""));
  to->type_name("URL")->allow_extra_args(false);
  auto& tls = flags.of_collectors;
  tls.add(command, "--tls-ca", "collectors[].ca").needs(to);
  tls.add(command, "--tls-server-name", "collectors[].server_name").needs(to);
  CLI::Option& certificate = tls.add(command, "--tls-cert", "collectors[].certificate");
  CLI::Option& key = tls.add(command, "--tls-key", "collectors[].key");
  certificate.needs(to)->needs(&key);
  key.needs(to)->needs(&certificate);
  command
      .add_flag("--tls-no-verify", flags.no_verify,
                "do not check the collector's certificate: anyone can read and forge the traffic")
      ->needs(to);
}

void add_outputs(CLI::App& command, ReplayOptions& options) {
  command.add_flag("--json", options.json, "print calls as one JSON document")->excludes("--to");
  command.add_option("--ladder", options.ladder, "draw the messages of the call with this Call-ID")
      ->type_name("CALL-ID")
      ->excludes("--to")
      ->excludes("--json");
  command.add_flag("--quiet", options.quiet, "no ledger, no progress, no log below warning");
  command.add_option("--ledger-json", options.ledger_json_file, "write the ledger to this file");
}

std::vector<CollectorSettings> collectors_of(const Flags& flags) {
  std::vector<CollectorSettings> collectors;
  for (const std::string& url : flags.to) {
    CollectorSettings collector;
    collector.name = url;
    (void)parse_collector_url(url, collector.url);  // checked with the command line
    if (is_file(collector.url.carrier)) collector.file = one_file;
    if (collector.url.carrier == CollectorCarrier::tls) {
      Settings unused;
      flags.of_collectors.store({unused, &collector});
      collector.verify = !flags.no_verify;
      if (flags.no_verify) spdlog::warn("{}: the collector's certificate is not checked", url);
    }
    collectors.push_back(std::move(collector));
  }
  return collectors;
}

// Whomever the plan sends to, they are in their place.
void replace_collectors(Settings& settings, std::vector<CollectorSettings> collectors) {
  settings.plan.written_for = plan_names(settings);
  settings.pools.clear();
  settings.collectors = std::move(collectors);
}

void check_collectors(const CLI::App& command, const Flags& flags) {
  const auto most = find_option("collectors")->range.most;
  if (flags.to.size() > most) {
    throw CLI::ValidationError("--to", "more than " + std::to_string(most) + " collectors");
  }
  for (auto url = flags.to.begin(); url != flags.to.end(); ++url) {
    if (std::find(flags.to.begin(), url, *url) == url) continue;
    throw CLI::ValidationError("--to", *url + " is given twice");
  }
  const auto to_stdout =
      std::count_if(flags.to.begin(), flags.to.end(), [](const std::string& url) {
        CollectorUrl read;
        return parse_collector_url(url, read).empty() && read.path == "-";
      });
  if (to_stdout > 1) throw CLI::ValidationError("--to", "only one can be standard output");
  const bool any_tls = std::any_of(flags.to.begin(), flags.to.end(),
                                   [](const std::string& url) { return url.starts_with("tls:"); });
  for (const auto* flag :
       {"--tls-ca", "--tls-server-name", "--tls-cert", "--tls-key", "--tls-no-verify"}) {
    if (any_tls || command.count(flag) == 0) continue;
    throw CLI::ValidationError(flag, "does nothing without a tls:// --to");
  }
}

ExitCode replay(Flags& flags) {
  LoadedConfig config;
  if (!flags.config.empty()) config = load_config(flags.config, std::cerr);
  if (config.status != ExitCode::ok) return config.status;
  Settings& settings = config.settings;
  flags.of_settings.store({settings});
  if (!flags.to.empty()) replace_collectors(settings, collectors_of(flags));
  if (settings.collectors.empty() && flags.spool->count() != 0) {
    spdlog::error("--spool is for collectors, and there is none");
    return ExitCode::usage;
  }
  const bool prints_calls = flags.options.json || !flags.options.ladder.empty();
  if (prints_calls && !settings.collectors.empty()) {
    spdlog::error("{} prints calls, which is done only without collectors",
                  flags.options.json ? "--json" : "--ladder");
    return ExitCode::usage;
  }
  if (flags.options.quiet) settings.log.level = std::max(settings.log.level, LogLevel::warning);
  apply_log_level(settings.log);
  apply(settings, flags.options);
  return run_replay(flags.options, std::cout, std::cerr);
}

}  // namespace

void add_replay_command(CLI::App& app, Command& chosen) {
  auto flags = std::make_shared<Flags>();
  CLI::App& command = *app.add_subcommand(
      "replay", "send the SIP of capture files to collectors, or print its calls");
  command
      .add_option("FILE", flags->options.files, "pcap or pcapng, also gzipped; - is standard input")
      ->required();
  add_settings(command, *flags);
  add_collectors(command, *flags);
  add_outputs(command, flags->options);
  command.callback([flags, &chosen, &command] {
    check_collectors(command, *flags);
    chosen = [flags] { return replay(*flags); };
  });
}

}  // namespace heptap
