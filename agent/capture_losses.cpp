#include "agent/capture_losses.hpp"

#include <algorithm>

namespace heptap {
namespace {

constexpr std::int64_t look_every_us = 10'000;

// A stream finds out with its next packet, which may be one of the next period.
constexpr std::int64_t next_packet_us = 200'000;

std::uint64_t lost_of(const InterfaceCounts& counts) noexcept {
  return counts.packets.kernel_dropped + counts.packets.interface_dropped + counts.lost_at_close;
}

}  // namespace

void CaptureLosses::look(const InterfaceCounts& counts, std::int64_t now_us) {
  const std::uint64_t lost = lost_of(counts);
  const auto [from_us, to_us] = std::minmax(looked_us_, now_us);
  if (lost > lost_) times_.add(from_us, to_us + next_packet_us);
  lost_ = lost;
  looked_us_ = now_us;
}

bool CaptureLosses::is_due(std::int64_t now_us) const noexcept {
  return now_us - looked_us_ >= look_every_us || now_us < looked_us_;
}

}  // namespace heptap
