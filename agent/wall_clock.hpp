#pragma once

#include <chrono>
#include <cstdint>

namespace heptap {

/// gives     the time of day, in microseconds since 1970, UTC
[[nodiscard]] inline std::int64_t wall_clock_us() noexcept {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

}  // namespace heptap
