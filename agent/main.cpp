#include <fcntl.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>

#include "agent/commands/commands.hpp"
#include "agent/exit_code.hpp"
#include "agent/version.hpp"

namespace {

// Standard error, for journald or a person: no colour, no time of our own.
void set_up_log() {
  auto logger = spdlog::stderr_logger_mt("heptap");
  logger->set_pattern("heptap: %l: %v");
  spdlog::set_default_logger(std::move(logger));
}

// With one of the three closed, the next file to be opened would be taken for it. What stands in
// for it is opened the wrong way round: using it remains an error.
void keep_standard_streams() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(fd, F_GETFD) >= 0) continue;
    if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd) std::abort();
  }
}

int parse_and_run(int argc, char** argv) {
  CLI::App app{"heptap: a passive capture agent that ships SIP to HEP collectors", "heptap"};
  app.set_version_flag("--version", std::string("heptap ") + heptap::version);
  app.require_subcommand(0, 1);  // so that an unknown one is named as not expected
  heptap::Command chosen;
  heptap::add_run_command(app, chosen);
  heptap::add_replay_command(app, chosen);
  heptap::add_collect_command(app, chosen);
  heptap::add_check_command(app, chosen);
  heptap::add_plan_command(app, chosen);
  try {
    app.parse(argc, argv);
    if (!chosen) throw CLI::RequiredError("A subcommand");
  } catch (const CLI::ParseError& error) {
    const bool asked_for_help = error.get_exit_code() == 0;
    app.exit(error);
    return static_cast<int>(asked_for_help ? heptap::ExitCode::ok : heptap::ExitCode::usage);
  }
  heptap::ExitCode code = chosen();
  if (!std::cout.flush() && code == heptap::ExitCode::ok) {
    spdlog::error("standard output cannot be written");
    code = heptap::ExitCode::failure;
  }
  return static_cast<int>(code);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    keep_standard_streams();
    set_up_log();
    return parse_and_run(argc, argv);
  } catch (const std::exception& error) {
    spdlog::error(error.what());
    return static_cast<int>(heptap::ExitCode::failure);
  }
}
