#pragma once

#include "config/plan_check.hpp"

namespace heptap {

/// Checks what the rules of a plan are together, and its files.
/// report    of problems of "plan", and of rules
void check_whole_plan(const Settings& settings, const PlacedOptions& places,
                      const ConfigChecks& checks, const ReportRule& report);

}  // namespace heptap
