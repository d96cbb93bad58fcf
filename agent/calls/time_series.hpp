#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace heptap {

/// Samples of a time: how many, their sum and ends, and how many fell into each part of a histogram.
/// Bounds    upper ends of the parts in microseconds, ascending, each in its part; what is longer is in
///           one more part
template <const auto& Bounds>
class TimeSeries {
 public:
  static constexpr std::size_t parts = Bounds.size() + 1;

  /// time_us   what is below 0 counts as 0: messages may arrive a little out of order
  void add(std::int64_t time_us) noexcept {
    const auto time = static_cast<std::uint64_t>(std::max<std::int64_t>(time_us, 0));
    min_us_ = count_ == 0 ? time : std::min(min_us_, time);
    max_us_ = std::max(max_us_, time);
    sum_us_ += time;
    ++count_;
    const auto* const part = std::lower_bound(Bounds.begin(), Bounds.end(), time);
    ++counts_[static_cast<std::size_t>(part - Bounds.begin())];
  }

  TimeSeries& operator+=(const TimeSeries& other) noexcept {
    if (other.count_ == 0) return *this;
    min_us_ = count_ == 0 ? other.min_us_ : std::min(min_us_, other.min_us_);
    max_us_ = std::max(max_us_, other.max_us_);
    sum_us_ += other.sum_us_;
    count_ += other.count_;
    for (std::size_t i = 0; i < parts; ++i) counts_[i] += other.counts_[i];
    return *this;
  }

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  [[nodiscard]] std::uint64_t sum_us() const noexcept { return sum_us_; }
  /// gives     samples in each part, not summed up
  [[nodiscard]] const std::array<std::uint64_t, parts>& counts() const noexcept { return counts_; }
  [[nodiscard]] std::optional<double> min_ms() const noexcept { return in_ms(min_us_); }
  [[nodiscard]] std::optional<double> max_ms() const noexcept { return in_ms(max_us_); }
  [[nodiscard]] std::optional<double> mean_ms() const noexcept {
    const auto mean = in_ms(sum_us_);
    return mean ? std::optional(*mean / static_cast<double>(count_)) : std::nullopt;
  }

 private:
  [[nodiscard]] std::optional<double> in_ms(std::uint64_t time_us) const noexcept {
    if (count_ == 0) return std::nullopt;
    return static_cast<double>(time_us) / 1000.0;
  }

  std::uint64_t count_ = 0;
  std::uint64_t sum_us_ = 0;
  std::uint64_t min_us_ = 0;
  std::uint64_t max_us_ = 0;
  std::array<std::uint64_t, parts> counts_{};
};

/// From a hop nearby to a user who lets it ring.
inline constexpr std::array<std::uint64_t, 14> delay_bounds_us{
    10'000,    25'000,    50'000,    100'000,    250'000,    500'000,    1'000'000,
    2'000'000, 4'000'000, 8'000'000, 16'000'000, 32'000'000, 60'000'000, 180'000'000};
/// From a wrong number to a conference.
inline constexpr std::array<std::uint64_t, 12> duration_bounds_us{
    1'000'000,   5'000'000,   10'000'000,    30'000'000,    60'000'000,    120'000'000,
    300'000'000, 600'000'000, 1'800'000'000, 3'600'000'000, 7'200'000'000, 14'400'000'000};

using DelaySeries = TimeSeries<delay_bounds_us>;
using DurationSeries = TimeSeries<duration_bounds_us>;

}  // namespace heptap
