#pragma once

#include <cstdint>

#include "agent/calls/media_match.hpp"
#include "agent/pipeline/format_lists.hpp"
#include "agent/pipeline/stream_scores.hpp"
#include "proto/packed_time.hpp"
#include "proto/rtp/stream.hpp"

namespace heptap {

/// Milliseconds to compare with others that are not far away.
[[nodiscard]] constexpr std::uint32_t low_millis(std::int64_t us) noexcept {
  return static_cast<std::uint32_t>(us / 1000);
}

/// A stream of the table.
struct TrackedStream {
  [[no_unique_address]] RtpStream stream;
  std::uint8_t unknown_type = 0xff;  ///< payload type that was told not to be in SDP
  MediaMiss miss : 4 = MediaMiss::none;
  MediaParty sender : 1 = MediaParty::caller;
  bool is_v6 : 1 = false;
  bool is_video : 1 = false;
  bool is_srtp : 1 = false;
  bool is_expected : 1 = true;
  bool is_degraded : 1 = false;        ///< a period of it was
  bool is_listed : 1 = false;          ///< among the confirmed
  bool is_short_reported : 1 = false;  ///< counted in its session
  MediaWatch watch;
  std::uint32_t session = SlotIndex::none;  ///< none: no call is known
  std::uint32_t newer = SlotIndex::none;    ///< of the same session
  std::uint32_t older = SlotIndex::none;
  std::uint32_t asked_ms = 0;  ///< when its call was asked for last; low bits
  NearTime later_start_us;     ///< of the period, behind the first one
  [[no_unique_address]] StreamScores scores;
  FormatLists::Id formats = FormatLists::none;
  std::uint16_t listed_ms = 0;  ///< when its place among the idle was renewed; low bits

  [[nodiscard]] std::int64_t first_us() const noexcept { return stream.first_ns() / 1000; }
  [[nodiscard]] std::int64_t last_us() const noexcept { return stream.last_ns() / 1000; }
  /// Of the period, which is no longer than an hour unless it is the first.
  [[nodiscard]] std::int64_t start_us() const noexcept {
    return stream.has_periods() ? later_start_us.near(last_us()) : first_us();
  }
};

static_assert(sizeof(TrackedStream) <= 184);

}  // namespace heptap
