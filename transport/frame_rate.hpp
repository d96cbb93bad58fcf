#pragma once

#include <chrono>
#include <cstdint>

namespace heptap {

/// At most so many frames a second. After a pause a tenth of a second's may go at once.
class FrameRate {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// frames_per_second  0: any number
  explicit FrameRate(std::uint64_t frames_per_second) noexcept;

  [[nodiscard]] bool is_set() const noexcept { return frames_per_second_ > 0; }
  /// gives     how many may go now
  [[nodiscard]] std::uint64_t allowed(Time now) noexcept;
  /// They went, though they were more than allowed perhaps.
  void spend(std::uint64_t frames) noexcept { allowance_ -= static_cast<double>(frames); }

 private:
  double frames_per_second_;
  double allowance_ = 0;
  Time last_;
};

}  // namespace heptap
