#pragma once

#include "config/cross_check.hpp"
#include "config/settings.hpp"

namespace heptap {

/// Checks what needs more than one value of collectors to judge, but for members, which check_members()
/// does.
/// places    of all options that are in the file, those with a wrong value, too
/// report    called for each problem
void check_collectors(const Settings& settings, const PlacedOptions& places,
                      const ReportProblem& report);

}  // namespace heptap
