#pragma once

#include <memory>
#include <vector>

#include "agent/plan/plan.hpp"
#include "config/checks.hpp"
#include "config/settings.hpp"

namespace heptap {

/// gives     what is wrong with the texts of a rule: its condition, its field; none: nothing
[[nodiscard]] std::vector<RuleProblem> rule_problems(const PlanRuleSettings& rule);

/// settings  checked: rule_problems() has none
/// gives     null: there is no plan, so that everything goes to everyone
[[nodiscard]] std::shared_ptr<const Plan> make_plan(const Settings& settings);

}  // namespace heptap
