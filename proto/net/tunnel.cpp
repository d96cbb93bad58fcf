#include "proto/net/tunnel.hpp"

#include "proto/net/link.hpp"

namespace heptap {

std::string_view to_string(Tunnel tunnel) noexcept {
  switch (tunnel) {
    case Tunnel::pppoe: return "pppoe";
    case Tunnel::mpls: return "mpls";
    case Tunnel::ip_in_ip: return "ip_in_ip";
    case Tunnel::gre: return "gre";
    case Tunnel::erspan: return "erspan";
    case Tunnel::ah: return "ah";
    case Tunnel::vxlan: return "vxlan";
    case Tunnel::geneve: return "geneve";
    case Tunnel::gtp_u: return "gtp_u";
    case Tunnel::l2tp: return "l2tp";
    case Tunnel::tzsp: return "tzsp";
    case Tunnel::hp_erm: return "hp_erm";
    case Tunnel::count_: break;
  }
  return "?";
}

Step after_ethertype(std::uint16_t ethertype, Packet& out) noexcept {
  if (ethertype == ethertype::ipv4 || ethertype == ethertype::ipv6) return Layer::ip;
  if (ethertype == ethertype::bridged) return inner_ethernet(out);
  const TunnelRow* const row = find_tunnel(TunnelKey::ethertype, ethertype);
  return row == nullptr ? Step{Decoded::not_ip} : enter(*row, out);
}

bool looks_like_ethernet(Bytes in) noexcept {
  ByteReader r{in};
  r.skip(12);  // destination and source address
  const auto ethertype = r.be16();
  const auto first = r.u8();
  if (!r.ok()) return false;
  if (ethertype == ethertype::ipv4) return first >> 4U == 4;
  if (ethertype == ethertype::ipv6) return first >> 4U == 6;
  return ethertype == ethertype::arp || is_vlan_tag(ethertype) ||
         find_tunnel(TunnelKey::ethertype, ethertype) != nullptr;
}

}  // namespace heptap
