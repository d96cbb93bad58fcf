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
    CheckOptions options;
  };
  auto flags = std::make_shared<Flags>();
  CLI::App& command = *app.add_subcommand("check", "say whether a configuration can be used");
  // One of the two; CLI11 says so when neither or both are given.
  CLI::Option_group& which = *command.add_option_group("what to check");
  which.require_option(1);
  CLI::Option* const config =
      which.add_option("-c,--config", flags->config, "configuration file, YAML");
  which.add_flag("--reference", flags->reference,
                 "print every option with its default and range instead");
  command
      .add_flag("--show-filter", flags->options.shows_filter,
                "print the packet filter for the kernel that comes of it, too")
      ->needs(config);
  command
      .add_flag("--resolve", flags->options.resolves,
                "look up the members of collectors and print them, too")
      ->needs(config);
  command.callback([flags, &chosen] {
    chosen = [flags] {
      if (flags->reference) return run_reference(std::cout);
      return run_check(flags->config, flags->options, std::cout, std::cerr);
    };
  });
}

}  // namespace heptap
