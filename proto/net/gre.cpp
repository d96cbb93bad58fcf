#include "proto/net/tunnel.hpp"

namespace heptap {
namespace {

namespace flag {
constexpr std::uint16_t checksum = 0x8000;
constexpr std::uint16_t routing = 0x4000;
constexpr std::uint16_t key = 0x2000;
constexpr std::uint16_t sequence = 0x1000;
constexpr std::uint16_t acknowledgement = 0x0080;  // version 1 only
constexpr std::uint16_t version = 0x0007;
}  // namespace flag

constexpr std::uint16_t protocol_ppp = 0x880b;

// RFC 1701 section 3.2: source route entries, the last of which is empty.
void skip_routing(ByteReader& r) noexcept {
  std::size_t length = 1;
  while (length != 0 && r.ok()) {
    r.skip(3);  // address family, offset
    length = r.u8();
    r.skip(length);
  }
}

void skip_options(std::uint16_t flags, ByteReader& r) noexcept {
  if ((flags & (flag::checksum | flag::routing)) != 0) r.skip(4);
  if ((flags & flag::key) != 0) r.skip(4);
  if ((flags & flag::sequence) != 0) r.skip(4);
  if ((flags & flag::version) == 1 && (flags & flag::acknowledgement) != 0) r.skip(4);
  if ((flags & flag::routing) != 0) skip_routing(r);
}

// ERSPAN type I has the number of type II but neither a sequence number nor a header of its own.
Step after_gre(std::uint16_t flags, std::uint16_t protocol, Packet& out) noexcept {
  if (protocol == protocol_ppp) return Layer::ppp;
  const TunnelRow* const row = find_tunnel(TunnelKey::gre_protocol, protocol);
  if (row == nullptr) return after_ethertype(protocol, out);
  const Step inner = enter(*row, out);
  const bool has_header = row->layer != Layer::erspan_2 || (flags & flag::sequence) != 0;
  return has_header ? inner : inner_ethernet(out);
}

}  // namespace

Step take_gre(Cursor& at) noexcept {
  ByteReader r{at.rest};
  const auto flags = r.be16();
  const auto protocol = r.be16();
  if (!r.ok()) return Decoded::tunnel_truncated;
  if ((flags & flag::version) > 1) return Decoded::tunnel_malformed;
  skip_options(flags, r);
  if (!r.ok()) return Decoded::tunnel_truncated;
  at.rest = r.rest();
  if (at.rest.empty()) return Decoded::not_ip;  // a keep-alive, or an acknowledgement of PPTP
  return after_gre(flags, protocol, at.out);
}

// A tag that the switch took off the frame is in the header; one that is still there comes later and
// counts.
Step take_erspan_2(Cursor& at) noexcept {
  ByteReader r{at.rest};
  const auto version_vlan = r.be16();
  r.skip(6);  // class of service, session, index
  if (!r.ok()) return Decoded::tunnel_truncated;
  if (version_vlan >> 12U != 1) return Decoded::tunnel_malformed;
  at.rest = r.rest();
  return inner_ethernet(at.out, version_vlan & 0x0fffU);
}

Step take_erspan_3(Cursor& at) noexcept {
  constexpr std::uint16_t has_subheader = 0x0001;
  ByteReader r{at.rest};
  const auto version_vlan = r.be16();
  r.skip(8);  // class of service, session, timestamp, security group
  const auto kind = r.be16();
  if ((kind & has_subheader) != 0) r.skip(8);
  if (!r.ok()) return Decoded::tunnel_truncated;
  if (version_vlan >> 12U != 2) return Decoded::tunnel_malformed;
  at.rest = r.rest();
  const std::uint16_t vlan_id = version_vlan & 0x0fffU;
  const auto frame_type = kind >> 10U & 0x1fU;
  if (frame_type == 0) return inner_ethernet(at.out, vlan_id);
  if (frame_type != 2) return Decoded::not_ip;
  at.out.vlan_id = vlan_id;
  return Layer::ip;
}

}  // namespace heptap
