#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace heptap {

/// Lets packets pass at the pace they were captured at, `speed` times as fast; 0 is no pace at all.
/// The first packet is due at once.
class Pacer {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Pacer(double speed) noexcept : speed_(speed) {}

  /// gives     when a packet of this time is due; nothing when it is due already. Times may be
  ///           anything: no packet is due later than three years after the first.
  [[nodiscard]] std::optional<Clock::time_point> due(std::int64_t time_ns) noexcept;

 private:
  double speed_;
  std::optional<std::int64_t> first_ns_;
  Clock::time_point start_;
};

}  // namespace heptap
