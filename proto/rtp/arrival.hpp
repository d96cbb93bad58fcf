#pragma once

#include <cstdint>

namespace heptap {

/// The times between consecutive packets of a stream.
struct DeltaFigures {
  double mean_ms = 0;
  double max_ms = 0;       ///< pauses of silence suppression are in it
  double max_talk_ms = 0;  ///< without what begins or ends with comfort noise, or ends with the
                           ///< marker, which begins a talk spurt
};

/// When the packets of a stream came, whatever is in them. A packet whose time is before that of the
/// last one came at once. A delta has microseconds, and is held at 71 minutes.
class RtpArrivals {
 public:
  /// The first packet of all.
  void begin(std::int64_t time_ns) noexcept { first_ns_ = last_ns_ = period_base_ns_ = time_ns; }

  /// Any further one.
  /// is_talk   the time since the last packet is not that of a pause
  void add(std::int64_t time_ns, bool is_talk) noexcept;

  [[nodiscard]] std::int64_t first_ns() const noexcept { return first_ns_; }
  [[nodiscard]] std::int64_t last_ns() const noexcept { return last_ns_; }

  /// deltas    how many times add() was called
  [[nodiscard]] DeltaFigures total(std::uint32_t deltas) const noexcept;
  /// gives     the figures since the last call, without max_talk_ms
  /// deltas    as above, since the last call
  [[nodiscard]] DeltaFigures take_period(std::uint32_t deltas) noexcept;

 private:
  std::int64_t first_ns_ = 0;
  std::int64_t last_ns_ = 0;
  std::int64_t period_base_ns_ = 0;
  std::uint32_t max_us_ = 0;
  std::uint32_t max_talk_us_ = 0;
  std::uint32_t period_max_us_ = 0;
};

}  // namespace heptap
