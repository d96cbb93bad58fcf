#pragma once

#include <cstddef>

namespace heptap {

inline constexpr std::size_t max_plan_rules = 1000;
/// Rules with a scope that neither send nor drop: so many hold for a call beside the one that does.
inline constexpr std::size_t max_rules_beside = 3;
/// So many different copies of one message there can be.
inline constexpr std::size_t max_mask_sets = 4;

}  // namespace heptap
