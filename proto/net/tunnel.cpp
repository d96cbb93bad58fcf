#include "proto/net/tunnel.hpp"

#include "proto/net/link.hpp"

namespace heptap {
namespace {

// An address of a network card may begin as an IP header does, and an address of IP may hold an
// EtherType where Ethernet has one. A header checksum that is right, or a length that is just what
// there is, is no accident.
bool is_surely_ip(Bytes in) noexcept {
  constexpr std::size_t v4_bytes = 20;
  constexpr std::size_t v6_bytes = 40;
  if (in.size() < v4_bytes) return false;
  ByteReader r{in};
  if (in.front() >> 4U == 6) {
    r.skip(4);
    return in.size() == v6_bytes + r.be16();
  }
  if (in.front() >> 4U != 4) return false;
  ByteReader header{r.bytes((in.front() & 0x0fU) * 4U)};
  std::uint32_t sum = 0;
  while (!header.rest().empty()) sum += header.be16();
  return r.ok() && sum != 0 && sum % 0xffffU == 0;  // RFC 1071
}

}  // namespace

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
  switch (ethertype) {
    case ethertype::ipv4: return first >> 4U == 4;
    case ethertype::ipv6: return first >> 4U == 6;
    case ethertype::arp: return first == 0;       // of hardware that has a number below 256
    case ethertype::pppoe: return first == 0x11;  // version and type
    default: break;
  }
  return is_vlan_tag(ethertype) || find_tunnel(TunnelKey::ethertype, ethertype) != nullptr;
}

Layer guess_layer(Bytes in) noexcept {
  if (is_surely_ip(in)) return Layer::ip;
  if (looks_like_ethernet(in)) return Layer::ethernet;
  const unsigned version = in.empty() ? 0U : in.front() >> 4U;
  return version == 4 || version == 6 ? Layer::ip : Layer::payload;
}

}  // namespace heptap
