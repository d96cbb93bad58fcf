#include "agent/commands/option_flags.hpp"

#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <stdexcept>

#include "config/valid_values.hpp"
#include "config/values.hpp"

namespace heptap {
namespace {

std::string in_words(const ValueProblem& problem) {
  return problem.hint.empty() ? problem.message : problem.message + ", " + problem.hint;
}

}  // namespace

std::string value_fault(const Option& option, const std::string& text) {
  Settings settings;
  CollectorSettings collector;
  InterfaceSettings interface;
  HepSettings hep;
  OptionTarget scratch{settings, &collector, &interface, &hep};
  const auto problem = store_value(option, text, {}, scratch);
  return problem && problem->severity == Severity::error ? in_words(*problem) : "";
}

CLI::Option& OptionFlags::add(CLI::App& command, const std::string& flag, std::string_view path) {
  Flag& stored = flags_.emplace_back(Flag{find_option(path), ""});
  if (stored.option == nullptr) throw std::logic_error("no option " + std::string{path});
  const Option& option = *stored.option;
  CLI::Option& added = *command.add_option(flag, stored.text, std::string{option.help});
  added.check(
      CLI::Validator([&option](const std::string& text) { return value_fault(option, text); }, ""));
  added.type_name(std::string{type_name(option.kind)});
  if (!option.fallback.empty()) added.default_str(std::string{option.fallback});
  stored.given = &added;
  return added;
}

void OptionFlags::store(OptionTarget target) const {
  for (const Flag& flag : flags_) {
    if (flag.given->count() == 0) continue;
    const auto problem = store_value(*flag.option, flag.text, {}, target);
    if (!problem) continue;
    const std::string text = flag.given->get_name() + ": " + in_words(*problem);
    if (problem->severity == Severity::error) throw std::runtime_error(text);
    spdlog::warn(text);
  }
}

}  // namespace heptap
