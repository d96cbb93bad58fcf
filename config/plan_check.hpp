#pragma once

#include <functional>
#include <string>

#include "config/checks.hpp"
#include "config/cross_check.hpp"
#include "config/settings.hpp"

namespace heptap {

/// Called for each problem of the plan.
/// rule      "plan.rules[2]"
using ReportRule = std::function<void(const std::string& rule, const RuleProblem& problem)>;

/// Checks what needs more than one value of the plan to judge.
/// places    of all options that are in the file, those with a wrong value, too
void check_plan(const Settings& settings, const PlacedOptions& places, const ConfigChecks& checks,
                const ReportRule& report);

}  // namespace heptap
