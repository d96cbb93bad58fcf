// Tunnels that are recognised by a UDP port, which anyone may use for anything: a header that is not
// as it must be makes the datagram a plain one.
#include <algorithm>

#include "proto/net/tunnel.hpp"

namespace heptap {
namespace {

void enter(Tunnel tunnel, Bytes rest, Cursor& at) noexcept {
  at.out.tunnels |= std::uint32_t{1} << static_cast<unsigned>(tunnel);
  at.rest = rest;
}

// 0: nothing for us.
std::uint16_t ethertype_of_vxlan(std::uint8_t protocol) noexcept {
  switch (protocol) {
    case 1: return ethertype::ipv4;
    case 2: return ethertype::ipv6;
    case 3: return ethertype::bridged;
    case 5: return ethertype::mpls;
    default: return 0;
  }
}

// Any flag brings the fields of all; only those that a flag announces mean something (section 5.1).
void skip_gtp_options(std::uint8_t flags, ByteReader& r) noexcept {
  constexpr std::uint8_t has_options = 0x07;  // extension header, sequence number, N-PDU number
  constexpr std::uint8_t has_extension = 0x04;
  if ((flags & has_options) == 0) return;
  r.skip(3);
  auto next = r.u8();
  if ((flags & has_extension) == 0) return;
  while (next != 0 && r.ok()) {
    const std::size_t words = r.u8();  // of four octets, with this and the next type
    r.skip(words * 4 - 2);             // none at all is more than there is
    next = r.u8();
  }
}

}  // namespace

Step take_vxlan(Cursor& at) noexcept {
  constexpr std::uint8_t has_identifier = 0x08;
  constexpr std::uint8_t has_protocol = 0x04;  // VXLAN-GPE
  ByteReader r{at.rest};
  const auto flags = r.u8();
  r.skip(2);
  const auto protocol = r.u8();
  r.skip(3);  // network identifier
  const auto reserved = r.u8();
  if (!r.ok() || (flags & has_identifier) == 0) return Layer::payload;
  const bool may_be_text = flags != has_identifier;  // of SIP, most of whose methods have its bit
  if (may_be_text && reserved != 0) return Layer::payload;
  const bool is_gpe = (flags & has_protocol) != 0;
  const auto ethertype = is_gpe ? ethertype_of_vxlan(protocol) : ethertype::bridged;
  const Step inner = after_ethertype(ethertype, at.out);
  if (inner.ends()) return Layer::payload;
  enter(Tunnel::vxlan, r.rest(), at);
  return inner;
}

Step take_geneve(Cursor& at) noexcept {
  ByteReader r{at.rest};
  const auto version_length = r.u8();
  const auto flags = r.u8();
  const auto protocol = r.be16();
  r.skip(4);                              // network identifier, reserved
  r.skip((version_length & 0x3fU) * 4U);  // options
  const bool is_geneve = r.ok() && version_length >> 6U == 0 && (flags & 0x3fU) == 0;
  if (!is_geneve) return Layer::payload;
  const Step inner = after_ethertype(protocol, at.out);
  if (inner.ends()) return Layer::payload;
  enter(Tunnel::geneve, r.rest(), at);
  return inner;
}

Step take_gtp_u(Cursor& at) noexcept {
  constexpr std::uint8_t t_pdu = 255;
  ByteReader r{at.rest};
  const auto flags = r.u8();
  const auto type = r.u8();
  const std::size_t length = r.be16();
  r.be32();  // tunnel endpoint
  if (!r.ok() || flags >> 4U != 3 || type != t_pdu) return Layer::payload;
  if (length > r.rest().size() && !at.out.truncated) return Layer::payload;
  ByteReader body{r.bytes(std::min(length, r.rest().size()))};
  skip_gtp_options(flags, body);
  if (!body.ok()) return Layer::payload;
  const Layer inner = guess_layer(body.rest());
  if (inner == Layer::payload) return Layer::payload;
  enter(Tunnel::gtp_u, body.rest(), at);
  return inner == Layer::ip ? Step{inner} : inner_ethernet(at.out);
}

Step take_l2tp(Cursor& at) noexcept {
  constexpr std::uint16_t is_control = 0x8000;
  constexpr std::uint16_t has_length = 0x4000;
  constexpr std::uint16_t has_sequence = 0x0800;
  constexpr std::uint16_t has_offset = 0x0200;
  constexpr std::uint16_t reserved = 0x34f0;
  constexpr std::uint16_t version = 0x000f;
  ByteReader r{at.rest};
  const auto flags = r.be16();
  if ((flags & (is_control | reserved)) != 0 || (flags & version) != 2) return Layer::payload;
  const std::size_t length = (flags & has_length) != 0 ? r.be16() : at.rest.size();
  if (length > at.rest.size() && !at.out.truncated) return Layer::payload;
  r.skip(4);  // tunnel, session
  if ((flags & has_sequence) != 0) r.skip(4);
  if ((flags & has_offset) != 0) r.skip(r.be16());
  if (!r.ok()) return Layer::payload;
  enter(Tunnel::l2tp, r.rest(), at);
  return Layer::ppp;
}

Step take_tzsp(Cursor& at) noexcept {
  constexpr std::uint8_t tag_padding = 0;
  constexpr std::uint8_t tag_end = 1;
  constexpr std::uint16_t protocol_ethernet = 1;
  ByteReader r{at.rest};
  const auto version = r.u8();
  const auto type = r.u8();  // 0 received, 1 to be sent; the others carry no frame
  const auto protocol = r.be16();
  if (!r.ok() || version != 1 || type > 1 || protocol != protocol_ethernet) return Layer::payload;
  for (auto tag = r.u8(); tag != tag_end && r.ok(); tag = r.u8()) {
    if (tag != tag_padding) r.skip(r.u8());
  }
  if (!r.ok()) return Layer::payload;
  enter(Tunnel::tzsp, r.rest(), at);
  return inner_ethernet(at.out);
}

Step take_hp_erm(Cursor& at) noexcept {
  constexpr std::uint32_t is_tagged = 0x80;
  ByteReader r{at.rest};
  r.skip(8);
  const auto tag = r.be32();
  if (!r.ok() || !looks_like_ethernet(r.rest())) return Layer::payload;
  enter(Tunnel::hp_erm, r.rest(), at);
  const auto vlan_id = static_cast<std::uint16_t>(tag >> 8U & 0x0fffU);
  return inner_ethernet(at.out, (tag & is_tagged) != 0 ? vlan_id : std::uint16_t{0});
}

}  // namespace heptap
