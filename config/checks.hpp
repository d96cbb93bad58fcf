#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "config/settings.hpp"
#include "config/values.hpp"

namespace heptap {

/// What is wrong with a rule of the plan.
struct RuleProblem {
  std::string option;  ///< "when", "send[1]"; empty: the rule as a whole
  ValueProblem problem;
  std::size_t offset = 0;    ///< in the text of the option
  std::size_t size = 0;      ///< of what is wrong in it; 0: that it is given
  std::string excerpt = {};  ///< lines that show it; may be empty
};

/// What is wrong, or doubtful, about the filter of an interface.
using FilterCheck = std::function<std::vector<ValueProblem>(const InterfaceSettings&)>;

/// What others know of texts in the configuration. What is not given is not asked.
struct ConfigChecks {
  FilterCheck filter = {};
  /// What is wrong with a property of librdkafka; empty: nothing. Where the value is secret, it is not
  /// given.
  std::function<std::string(const std::string& name, const std::string& value)> property = {};
  /// What is wrong, or doubtful, about a rule of this plan.
  std::function<std::vector<RuleProblem>(const PlanRuleSettings&, const PlanSettings&)> rule = {};
  /// What is doubtful about rules together, by the index of a rule. Each by itself is right.
  std::function<std::vector<std::pair<std::size_t, RuleProblem>>(const PlanSettings&)> rules = {};
  /// The same about the script, and what rules ask of it; options as "lua" and "rules[2].lua".
  std::function<std::vector<RuleProblem>(const PlanSettings&)> script = {};
  /// The same about the plan in captagent's language; option "captagent".
  std::function<std::vector<RuleProblem>(const Settings&)> captagent = {};
};

}  // namespace heptap
