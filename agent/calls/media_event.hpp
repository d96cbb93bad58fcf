#pragma once

#include <cstdint>
#include <string_view>

#include "proto/hash.hpp"
#include "proto/net/packet.hpp"
#include "proto/sip/message.hpp"

namespace heptap {

/// What a message does to the media of its call, beside the SDP that it may carry.
enum class MediaSignal : std::uint8_t {
  none,         ///< can carry no offer or answer
  description,  ///< can carry one, and does nothing else
  invite,       ///< begins a call, or a leg of it
  answered,     ///< 2xx to an INVITE
  accepted,     ///< 2xx to an UPDATE or PRACK
  refused,      ///< final failure of an INVITE
  withdrawn,    ///< failure that ends no call: of an UPDATE, or a challenge
  gone,         ///< the dialog is not there any more: 481 or 408 to an INVITE of a dialog
  bye,
  bye_refused,  ///< the BYE must come again with credentials
};

/// source    RFC 3261 sections 12 to 15, RFC 3262 section 5, RFC 3311 section 5
[[nodiscard]] MediaSignal media_signal(const SipView& sip) noexcept;

/// Who says something to whom.
struct MediaEvent {
  MediaSignal signal = MediaSignal::none;
  bool is_request = false;
  std::uint16_t hop = 0;  ///< a hash of both hosts, the same in both directions
  std::uint32_t from_tag = 0;
  std::uint32_t to_tag = 0;  ///< 0: none
};

[[nodiscard]] MediaEvent media_event(MediaSignal signal, const SipView& sip, const Packet& packet,
                                     const TextHash& hash) noexcept;

}  // namespace heptap
