#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "proto/net/layer.hpp"
#include "proto/net/link.hpp"

namespace heptap {

/// What packets are wrapped in. The values are bits in Packet::tunnels.
enum class Tunnel : std::uint8_t {
  pppoe,
  mpls,
  ip_in_ip,  ///< 4in4, 6in4, 4in6 and 6in6
  gre,
  erspan,
  ah,
  vxlan,  ///< and VXLAN-GPE
  geneve,
  gtp_u,
  l2tp,
  tzsp,
  hp_erm,
  count_
};

/// gives     the enumerator's own spelling; static storage
[[nodiscard]] std::string_view to_string(Tunnel tunnel) noexcept;

/// The field of the layer outside by which a tunnel is recognised.
enum class TunnelKey : std::uint8_t { ethertype, ip_protocol, gre_protocol, udp_port };

struct TunnelRow {
  TunnelKey key;
  std::uint16_t number;
  Tunnel tunnel;
  Layer layer;  ///< what the bytes behind the field begin with
};

/// Every tunnel that is looked into, and all there is to know to find it: the decoder and the filter
/// of the kernel both come from here. A UDP port is only a hint; the reader of the header behind it
/// says whether it is one.
/// source    IANA: IEEE 802 numbers, protocol numbers, service names and port numbers
inline constexpr std::array tunnel_rows{
    TunnelRow{TunnelKey::ethertype, ethertype::pppoe, Tunnel::pppoe, Layer::pppoe},
    TunnelRow{TunnelKey::ethertype, ethertype::mpls, Tunnel::mpls, Layer::mpls},
    TunnelRow{TunnelKey::ethertype, 0x8848, Tunnel::mpls, Layer::mpls},
    TunnelRow{TunnelKey::ip_protocol, 4, Tunnel::ip_in_ip, Layer::ip},
    TunnelRow{TunnelKey::ip_protocol, 41, Tunnel::ip_in_ip, Layer::ip},
    TunnelRow{TunnelKey::ip_protocol, 47, Tunnel::gre, Layer::gre},
    TunnelRow{TunnelKey::ip_protocol, 51, Tunnel::ah, Layer::ah},
    TunnelRow{TunnelKey::ip_protocol, 137, Tunnel::mpls, Layer::mpls},
    TunnelRow{TunnelKey::gre_protocol, 0x88be, Tunnel::erspan, Layer::erspan_2},
    TunnelRow{TunnelKey::gre_protocol, 0x22eb, Tunnel::erspan, Layer::erspan_3},
    TunnelRow{TunnelKey::udp_port, 1701, Tunnel::l2tp, Layer::l2tp},
    TunnelRow{TunnelKey::udp_port, 2152, Tunnel::gtp_u, Layer::gtp_u},
    TunnelRow{TunnelKey::udp_port, 4789, Tunnel::vxlan, Layer::vxlan},
    TunnelRow{TunnelKey::udp_port, 4790, Tunnel::vxlan, Layer::vxlan},
    TunnelRow{TunnelKey::udp_port, 8472, Tunnel::vxlan,
              Layer::vxlan},  // Linux before IANA's number
    TunnelRow{TunnelKey::udp_port, 6081, Tunnel::geneve, Layer::geneve},
    TunnelRow{TunnelKey::udp_port, 7932, Tunnel::hp_erm, Layer::hp_erm},
    TunnelRow{TunnelKey::udp_port, 37008, Tunnel::tzsp, Layer::tzsp},
};

/// gives     the row of a tunnel; nullptr: the number stands for none
[[nodiscard]] constexpr const TunnelRow* find_tunnel(TunnelKey key, std::uint16_t number) noexcept {
  for (const TunnelRow& row : tunnel_rows) {
    if (row.key == key && row.number == number) return &row;
  }
  return nullptr;
}

/// Notes the tunnel and goes on with what is in it.
[[nodiscard]] inline Step enter(const TunnelRow& row, Packet& out) noexcept {
  out.tunnels |= std::uint32_t{1} << static_cast<unsigned>(row.tunnel);
  return row.layer;
}

/// What an EtherType says of the bytes behind it: IP, a tunnel, Ethernet once more, or nothing for
/// us. GRE and Geneve use the same numbers.
[[nodiscard]] Step after_ethertype(std::uint16_t ethertype, Packet& out) noexcept;

/// Goes on with the Ethernet frame in a tunnel. The tags outside say nothing about it.
/// vlan_id   the tag that the tunnel's own header says it had; one that is still there counts more
[[nodiscard]] inline Step inner_ethernet(Packet& out, std::uint16_t vlan_id = 0) noexcept {
  out.vlan_id = vlan_id;
  return Layer::ethernet;
}

/// Whether these bytes begin with an Ethernet header.
[[nodiscard]] bool looks_like_ethernet(Bytes in) noexcept;

/// What these bytes begin with, where a tunnel does not say what is in it.
/// gives     Layer::ip, Layer::ethernet, or Layer::payload: neither of them
[[nodiscard]] Layer guess_layer(Bytes in) noexcept;

// The readers: each takes one header off `at.rest`. Those behind a UDP port say Layer::payload when
// it is none of theirs, and leave everything as it was.

Step take_mpls(Cursor& at) noexcept;      ///< RFC 3032; Ethernet inside: RFC 4448
Step take_pppoe(Cursor& at) noexcept;     ///< RFC 2516
Step take_ppp(Cursor& at) noexcept;       ///< RFC 1661, RFC 1662, RFC 3518
Step take_gre(Cursor& at) noexcept;       ///< RFC 2784, RFC 2890, RFC 1701, RFC 2637, RFC 7637
Step take_erspan_2(Cursor& at) noexcept;  ///< draft-foschiano-erspan-03, section 4.2
Step take_erspan_3(Cursor& at) noexcept;  ///< draft-foschiano-erspan-03, section 4.3
Step take_vxlan(Cursor& at) noexcept;     ///< RFC 7348, draft-ietf-nvo3-vxlan-gpe
Step take_geneve(Cursor& at) noexcept;    ///< RFC 8926
Step take_gtp_u(Cursor& at) noexcept;     ///< 3GPP TS 29.281
Step take_l2tp(Cursor& at) noexcept;      ///< RFC 2661
Step take_tzsp(Cursor& at) noexcept;      ///< as Wireshark reads TaZmen Sniffer Protocol
Step take_hp_erm(Cursor& at) noexcept;    ///< as Wireshark reads it: nobody else has described it

}  // namespace heptap
