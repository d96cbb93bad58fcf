#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace heptap {

/// The last times in which packets were lost, in microseconds, both ends included.
class LostTimes {
 public:
  static constexpr std::size_t max_count = 64;

  /// Joins the last one if they touch.
  void add(std::int64_t from_us, std::int64_t to_us);

  /// gives     whether any of them is in between. What is older than those remembered might have been
  ///           in one that is not: true
  [[nodiscard]] bool any_between(std::int64_t from_us, std::int64_t to_us) const noexcept;

 private:
  struct Time {
    std::int64_t from_us;
    std::int64_t to_us;
  };

  std::vector<Time> times_;  // oldest first
  std::int64_t forgotten_until_us_ = std::numeric_limits<std::int64_t>::min();
};

}  // namespace heptap
