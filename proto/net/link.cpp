#include "proto/net/link.hpp"

namespace heptap {
namespace {

constexpr std::uint16_t ethertype_ipv4 = 0x0800;
constexpr std::uint16_t ethertype_ipv6 = 0x86dd;

// 802.1Q, 802.1ad, and the two numbers that QinQ equipment used before 802.1ad.
constexpr bool is_vlan_tag(std::uint16_t ethertype) noexcept {
  return ethertype == 0x8100 || ethertype == 0x88a8 || ethertype == 0x9100 || ethertype == 0x9200;
}

Decoded take_ethertype(std::uint16_t ethertype, ByteReader& r, Bytes& rest, Packet& out) noexcept {
  while (is_vlan_tag(ethertype)) {
    out.vlan_id = r.be16() & 0x0fffU;
    ethertype = r.be16();
  }
  if (!r.ok()) return Decoded::link_truncated;
  rest = r.rest();
  return ethertype == ethertype_ipv4 || ethertype == ethertype_ipv6 ? Decoded::packet
                                                                    : Decoded::not_ip;
}

Decoded take_ethernet(ByteReader& r, Bytes& rest, Packet& out) noexcept {
  r.skip(12);  // destination and source address
  const auto ethertype = r.be16();
  return take_ethertype(ethertype, r, rest, out);
}

Decoded take_linux_sll(ByteReader& r, Bytes& rest, Packet& out) noexcept {
  r.skip(14);  // packet type, ARPHRD_ type, address length, address
  const auto ethertype = r.be16();
  return take_ethertype(ethertype, r, rest, out);
}

Decoded take_linux_sll2(ByteReader& r, Bytes& rest, Packet& out) noexcept {
  const auto ethertype = r.be16();
  r.skip(18);  // reserved, interface index, ARPHRD_ type, packet type, address length, address
  return take_ethertype(ethertype, r, rest, out);
}

// The address family is in the byte order of the capturing machine, and IPv6 has a number of its
// own on each system: 10 Linux, 24 NetBSD and OpenBSD, 28 FreeBSD, 30 macOS.
Decoded take_null(ByteReader& r, Bytes& rest) noexcept {
  const auto big = r.be32();
  if (!r.ok()) return Decoded::link_truncated;
  rest = r.rest();
  const auto family = big > 0xffffU ? __builtin_bswap32(big) : big;
  const bool is_ip = family == 2 || family == 10 || family == 24 || family == 28 || family == 30;
  return is_ip ? Decoded::packet : Decoded::not_ip;
}

}  // namespace

Decoded take_link(std::uint32_t type, Bytes frame, Bytes& rest, Packet& out) noexcept {
  ByteReader r{frame};
  switch (type) {
    case link_type::ethernet: return take_ethernet(r, rest, out);
    case link_type::linux_sll: return take_linux_sll(r, rest, out);
    case link_type::linux_sll2: return take_linux_sll2(r, rest, out);
    case link_type::null:
    case link_type::loop: return take_null(r, rest);
    case link_type::raw:
    case link_type::raw_bsd:
    case link_type::raw_openbsd:
    case link_type::ipv4:
    case link_type::ipv6: rest = frame; return Decoded::packet;
    default: return Decoded::link_type;
  }
}

}  // namespace heptap
