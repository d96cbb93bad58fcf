#pragma once

#include <cstdint>
#include <string_view>

#include "proto/bytes.hpp"
#include "proto/result.hpp"
#include "proto/rtp/rtcp.hpp"

namespace heptap {

/// Sources that leave. Borrows from the datagram.
struct ByeView {
  Bytes sources;  ///< for next_bye_source()
  std::string_view
      reason;  ///< of any bytes; empty when there is none, or it ends beyond the packet
};

/// errors    unsupported: not a BYE; malformed: shorter than its count
/// source    RFC 3550 section 6.6
[[nodiscard]] Result<ByeView> parse_bye(const RtcpPacketView& packet) noexcept;

/// Takes the first SSRC off the sources of a BYE.
/// errors    incomplete: none is left
[[nodiscard]] Result<std::uint32_t> next_bye_source(Bytes& sources) noexcept;

/// Something that only an application knows. Borrows from the datagram.
struct AppView {
  std::uint32_t ssrc = 0;
  std::uint8_t subtype = 0;
  std::string_view name;  ///< four bytes, of any value
  Bytes data;
};

/// errors    unsupported: not an APP; malformed: too short for its name
/// source    RFC 3550 section 6.7
[[nodiscard]] Result<AppView> parse_app(const RtcpPacketView& packet) noexcept;

/// Feedback for a transport (RTPFB) or for a payload (PSFB). Borrows from the datagram.
struct FeedbackView {
  std::uint32_t sender_ssrc = 0;
  std::uint32_t media_ssrc = 0;
  std::uint8_t format = 0;  ///< RTPFB: 1 NACK, 15 transport-cc; PSFB: 1 PLI, 4 FIR, 15 REMB
  Bytes control;            ///< feedback control information
};

/// errors    unsupported: neither RTPFB nor PSFB; malformed: without its media
/// source    RFC 4585 section 6.1
[[nodiscard]] Result<FeedbackView> parse_feedback(const RtcpPacketView& packet) noexcept;

/// Packets that a receiver asks for again.
/// source    RFC 4585 section 6.2.1
struct GenericNack {
  std::uint16_t packet_id = 0;     ///< a sequence number
  std::uint16_t lost_bitmask = 0;  ///< bit i: packet_id + 1 + i as well
};

/// Takes the first one off the control information of an RTPFB of format 1.
/// errors    incomplete: none is left
[[nodiscard]] Result<GenericNack> next_generic_nack(Bytes& control) noexcept;

}  // namespace heptap
