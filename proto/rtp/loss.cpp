#include "proto/rtp/loss.hpp"

#include <algorithm>

namespace heptap {

double loss_percent(std::int64_t lost, std::uint64_t expected) noexcept {
  if (lost <= 0 || expected == 0) return 0;
  return std::min(100.0, 100.0 * static_cast<double>(lost) / static_cast<double>(expected));
}

double loss_percent_of_fraction(std::uint8_t fraction_lost) noexcept {
  return fraction_lost * 100.0 / 256;
}

double burst_ratio(std::uint64_t lost, std::uint64_t runs, std::uint64_t expected) noexcept {
  constexpr std::uint64_t too_few = 5;
  if (lost < too_few || runs == 0 || lost > expected) return 1;
  const auto count = static_cast<double>(lost);
  const double mean_run = count / static_cast<double>(runs);
  return std::max(1.0, mean_run * (1 - count / static_cast<double>(expected)));
}

}  // namespace heptap
