#pragma once

#include <chrono>

namespace heptap {

/// Due now, and then once a period; a period of 0: never.
class Every {
 public:
  explicit Every(std::chrono::microseconds period) : period_(period) {}

  /// gives     true once for each period
  [[nodiscard]] bool is_due() {
    const auto now = std::chrono::steady_clock::now();
    if (period_.count() == 0 || now < next_) return false;
    next_ = now + period_;
    return true;
  }

 private:
  std::chrono::microseconds period_;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace heptap
