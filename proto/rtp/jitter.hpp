#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "proto/packed_time.hpp"

namespace heptap {

/// Milliseconds from one packet time to another, whatever they are.
[[nodiscard]] inline double elapsed_ms(std::int64_t from_ns, std::int64_t to_ns) noexcept {
  std::int64_t ns = 0;
  if (__builtin_sub_overflow(to_ns, from_ns, &ns)) {
    return (static_cast<double>(to_ns) - static_cast<double>(from_ns)) / 1e6;
  }
  return static_cast<double>(ns) / 1e6;
}

/// Mean and maximum of values that are not negative.
struct MeanAndMax {
  double sum = 0;
  std::uint32_t count = 0;
  float max = 0;

  void add(double value) noexcept {
    sum += value;
    ++count;
    max = std::max(max, static_cast<float>(value));
  }
  void add(const MeanAndMax& other) noexcept;
  [[nodiscard]] double mean() const noexcept { return count == 0 ? 0 : sum / count; }
};

/// Interarrival jitter in milliseconds, in the order of arrival.
///
/// Give it the packets that carry the clock: no duplicates, comfort noise or telephone events, whose
/// timestamps stand still, and of a video frame the first packet only. Packets that were left out do
/// not move the reference, which is the last one that came. A step that is ten seconds off or more is a
/// sender whose timestamps began anew, and so is one of more than an hour. Times are kept to the
/// microsecond.
/// source    RFC 3550 sections 6.4.1 and A.8, in doubles
class RtpJitter {
 public:
  /// Nothing is counted before there is a clock.
  void add(std::uint32_t timestamp, std::int64_t time_ns) noexcept;

  /// clock_hz  of the timestamps of the next packets; 0: unknown. Another clock restarts.
  void set_clock(std::uint32_t clock_hz) noexcept;
  [[nodiscard]] std::uint32_t clock_hz() const noexcept { return clock_hz_; }

  /// The next packet has nothing to be compared with: the sender began again.
  void restart() noexcept { has_reference_ = false; }

  /// For a clock that is not known: what it must be, by what has gone by since the first packet that
  /// came here behind a restart. A stretch with jitter can be right for another clock: take what two
  /// stretches of some dozens of packets agree on.
  /// gives     one of 8000, 16000, 32000, 44100, 48000 and 90000 that is within 3 %; 0: none of
  ///           them; nothing: less than a second has gone by
  [[nodiscard]] std::optional<std::uint32_t> estimate_clock(std::uint32_t timestamp,
                                                            std::int64_t time_ns) noexcept;

  /// Whether a packet is one more of the video frame that the last one was of.
  [[nodiscard]] bool is_same_frame(std::uint32_t timestamp) const noexcept {
    return has_reference_ && timestamp == reference_timestamp_;
  }

  /// As it stands.
  [[nodiscard]] double last_ms() const noexcept { return jitter_ms_; }
  [[nodiscard]] MeanAndMax total() const noexcept;
  /// gives     those since the last call
  [[nodiscard]] MeanAndMax take_period() noexcept;

  /// How far the timestamps are ahead of the packets' times since the first one; drift of the clock
  /// and jitter in one.
  [[nodiscard]] double skew_ms() const noexcept { return skew_ms_; }
  /// The farthest from 0, with its sign.
  [[nodiscard]] double max_skew_ms() const noexcept { return double{max_skew_ms_}; }

  /// The step from one timestamp to the next that most packets have; 0 before there is one.
  [[nodiscard]] std::uint16_t usual_step() const noexcept { return step_; }

 private:
  void take_step(std::int32_t ticks, std::int64_t time_ns) noexcept;
  [[nodiscard]] double since_reference_ms(std::int64_t time_ns) const noexcept;
  void set_reference(std::uint32_t timestamp, std::int64_t time_ns) noexcept;
  void vote_for_step(std::uint32_t step) noexcept;

  double jitter_ms_ = 0;
  double skew_ms_ = 0;
  MeanAndMax earlier_;
  MeanAndMax period_;
  float max_skew_ms_ = 0;
  std::uint32_t clock_hz_ = 0;
  std::uint32_t reference_timestamp_ = 0;
  NearTime reference_us_;
  std::uint16_t step_ = 0;
  std::uint8_t step_votes_ = 0;
  bool has_reference_ = false;
};

}  // namespace heptap
