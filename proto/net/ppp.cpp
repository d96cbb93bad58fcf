#include <algorithm>

#include "proto/net/tunnel.hpp"

namespace heptap {
namespace {

namespace ppp_protocol {
constexpr std::uint16_t ipv4 = 0x0021;
constexpr std::uint16_t bridging = 0x0031;
constexpr std::uint16_t ipv6 = 0x0057;
constexpr std::uint16_t mpls_unicast = 0x0281;
constexpr std::uint16_t mpls_multicast = 0x0283;
}  // namespace ppp_protocol

// One octet when it is odd, as protocol field compression leaves it.
std::uint16_t take_protocol(ByteReader& r) noexcept {
  const std::uint8_t first = r.u8();
  return (first & 1U) != 0 ? first : static_cast<std::uint16_t>(first << 8U | r.u8());
}

// RFC 3518 section 4.2: flags, then what kind of frame; 1 is Ethernet.
Step take_bridging(ByteReader r, Cursor& at) noexcept {
  r.u8();
  const auto mac_type = r.u8();
  if (!r.ok()) return Decoded::tunnel_truncated;
  at.rest = r.rest();
  return mac_type == 1 ? inner_ethernet(at.out) : Step{Decoded::not_ip};
}

}  // namespace

Step take_pppoe(Cursor& at) noexcept {
  ByteReader r{at.rest};
  const auto version_type = r.u8();
  const auto code = r.u8();
  r.be16();  // session
  const std::size_t length = r.be16();
  if (!r.ok()) return Decoded::tunnel_truncated;
  if (version_type != 0x11) return Decoded::tunnel_malformed;
  if (code != 0) return Decoded::not_ip;  // discovery
  at.rest = r.rest().first(std::min(length, r.rest().size()));
  return Layer::ppp;
}

Step take_ppp(Cursor& at) noexcept {
  ByteReader r{at.rest};
  if (at.rest.size() >= 2 && at.rest[0] == 0xff && at.rest[1] == 0x03) r.skip(2);  // HDLC framing
  const auto protocol = take_protocol(r);
  if (!r.ok()) return Decoded::tunnel_truncated;
  at.rest = r.rest();
  switch (protocol) {
    case ppp_protocol::ipv4:
    case ppp_protocol::ipv6: return Layer::ip;
    case ppp_protocol::mpls_unicast:
    case ppp_protocol::mpls_multicast: return after_ethertype(ethertype::mpls, at.out);
    case ppp_protocol::bridging: return take_bridging(r, at);
    default: return Decoded::not_ip;
  }
}

}  // namespace heptap
