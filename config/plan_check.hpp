#pragma once

#include <functional>
#include <string>

#include "config/checks.hpp"
#include "config/settings.hpp"

namespace heptap {

/// Called for each problem of the plan.
/// rule      "plan.rules[2]"
using ReportRule = std::function<void(const std::string& rule, const RuleProblem& problem)>;

/// Checks what needs more than one value of the plan to judge.
void check_plan(const Settings& settings, const ConfigChecks& checks, const ReportRule& report);

}  // namespace heptap
