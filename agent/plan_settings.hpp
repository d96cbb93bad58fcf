#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/plan/plan.hpp"
#include "config/checks.hpp"
#include "config/settings.hpp"

namespace heptap {

/// gives     what is wrong with the texts of a rule: its condition, its field; none: nothing
[[nodiscard]] std::vector<RuleProblem> rule_problems(const PlanRuleSettings& rule,
                                                     const PlanSettings& plan);

/// Runs the script once, as each thread will.
/// gives     what is wrong with it, or which rules ask for a function that it does not have
[[nodiscard]] std::vector<RuleProblem> script_problems(const PlanSettings& plan);

/// gives     what is wrong with a plan in captagent's language, as of its file; warnings of what does less
///           here than in captagent
[[nodiscard]] std::vector<RuleProblem> captagent_problems(const Settings& settings);

/// gives     what `send` of a plan may name: collectors in_plan_order(), and behind them pools
[[nodiscard]] std::vector<std::string> plan_names(const Settings& settings);

/// gives     "pool homer, failover of here, there"
[[nodiscard]] std::string describe(const PoolSettings& pool);

/// gives     where goes what no rule says more of
[[nodiscard]] constexpr std::string_view everyone(bool has_pools) noexcept {
  return has_pools ? "every pool, and every collector in none" : "every collector";
}

/// settings  checked: rule_problems() and script_problems() have none
/// gives     null: there is no plan, and no pool, so that everything goes to everyone
[[nodiscard]] std::shared_ptr<const Plan> make_plan(const Settings& settings);

}  // namespace heptap
