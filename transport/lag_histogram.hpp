#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <numeric>

namespace heptap {

/// How long frames took from the time of their packet until they were handed to the kernel, in
/// buckets by powers of two of a millisecond.
class LagHistogram {
 public:
  static constexpr std::size_t bucket_count = 17;  ///< 1 ms to 65.536 s

  /// gives     the longest lag in a bucket, where all are longer than in the bucket before
  /// bucket    below bucket_count
  [[nodiscard]] static constexpr std::chrono::milliseconds at_most(std::size_t bucket) noexcept {
    return std::chrono::milliseconds{std::int64_t{1} << bucket};
  }

  /// lag_us    below 0: the clock was stepped, counts as 0; above an hour: as an hour
  void add(std::int64_t lag_us) noexcept {
    const auto lag = static_cast<std::uint64_t>(std::clamp<std::int64_t>(lag_us, 0, longest_us));
    const std::uint64_t milliseconds = (lag + 999) / 1000;
    const std::size_t bucket = std::bit_width(std::max<std::uint64_t>(milliseconds, 1) - 1);
    ++counts_[std::min(bucket, bucket_count)];
    sum_us_ += lag;
  }

  LagHistogram& operator+=(const LagHistogram& other) noexcept {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    sum_us_ += other.sum_us_;
    return *this;
  }

  [[nodiscard]] std::uint64_t count(std::size_t bucket) const noexcept { return counts_[bucket]; }
  /// gives     those longer than the last bucket allows
  [[nodiscard]] std::uint64_t longer() const noexcept { return counts_[bucket_count]; }
  [[nodiscard]] std::uint64_t total() const noexcept {
    return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
  }
  [[nodiscard]] std::chrono::microseconds sum() const noexcept {
    return std::chrono::microseconds{sum_us_};
  }

 private:
  static constexpr std::int64_t longest_us = 3'600'000'000;

  std::array<std::uint64_t, bucket_count + 1> counts_{};
  std::uint64_t sum_us_ = 0;
};

}  // namespace heptap
