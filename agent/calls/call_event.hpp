#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "proto/packed_time.hpp"

namespace heptap {

/// What goes wrong in the signalling of a call.
enum class CallEventKind : std::uint8_t {
  none,
  ack_timeout,       ///< the 2xx was repeated and no ACK came for 64*T1
  no_response,       ///< a request was repeated to the end of its timer, and nothing came back
  media_rejected,    ///< 415, 488 or 606; detail: the status
  orphan_response,   ///< to no request that was seen; detail: the status
  replayed_request,  ///< an old request, from elsewhere, after its timers were over
  tag_change,        ///< a BYE or re-INVITE of no dialog of this Call-ID
  auth_loop,         ///< a third challenge without success
  cancel_race,       ///< a 2xx after the CANCEL
  bye_timeout,       ///< no final response to the BYE
  session_expired,   ///< RFC 4028: not refreshed, and no media
  count_
};

inline constexpr std::size_t call_event_kind_count =
    static_cast<std::size_t>(CallEventKind::count_);

inline constexpr std::array<std::string_view, call_event_kind_count> call_event_names{
    "none",           "ack_timeout",     "no_response",
    "media_rejected", "orphan_response", "replayed_request",
    "tag_change",     "auth_loop",       "cancel_race",
    "bye_timeout",    "session_expired"};

[[nodiscard]] constexpr std::string_view to_string(CallEventKind kind) noexcept {
  return call_event_names[static_cast<std::size_t>(kind)];
}

/// The first of its kind in a call, and how many there were.
struct CallEvent {
  PackedTime time_us = 0;  ///< packet time
  CallEventKind kind = CallEventKind::none;
  std::uint16_t status = 0;
  /// media_rejected: of the Warning header (305, RFC 3261 20.43); 0: none
  std::uint16_t warn_code = 0;
  std::uint8_t count = 0;  ///< stays at 255
};

}  // namespace heptap
