#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "proto/bytes.hpp"
#include "proto/result.hpp"

namespace heptap {

/// The packets of RTCP, by what they are for.
enum class RtcpType : std::uint8_t {
  sr,     ///< sender report, 200
  rr,     ///< receiver report, 201
  sdes,   ///< source description, 202
  bye,    ///< 203
  app,    ///< application-defined, 204
  rtpfb,  ///< transport feedback, 205 (RFC 4585)
  psfb,   ///< payload feedback, 206 (RFC 4585)
  xr,     ///< extended report, 207 (RFC 3611)
  other,  ///< another packet type of 192 to 223: skipped by its length
  count_
};

/// gives     the enumerator's own spelling; static storage
[[nodiscard]] std::string_view to_string(RtcpType type) noexcept;

/// One packet of a compound. Borrows from the datagram.
struct RtcpPacketView {
  RtcpType type = RtcpType::other;
  std::uint8_t payload_type = 0;
  std::uint8_t count = 0;  ///< report blocks, sources, subtype or format: the five bits
  Bytes body;              ///< behind the four bytes of the header, without padding
};

/// How many packets of each type a compound has.
struct RtcpCounts {
  std::array<std::uint32_t, static_cast<std::size_t>(RtcpType::count_)> packets{};

  [[nodiscard]] std::uint32_t operator[](RtcpType type) const noexcept {
    return packets[static_cast<std::size_t>(type)];
  }
};

/// Whether a datagram can be RTCP or SRTCP: looks at the first header only, which both send in
/// clear. Version 2, packet type 200 to 207, and a length that holds a source and fits.
/// source    RFC 3550 section 6.1, RFC 5761 section 4, RFC 3711 section 3.4
[[nodiscard]] bool looks_like_rtcp(Bytes in) noexcept;

/// Takes the first packet off a compound. Only what all packets have in common is checked, and that
/// the body is as long as the count says.
/// compound  what is left of a datagram; moved behind the packet, or untouched on an error
/// errors    incomplete: ends inside the packet; malformed: another version, a type outside 192 to
///           223, padding that cannot be or is not at the end, a body too short for its count
/// source    RFC 3550 section 6.4 to 6.7, RFC 4585 section 6.1, RFC 3611 section 2
[[nodiscard]] Result<RtcpPacketView> next_rtcp(Bytes& compound) noexcept;

/// Walks a whole datagram: a compound, or one packet alone (RFC 5506). What is inside of a body,
/// items of a description or blocks of a report, is for their readers to check. A datagram that
/// looks_like_rtcp() and does not walk is encrypted, or damaged.
/// errors    those of next_rtcp(); malformed: the first packet is not of 200 to 207, or names no
///           source
/// source    RFC 3550 section A.2
[[nodiscard]] Result<RtcpCounts> count_rtcp(Bytes in) noexcept;

}  // namespace heptap
