#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

namespace heptap {

/// The time by which things grow old: that of the youngest packet so far. It does not go back for a few
/// packets in disorder; but when only old ones come, somebody has set the clock, and it goes with them.
class PacketClock {
 public:
  /// gives     what time it is now that a packet of this time has come
  std::int64_t advance(std::int64_t time_us) noexcept {
    const bool is_behind = now_us_ != never && time_us < now_us_ - step_us;
    if (is_behind && !begins_) ++behind_;
    behind_in_a_row_ = is_behind ? behind_in_a_row_ + 1 : 0;
    const bool was_set = is_behind && (begins_ || behind_in_a_row_ == most_in_a_row);
    now_us_ = was_set ? time_us : std::max(now_us_, time_us);
    begins_ = false;
    return now_us_;
  }
  /// No packet of before this time will come any more.
  void pass_until(std::int64_t time_us) noexcept { now_us_ = std::max(now_us_, time_us); }
  /// The next packet may be of another time. One less than a second behind is of the same, in the next
  /// file of a capture whose packets are in a little disorder.
  void begin_again() noexcept { begins_ = true; }

  [[nodiscard]] std::int64_t now_us() const noexcept { return now_us_; }
  /// gives     packets that were more than a second behind the clock
  [[nodiscard]] std::uint64_t behind() const noexcept { return behind_; }

 private:
  static constexpr std::int64_t step_us = 1'000'000;
  static constexpr unsigned most_in_a_row = 64;
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::min();

  std::int64_t now_us_ = never;
  bool begins_ = false;
  unsigned behind_in_a_row_ = 0;
  std::uint64_t behind_ = 0;
};

}  // namespace heptap
