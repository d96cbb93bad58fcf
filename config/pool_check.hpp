#pragma once

#include "config/plan_check.hpp"
#include "config/settings.hpp"

namespace heptap {

/// Checks what needs more than one value of the pools to judge.
/// report    called for each problem, with "pools[0]" for a rule
void check_pools(const Settings& settings, const ReportRule& report);

}  // namespace heptap
