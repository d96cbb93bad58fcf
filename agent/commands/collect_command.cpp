#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>

#include "agent/apply_settings.hpp"
#include "agent/collect.hpp"
#include "agent/collector_settings.hpp"
#include "agent/commands/commands.hpp"
#include "agent/report/frame_output.hpp"

namespace heptap {
namespace {

struct Flags {
  std::vector<std::string> listen{"udp://127.0.0.1:9060", "tcp://127.0.0.1:9060"};
  CollectOptions options;
};

// The form of an --out value; a FILE is only tried when collecting starts.
std::string check_output(const std::string& form) {
  const bool known = form == "console" || form == "json" || form == "calls" ||
                     (form.starts_with("pcap:") && form.size() > 5);
  return known ? "" : form + ": not console, json, calls or pcap:FILE";
}

std::string check_count(const std::string& text) {
  const bool digits = text.find_first_not_of("0123456789") == std::string::npos;
  const bool is_zero = text.find_first_not_of('0') == std::string::npos;
  return digits && !is_zero ? "" : text + ": not a whole number from 1 on";
}

std::string check_listen_url(const std::string& text) {
  CollectorUrl unused;
  const std::string fault = parse_listen_url(text, unused);
  return fault.empty() ? "" : text + " " + fault;
}

Endpoint listen_endpoint(const std::string& checked) {
  CollectorUrl url;
  (void)parse_listen_url(checked, url);
  return endpoint_of(url);
}

void check_tls_flags(const CLI::App& command, const CollectOptions& options) {
  const bool has_tls =
      std::any_of(options.listen.begin(), options.listen.end(),
                  [](const Endpoint& endpoint) { return endpoint.carrier == Carrier::tls; });
  if (has_tls && options.tls.certificate_file.empty()) {
    throw CLI::ValidationError("--listen", "tls:// needs --tls-cert and --tls-key");
  }
  for (const auto* flag : {"--tls-cert", "--tls-key", "--tls-ca"}) {
    if (has_tls || command.count(flag) == 0) continue;
    throw CLI::ValidationError(flag, "does nothing without a tls:// --listen");
  }
}

}  // namespace

void add_collect_command(CLI::App& app, Command& chosen) {
  auto flags = std::make_shared<Flags>();
  auto& options = flags->options;
  options.outputs = {"console"};
  CLI::App& command = *app.add_subcommand("collect", "receive HEP frames and show them");
  command.add_option("--listen", flags->listen, "udp://, tcp:// or tls://HOST:PORT; port 0: any")
      ->check(CLI::Validator(check_listen_url, "URL"))
      ->allow_extra_args(false)
      ->capture_default_str();
  command.add_option("--out", options.outputs, "console, json, calls or pcap:FILE (repeatable)")
      ->check(CLI::Validator(check_output, "FORM"))
      ->allow_extra_args(false)
      ->capture_default_str();
  command.add_option("--count", options.count, "end after this many good frames")
      ->check(CLI::Validator(check_count, "NUMBER"));
  auto* certificate = command.add_option("--tls-cert", options.tls.certificate_file,
                                         "certificate chain for tls:// endpoints, PEM");
  auto* key = command.add_option("--tls-key", options.tls.key_file, "its key, PEM");
  certificate->needs(key);
  key->needs(certificate);
  command.add_option("--tls-ca", options.tls.client_ca_file,
                     "demand client certificates of this CA, PEM");
  command.add_flag("--quiet", options.quiet, "no ledger at the end");
  command.callback([flags, &chosen, &command] {
    for (const auto& url : flags->listen) flags->options.listen.push_back(listen_endpoint(url));
    check_tls_flags(command, flags->options);
    chosen = [flags] { return run_collect(flags->options, std::cout, std::cerr); };
  });
}

}  // namespace heptap
