#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "config/checks.hpp"

namespace heptap {

/// gives     warnings: which rules are for no message, or behind one that leaves them none; nothing when a
///           condition is wrong
[[nodiscard]] std::vector<std::pair<std::size_t, RuleProblem>> rule_doubts(
    const PlanSettings& plan);

}  // namespace heptap
