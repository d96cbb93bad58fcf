#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>

#include "agent/check.hpp"
#include "agent/commands/commands.hpp"

namespace heptap {

void add_check_command(CLI::App& app, Command& chosen) {
  struct Flags {
    std::string config;
    bool reference = false;
  };
  auto flags = std::make_shared<Flags>();
  CLI::App& command = *app.add_subcommand("check", "say whether a configuration can be used");
  // One of the two; CLI11 says so when neither or both are given.
  CLI::Option_group& which = *command.add_option_group("what to check");
  which.require_option(1);
  which.add_option("-c,--config", flags->config, "configuration file, YAML");
  which.add_flag("--reference", flags->reference,
                 "print every option with its default and range instead");
  command.callback([flags, &chosen] {
    chosen = [flags] {
      return flags->reference ? run_reference(std::cout)
                              : run_check(flags->config, std::cout, std::cerr);
    };
  });
}

}  // namespace heptap
