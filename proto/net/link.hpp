#pragma once

#include <cstddef>
#include <cstdint>

#include "proto/bytes.hpp"
#include "proto/net/layer.hpp"

namespace heptap {

/// Link layers by the number that capture files give them.
/// source    https://www.tcpdump.org/linktypes.html
namespace link_type {
inline constexpr std::uint32_t null = 0;
inline constexpr std::uint32_t ethernet = 1;
inline constexpr std::uint32_t ppp = 9;
inline constexpr std::uint32_t raw_bsd = 12;
inline constexpr std::uint32_t raw_openbsd = 14;
inline constexpr std::uint32_t ppp_hdlc = 50;
inline constexpr std::uint32_t ppp_ether = 51;
inline constexpr std::uint32_t raw = 101;
inline constexpr std::uint32_t c_hdlc = 104;
inline constexpr std::uint32_t loop = 108;
inline constexpr std::uint32_t linux_sll = 113;
inline constexpr std::uint32_t ipv4 = 228;
inline constexpr std::uint32_t ipv6 = 229;
inline constexpr std::uint32_t nflog = 239;
inline constexpr std::uint32_t linux_sll2 = 276;
}  // namespace link_type

namespace ethertype {
inline constexpr std::uint16_t ipv4 = 0x0800;
inline constexpr std::uint16_t arp = 0x0806;
inline constexpr std::uint16_t bridged = 0x6558;  ///< Transparent Ethernet Bridging, in tunnels
inline constexpr std::uint16_t ipv6 = 0x86dd;
inline constexpr std::uint16_t mpls = 0x8847;
inline constexpr std::uint16_t pppoe = 0x8864;  ///< of a session
inline constexpr std::uint16_t backbone_service = 0x88e7;
inline constexpr std::uint16_t vntag = 0x8926;
}  // namespace ethertype

/// 802.1Q, 802.1ad, and the two numbers that QinQ equipment used before 802.1ad.
[[nodiscard]] constexpr bool is_vlan_tag(std::uint16_t ethertype) noexcept {
  return ethertype == 0x8100 || ethertype == 0x88a8 || ethertype == 0x9100 || ethertype == 0x9200;
}

/// The tags of switches that are taken off: VLANs, Cisco's VN-Tag, and the service instance of 802.1ah,
/// behind which the customer's addresses follow.
/// gives     the octets between this EtherType and the one behind the tag; 0: it is none of a tag
[[nodiscard]] constexpr std::size_t tag_bytes(std::uint16_t ethertype) noexcept {
  if (is_vlan_tag(ethertype)) return 2;
  if (ethertype == ethertype::vntag) return 4;
  return ethertype == ethertype::backbone_service ? 4 + 12 : 0;
}

inline constexpr std::size_t max_tag_bytes = 16;

/// Takes the link header that the capture was made with off a frame.
/// type      LINKTYPE_ number
/// at        rest: the frame as captured; then the bytes behind, plus whatever padding the link
///           added. out: vlan_id, ethernet
/// gives     the layer behind, or why there is nothing for us
[[nodiscard]] Step take_link(std::uint32_t type, Cursor& at) noexcept;

/// Takes an Ethernet header, and any number of tags behind it, off a frame, as for take_link().
[[nodiscard]] Step take_ethernet(Cursor& at) noexcept;

}  // namespace heptap
