#pragma once

#include <cstdint>

#include "proto/bytes.hpp"
#include "proto/net/packet.hpp"
#include "proto/result.hpp"

namespace heptap {

/// Link layers by the number that capture files give them.
/// source    https://www.tcpdump.org/linktypes.html
namespace link_type {
inline constexpr std::uint32_t null = 0;
inline constexpr std::uint32_t ethernet = 1;
inline constexpr std::uint32_t raw_bsd = 12;
inline constexpr std::uint32_t raw_openbsd = 14;
inline constexpr std::uint32_t raw = 101;
inline constexpr std::uint32_t loop = 108;
inline constexpr std::uint32_t linux_sll = 113;
inline constexpr std::uint32_t ipv4 = 228;
inline constexpr std::uint32_t ipv6 = 229;
inline constexpr std::uint32_t linux_sll2 = 276;
}  // namespace link_type

/// Takes the link header, and any number of 802.1Q/802.1ad tags behind it, off a frame.
/// frame     as captured
/// rest      the bytes behind, an IPv4 or IPv6 packet plus whatever padding the link added
/// out       vlan_id
/// gives     Decoded::packet, or why there is no IP packet
[[nodiscard]] Decoded take_link(std::uint32_t type, Bytes frame, Bytes& rest, Packet& out) noexcept;

}  // namespace heptap
