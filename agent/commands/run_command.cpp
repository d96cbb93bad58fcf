#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>
#include <memory>

#include "agent/apply_settings.hpp"
#include "agent/check.hpp"
#include "agent/commands/commands.hpp"
#include "agent/reload.hpp"
#include "agent/run.hpp"

namespace heptap {
namespace {

ExitCode run(const std::string& file) {
  const LoadedConfig config = load_config(file, std::cerr);
  if (config.status != ExitCode::ok) return config.status;
  const Settings& settings = config.settings;
  const bool has_source = !settings.interfaces.empty() || !settings.hep.empty();
  if (!has_source || settings.collectors.empty()) {
    const auto* const what = has_source ? "collectors" : "interfaces and hep";
    const auto* const needed = has_source ? "one" : "one of either";
    spdlog::error("{}: {}: nothing to do without {}", file, what, needed);
    return ExitCode::bad_config;
  }
  apply_log_level(settings.log);
  std::signal(SIGPIPE, SIG_IGN);  // who reads the log may go: the capture goes on
  RunOptions options;
  apply(settings, options);
  ConfigReader again(file, settings);
  return run_agent(
      options, [&] { return again.read(); }, std::cerr);
}

}  // namespace

void add_run_command(CLI::App& app, Command& chosen) {
  auto file = std::make_shared<std::string>("/etc/heptap/heptap.yaml");
  CLI::App& command = *app.add_subcommand(
      "run", "capture on interfaces, receive HEP, and send to collectors, until told to stop");
  command.add_option("-c,--config", *file, "configuration file")->capture_default_str();
  command.callback([file, &chosen] { chosen = [file] { return run(*file); }; });
}

}  // namespace heptap
