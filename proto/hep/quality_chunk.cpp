#include "proto/hep/quality_chunk.hpp"

#include <algorithm>
#include <cmath>

namespace heptap::hep {

std::optional<std::uint16_t> mos_chunk(double mos) noexcept {
  if (!(mos >= 1 && mos <= 5)) return std::nullopt;
  return static_cast<std::uint16_t>(std::lround(mos * 100));
}

std::optional<std::uint16_t> r_factor_chunk(double r) noexcept {
  constexpr double highest_r = 148;
  if (!(r <= highest_r)) return std::nullopt;
  return static_cast<std::uint16_t>(std::lround(std::max(r, 0.0)));
}

}  // namespace heptap::hep
