#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/settings.hpp"

namespace heptap {

/// names     of collectors and pools, as plan_names() gives them
/// gives     a hash of all that verdicts depend on, the same in every process; not made to stand up to
///           anybody who wants two plans to have the same
[[nodiscard]] std::uint64_t plan_fingerprint(const PlanSettings& plan,
                                             const std::vector<std::string>& names);

}  // namespace heptap
