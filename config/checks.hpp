#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "config/values.hpp"

namespace heptap {

/// What is wrong with one text of a rule of the plan.
struct RuleProblem {
  std::string option;  ///< "when"
  ValueProblem problem;
  std::size_t offset = 0;    ///< in the text
  std::size_t size = 1;      ///< of what is wrong
  std::string excerpt = {};  ///< lines that show it; may be empty
};

/// What others know of texts in the configuration. What is not given is not asked.
struct ConfigChecks {
  /// What is wrong, or doubtful, about the filter of an interface.
  std::function<std::vector<ValueProblem>(const InterfaceSettings&)> filter = {};
  std::function<std::vector<RuleProblem>(const PlanRuleSettings&)> rule = {};
  /// The same about the script, and what rules ask of it; options as "lua" and "rules[2].lua".
  std::function<std::vector<RuleProblem>(const PlanSettings&)> script = {};
};

}  // namespace heptap
