#pragma once

#include "config/plan_check.hpp"
#include "config/settings.hpp"

namespace heptap {

/// Checks collectors that stand for all places of a name.
/// report    called for each problem, with "collectors[0]" for a rule
void check_members(const Settings& settings, const ReportRule& report);

}  // namespace heptap
