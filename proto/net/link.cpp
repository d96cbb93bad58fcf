#include "proto/net/link.hpp"

#include <algorithm>

#include "proto/net/tunnel.hpp"

namespace heptap {
namespace {

bool skip_tag(std::uint16_t& ethertype, ByteReader& r, Packet& out) noexcept {
  if (is_vlan_tag(ethertype)) {
    out.vlan_id = r.be16() & 0x0fffU;
  } else if (const std::size_t bytes = tag_bytes(ethertype); bytes != 0) {
    r.skip(bytes);
  } else {
    return false;
  }
  ethertype = r.be16();
  return true;
}

Step take_ethertype(std::uint16_t ethertype, ByteReader& r, Cursor& at) noexcept {
  while (skip_tag(ethertype, r, at.out)) {
  }
  if (!r.ok()) return Decoded::link_truncated;
  at.rest = r.rest();
  return after_ethertype(ethertype, at.out);
}

Step take_linux_sll(Cursor& at) noexcept {
  ByteReader r{at.rest};
  r.skip(14);  // packet type, ARPHRD_ type, address length, address
  const auto ethertype = r.be16();
  return take_ethertype(ethertype, r, at);
}

Step take_linux_sll2(Cursor& at) noexcept {
  ByteReader r{at.rest};
  const auto ethertype = r.be16();
  r.skip(18);  // reserved, interface index, ARPHRD_ type, packet type, address length, address
  return take_ethertype(ethertype, r, at);
}

Step take_c_hdlc(Cursor& at) noexcept {
  ByteReader r{at.rest};
  r.skip(2);  // address, control
  const auto ethertype = r.be16();
  return take_ethertype(ethertype, r, at);
}

// The address family is in the byte order of the capturing machine, and IPv6 has a number of its
// own on each system: 10 Linux, 24 NetBSD and OpenBSD, 28 FreeBSD, 30 macOS.
Step take_null(Cursor& at) noexcept {
  ByteReader r{at.rest};
  const auto big = r.be32();
  if (!r.ok()) return Decoded::link_truncated;
  at.rest = r.rest();
  const auto family = big > 0xffffU ? __builtin_bswap32(big) : big;
  const bool is_ip = family == 2 || family == 10 || family == 24 || family == 28 || family == 30;
  return is_ip ? Step{Layer::ip} : Step{Decoded::not_ip};
}

// Linux's packets from a netfilter rule: type-length-value in the byte order of the machine, little
// endian as all that still runs netfilter.
Step take_nflog(Cursor& at) noexcept {
  constexpr std::uint16_t payload = 9;
  ByteReader r{at.rest};
  r.skip(4);  // address family, version, group
  while (!r.rest().empty()) {
    const std::size_t length = r.le16();
    const auto type = r.le16();
    if (!r.ok() || length < 4) return Decoded::link_truncated;
    if (type == payload) {
      at.rest = r.bytes(std::min(length - 4, r.rest().size()));
      return Layer::ip;
    }
    r.skip(std::min((length - 4 + 3) / 4 * 4, r.rest().size()));
  }
  return r.ok() ? Decoded::not_ip : Decoded::link_truncated;
}

}  // namespace

Step take_ethernet(Cursor& at) noexcept {
  ByteReader r{at.rest};
  r.skip(12);  // destination and source address
  const auto ethertype = r.be16();
  if (!r.ok()) return Decoded::link_truncated;
  auto& header = at.out.ethernet.octets;
  std::copy_n(at.rest.begin(), header.size(), header.begin());
  return take_ethertype(ethertype, r, at);
}

Step take_link(std::uint32_t type, Cursor& at) noexcept {
  switch (type) {
    case link_type::ethernet: return take_ethernet(at);
    case link_type::linux_sll: return take_linux_sll(at);
    case link_type::linux_sll2: return take_linux_sll2(at);
    case link_type::null:
    case link_type::loop: return take_null(at);
    case link_type::raw:
    case link_type::raw_bsd:
    case link_type::raw_openbsd:
    case link_type::ipv4:
    case link_type::ipv6: return Layer::ip;
    case link_type::ppp:
    case link_type::ppp_hdlc: return Layer::ppp;
    case link_type::ppp_ether: return Layer::pppoe;
    case link_type::c_hdlc: return take_c_hdlc(at);
    case link_type::nflog: return take_nflog(at);
    default: return Decoded::link_type;
  }
}

}  // namespace heptap
