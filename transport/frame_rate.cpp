#include "transport/frame_rate.hpp"

#include <algorithm>
#include <utility>

namespace heptap {
namespace {

constexpr double burst_seconds = 0.1;

}  // namespace

FrameRate::FrameRate(std::uint64_t frames_per_second) noexcept
    : frames_per_second_(static_cast<double>(frames_per_second)) {}

std::uint64_t FrameRate::allowed(Time now) noexcept {
  if (!is_set()) return UINT64_MAX;
  const std::chrono::duration<double> passed = now - std::exchange(last_, now);
  const double most = std::max(1.0, frames_per_second_ * burst_seconds);
  allowance_ = std::clamp(allowance_ + frames_per_second_ * passed.count(), 0.0, most);
  return static_cast<std::uint64_t>(allowance_);
}

}  // namespace heptap
