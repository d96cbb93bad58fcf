#pragma once

#include <cstdint>

#include "proto/rtp/burst_gap.hpp"
#include "proto/rtp/dtmf.hpp"
#include "proto/rtp/sequence.hpp"
#include "proto/slot_pool.hpp"

namespace heptap {

/// What is kept of a stream that is more than packets one behind the other: its numbers from the first
/// that was lost, late or there twice, and its digits.
struct RtpExtra {
  RtpSequence sequence;
  BurstGap losses;
  RtpCounts earlier;  ///< of `sequence`, when the period began
  DtmfTracker digits;
  std::uint16_t digits_numbered = 0;
  std::uint8_t digits_clock_khz = 0;
};

/// Of many streams; at least one for each.
using RtpExtras = SlotPool<RtpExtra>;

}  // namespace heptap
