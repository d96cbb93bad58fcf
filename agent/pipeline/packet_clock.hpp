#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

namespace heptap {

/// The time by which things grow old: that of the youngest packet so far. It never goes back, so a
/// capture whose clock was set does not age anything twice.
class PacketClock {
 public:
  /// gives     what time it is now that a packet of this time has come
  std::int64_t advance(std::int64_t time_us) noexcept {
    if (now_us_ != never && time_us < now_us_ - step_us) ++steps_back_;
    now_us_ = std::max(now_us_, time_us);
    return now_us_;
  }
  /// The next packet is of another time.
  void begin_again() noexcept { now_us_ = never; }

  [[nodiscard]] std::int64_t now_us() const noexcept { return now_us_; }
  /// gives     packets that were more than a second older than another before them
  [[nodiscard]] std::uint64_t steps_back() const noexcept { return steps_back_; }

 private:
  static constexpr std::int64_t step_us = 1'000'000;
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::min();

  std::int64_t now_us_ = never;
  std::uint64_t steps_back_ = 0;
};

}  // namespace heptap
