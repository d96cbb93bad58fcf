#include "agent/pacer.hpp"

#include <algorithm>

namespace heptap {

constexpr double longest_wait_ns = 1e17;

std::optional<Pacer::Clock::time_point> Pacer::due(std::int64_t time_ns) noexcept {
  if (speed_ == 0) return std::nullopt;
  if (!first_ns_) {
    first_ns_ = time_ns;
    start_ = Clock::now();
  }
  const double offset_ns =
      (static_cast<double>(time_ns) - static_cast<double>(*first_ns_)) / speed_;
  const auto due = start_ + std::chrono::nanoseconds(static_cast<std::int64_t>(
                                std::clamp(offset_ns, -longest_wait_ns, longest_wait_ns)));
  return due > Clock::now() ? std::optional(due) : std::nullopt;
}

}  // namespace heptap
