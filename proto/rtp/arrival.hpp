#pragma once

#include <cstdint>

#include "proto/packed_time.hpp"

namespace heptap {

/// The times between consecutive packets of a stream.
struct DeltaFigures {
  double mean_ms = 0;
  double max_ms = 0;       ///< pauses of silence suppression are in it
  double max_talk_ms = 0;  ///< without what begins or ends with comfort noise, or ends with the
                           ///< marker, which begins a talk spurt
};

/// When the packets of a stream came, whatever is in them. A packet whose time is before that of the
/// last one came at once. A delta has microseconds, and is held at 71 minutes; a mean is of times in
/// whole microseconds, and a period is no longer than an hour.
class RtpArrivals {
 public:
  /// The first packet of all.
  void begin(std::int64_t time_ns) noexcept;

  /// Any further one.
  /// is_talk   the time since the last packet is not that of a pause
  void add(std::int64_t time_ns, bool is_talk) noexcept;

  /// In whole microseconds.
  [[nodiscard]] std::int64_t first_ns() const noexcept { return first_us_ * nanos_per_micro; }
  [[nodiscard]] std::int64_t last_ns() const noexcept {
    return static_cast<std::int64_t>(std::uint64_t{last_high_} << 32U | last_low_);
  }

  /// deltas    how many times add() was called
  [[nodiscard]] DeltaFigures total(std::uint32_t deltas) const noexcept;
  /// gives     the figures since the last call, without max_talk_ms
  /// deltas    as above, since the last call
  /// is_first  there was no call before; the first period is as long as it likes
  [[nodiscard]] DeltaFigures take_period(std::uint32_t deltas, bool is_first) noexcept;

 private:
  static constexpr std::int64_t nanos_per_micro = 1000;

  void set_last(std::int64_t time_ns) noexcept {
    last_low_ = static_cast<std::uint32_t>(time_ns);
    last_high_ = static_cast<std::uint32_t>(static_cast<std::uint64_t>(time_ns) >> 32U);
  }
  [[nodiscard]] std::int64_t last_us() const noexcept { return last_ns() / nanos_per_micro; }

  std::uint32_t max_us_ = 0;
  std::uint32_t max_talk_us_ = 0;
  std::uint32_t period_max_us_ = 0;
  NearTime period_base_us_;     // the last packet before it
  std::uint32_t last_low_ = 0;  // nanoseconds, in halves that need less alignment
  std::uint32_t last_high_ = 0;
  PackedTime first_us_;
};

}  // namespace heptap
