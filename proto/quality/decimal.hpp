#pragma once

#include <string_view>

#include "proto/result.hpp"

namespace heptap {

/// A number as reports write it: an optional sign, digits, at most one point. No exponent, no
/// "nan", no unit behind it.
/// errors    malformed: anything else
[[nodiscard]] Result<double> parse_decimal(std::string_view text) noexcept;

}  // namespace heptap
