#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "tests/support/frame_builder.hpp"

namespace heptap::test {

// Wraps packets and frames into tunnels, as frame_builder.hpp does with the other layers. What a
// header holds that no reader looks at is some number that is not 0.

inline Frame put_over(Frame in, std::size_t offset, const Frame& field) {
  for (std::size_t i = 0; i < field.size(); ++i) in.at(offset + i) = field[i];
  return in;
}

/// The ends of a tunnel: 10.0.0.1 -> 10.0.0.2, fd00::1 -> fd00::2
inline Frame outer_ipv4(const Frame& payload, std::uint8_t protocol) {
  return put_over(ipv4(payload, protocol), 12, from_hex("0a000001 0a000002"));
}
inline Frame outer_ipv6(const Frame& payload, std::uint8_t next) {
  return put_over(ipv6(payload, next), 8,
                  from_hex("fd000000000000000000000000000001 fd000000000000000000000000000002"));
}
inline Frame in_udp(std::uint16_t port, const Frame& payload) {
  return outer_ipv4(udp(payload, 50000, port), 17);
}

inline Frame with_tag(std::uint16_t vlan_id, const Frame& payload,
                      std::string_view ethertype_hex = "0800") {
  Frame tag;
  put16(tag, vlan_id);
  return ethernet(joined(joined(tag, from_hex(ethertype_hex)), payload), "8100");
}

/// Every field that `flags` announce: RFC 2784, RFC 2890, RFC 2637, and two entries of RFC 1701's
/// routing.
inline Frame gre(unsigned flags, std::uint16_t protocol, const Frame& payload) {
  Frame out;
  put16(out, flags);
  put16(out, protocol);
  if ((flags & 0xc000U) != 0) out = joined(out, from_hex("aaaa 0000"));
  if ((flags & 0x2000U) != 0) out = joined(out, from_hex("12345678"));
  if ((flags & 0x1000U) != 0) out = joined(out, from_hex("00000009"));
  if ((flags & 0x0087U) == 0x81) out = joined(out, from_hex("00000008"));
  if ((flags & 0x4000U) != 0) out = joined(out, from_hex("0800 0004 0a000003  0000 0000"));
  return joined(out, payload);
}

inline Frame erspan_2(std::uint16_t vlan_id, const Frame& frame) {
  Frame head;
  put16(head, 0x1000U | vlan_id);
  return joined(joined(head, from_hex("f864 00000005")), frame);
}
/// `kind` is the last 16 bits; the lowest of them announces a subheader
inline Frame erspan_3(std::uint16_t vlan_id, unsigned kind, const Frame& frame) {
  Frame head;
  put16(head, 0x2000U | vlan_id);
  head = joined(head, from_hex("f864 01020304 0007"));
  put16(head, kind);
  if ((kind & 1U) != 0) head = joined(head, from_hex("1400000700000001"));
  return joined(head, frame);
}

inline Frame vxlan(const Frame& frame) { return joined(from_hex("08000000 00109200"), frame); }
inline Frame vxlan_gpe(std::uint8_t protocol, const Frame& payload) {
  return joined(joined(from_hex("0c0000"), Frame{protocol}), joined(from_hex("00109200"), payload));
}
inline Frame geneve(std::uint16_t protocol, const Frame& payload, const Frame& options = {}) {
  Frame head{static_cast<std::uint8_t>(options.size() / 4), 0};
  put16(head, protocol);
  return joined(joined(joined(head, from_hex("00109200")), options), payload);
}

/// A G-PDU; `optional` is what follows the first eight octets
inline Frame gtp_u(std::uint8_t flags, const Frame& packet, std::string_view optional_hex = "") {
  const Frame body = joined(from_hex(optional_hex), packet);
  Frame head{flags, 255};
  put16(head, body.size());
  return joined(joined(head, from_hex("0000004d")), body);
}

inline Frame mpls(unsigned labels, const Frame& payload) {
  Frame stack;
  for (; labels > 1; --labels) stack = joined(stack, from_hex("0001003f"));
  return joined(joined(stack, from_hex("0001113f")), payload);
}

inline Frame pppoe(const Frame& payload) {
  Frame head = from_hex("1100 0102");
  put16(head, payload.size());
  return joined(head, payload);
}

/// A data message with every field that `flags` announce; the offset is of three octets
inline Frame l2tp(unsigned flags, const Frame& payload) {
  Frame fields = from_hex("000b 000c");
  if ((flags & 0x0800U) != 0) fields = joined(fields, from_hex("0021 0000"));
  if ((flags & 0x0200U) != 0) fields = joined(fields, from_hex("0003 aaaaaa"));
  Frame head;
  put16(head, flags | 2U);
  if ((flags & 0x4000U) != 0) put16(head, 4 + fields.size() + payload.size());
  return joined(joined(head, fields), payload);
}

inline Frame tzsp(const Frame& frame, std::string_view tags_hex = "") {
  return joined(joined(from_hex("01000001"), joined(from_hex(tags_hex), from_hex("01"))), frame);
}

/// `tag_hex` is the last 32 bits of the header
inline Frame hp_erm(const Frame& frame, std::string_view tag_hex = "00002a00") {
  return joined(joined(from_hex("0102030405060708"), from_hex(tag_hex)), frame);
}

inline Frame ah(std::uint8_t next, const Frame& payload, std::size_t digest_bytes = 12) {
  Frame head{next, static_cast<std::uint8_t>((12 + digest_bytes) / 4 - 2)};
  head = joined(head, from_hex("0000 00001001 00000009"));
  return joined(joined(head, Frame(digest_bytes, 0xda)), payload);
}

/// One attribute of LINKTYPE_NFLOG, without the padding behind it
inline Frame nflog_attribute(std::uint8_t type, const Frame& value) {
  const std::size_t length = value.size() + 4;
  const Frame head{static_cast<std::uint8_t>(length), static_cast<std::uint8_t>(length >> 8U), type,
                   0};
  return joined(head, value);
}

}  // namespace heptap::test
