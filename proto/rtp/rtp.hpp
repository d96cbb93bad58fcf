#pragma once

#include <cstdint>

#include "proto/bytes.hpp"
#include "proto/result.hpp"

namespace heptap {

/// The header of one RTP packet, and where its payload is. Borrows from the datagram.
struct RtpView {
  std::uint16_t sequence = 0;
  bool marker = false;
  std::uint8_t payload_type = 0;
  std::uint32_t timestamp = 0;  ///< units of the clock of the payload type
  std::uint32_t ssrc = 0;
  std::uint8_t csrc_count = 0;
  bool has_padding = false;
  bool has_extension = false;
  std::uint16_t extension_profile = 0;  ///< 0xbede and 0x1000 to 0x100f: elements of RFC 8285
  Bytes extension;                      ///< behind its own header of four bytes
  /// Behind the header and without padding. Padding whose count cannot be right is kept: SRTP
  /// encrypts the count, and a snap length cuts it off.
  Bytes payload;
};

/// Whether a datagram can be RTP or SRTP, whose headers are alike: version 2, a payload type that
/// is not taken for RTCP, sources and extension that fit. One datagram cannot prove more.
/// source    RFC 3550 section 5.1, RFC 5761 section 4, RFC 7983
[[nodiscard]] bool looks_like_rtp(Bytes in) noexcept;

/// errors    incomplete: ends inside the header; malformed: another version
/// source    RFC 3550 sections 5.1 and 5.3.1
[[nodiscard]] Result<RtpView> parse_rtp(Bytes in) noexcept;

/// The same for what looks_like_rtp().
/// errors    malformed, too: the payload type is taken for RTCP
[[nodiscard]] Result<RtpView> parse_likely_rtp(Bytes in) noexcept;

}  // namespace heptap
