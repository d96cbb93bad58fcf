#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>

#include "agent/commands/commands.hpp"
#include "agent/plan_tool.hpp"

namespace heptap {
namespace {

void add_fields(CLI::App& plan, Command& chosen) {
  auto is_markdown = std::make_shared<bool>(false);
  CLI::App& command = *plan.add_subcommand("fields", "print every field a condition can name");
  command.add_flag("--markdown", *is_markdown, "as a table in Markdown");
  command.callback([is_markdown, &chosen] {
    chosen = [is_markdown] {
      return run_plan_fields(*is_markdown ? FieldsForm::markdown : FieldsForm::text, std::cout);
    };
  });
}

void add_explain(CLI::App& plan, Command& chosen) {
  auto file = std::make_shared<std::string>();
  CLI::App& command = *plan.add_subcommand("explain", "print what the rules are compiled to");
  command.add_option("-c,--config", *file, "configuration file, YAML")->required();
  command.callback([file, &chosen] {
    chosen = [file] { return run_plan_explain(*file, std::cout, std::cerr); };
  });
}

void add_test(CLI::App& plan, Command& chosen) {
  auto options = std::make_shared<PlanTestOptions>();
  CLI::App& command = *plan.add_subcommand("test", "ask the plan about captures, and send nothing");
  command.add_option("-c,--config", options->config, "configuration file, YAML")->required();
  command.add_flag("--verbose", options->is_verbose, "also which rule decided about each message");
  command.add_option("FILE", options->files, "pcap or pcapng, also gzipped; - is standard input")
      ->required();
  command.callback([options, &chosen] {
    chosen = [options] { return run_plan_test(*options, std::cout, std::cerr); };
  });
}

}  // namespace

void add_plan_command(CLI::App& app, Command& chosen) {
  CLI::App& plan = *app.add_subcommand("plan", "look at the capture plan and its language");
  plan.require_subcommand(1);
  add_fields(plan, chosen);
  add_explain(plan, chosen);
  add_test(plan, chosen);
}

}  // namespace heptap
