#include "proto/net/ip.hpp"

#include "proto/net/transport.hpp"
#include "proto/net/tunnel.hpp"

namespace heptap {
namespace {

// Cuts `in` to the length that its header promises, or notes that the capture holds less.
Bytes bounded(Bytes in, std::size_t promised, Packet& out) noexcept {
  out.truncated = promised > in.size();
  return out.truncated ? in : in.first(promised);
}

Step take_ipv4(Cursor& at) noexcept {
  ByteReader r{at.rest};
  const auto version_ihl = r.u8();
  const auto traffic_class = r.u8();
  const auto total_length = r.be16();
  const auto identification = r.be16();
  const auto fragment = r.be16();
  r.u8();  // time to live
  const auto protocol = r.u8();
  r.be16();  // header checksum: not verified, offload leaves it unset on captured egress
  const auto source = r.bytes(4);
  const auto destination = r.bytes(4);
  if (!r.ok()) return Decoded::ip_truncated;

  const std::size_t header_bytes = (version_ihl & 0x0fU) * 4U;
  if (header_bytes < 20 || (total_length != 0 && total_length < header_bytes)) {
    return Decoded::ip_malformed;
  }
  r.skip(header_bytes - 20);  // options
  if (!r.ok()) return Decoded::ip_truncated;

  Packet& out = at.out;
  out.source.assign(source);
  out.destination.assign(destination);
  out.traffic_class = traffic_class;
  out.ip_protocol = protocol;
  out.ip_identification = identification;
  // 0 is what segmentation offload leaves in captured egress.
  at.rest = total_length == 0 ? r.rest() : bounded(r.rest(), total_length - header_bytes, out);
  if ((fragment & 0x3fffU) == 0) return Layer::ip_payload;  // neither an offset nor more to come
  at.fragment = {.identification = identification,
                 .offset_bytes = static_cast<std::uint16_t>((fragment & 0x1fffU) * 8U),
                 .more = (fragment & 0x2000U) != 0};
  return Layer::fragment;
}

Step take_ipv6(Cursor& at) noexcept {
  ByteReader r{at.rest};
  const auto version_class_flow = r.be32();
  const auto payload_length = r.be16();
  const auto next_header = r.u8();
  r.u8();  // hop limit
  const auto source = r.bytes(16);
  const auto destination = r.bytes(16);
  if (!r.ok()) return Decoded::ip_truncated;

  Packet& out = at.out;
  out.source.assign(source);
  out.destination.assign(destination);
  out.traffic_class = static_cast<std::uint8_t>(version_class_flow >> 20U & 0xffU);
  out.ip_protocol = next_header;
  out.ip_identification = 0;
  at.rest = payload_length == 0 ? r.rest() : bounded(r.rest(), payload_length, out);
  return Layer::ip_payload;
}

Decoded cut_short(const Packet& out) noexcept {
  return out.truncated ? Decoded::ip_truncated : Decoded::ip_malformed;
}

// An atomic fragment (RFC 6946) is a whole packet.
Step take_fragment_header(Cursor& at) noexcept {
  ByteReader r{at.rest};
  at.out.ip_protocol = r.u8();
  r.u8();
  const auto offset_more = r.be16();
  const auto identification = r.be32();
  if (!r.ok()) return cut_short(at.out);
  at.rest = r.rest();
  if ((offset_more & 0xfff9U) == 0) return Layer::ip_payload;
  at.fragment = {.identification = identification,
                 .offset_bytes = static_cast<std::uint16_t>(offset_more & 0xfff8U),
                 .more = (offset_more & 1U) != 0};
  return Layer::fragment;
}

Step take_extension(Cursor& at) noexcept {
  if (at.out.ip_protocol == ip_protocol_fragment) return take_fragment_header(at);
  ByteReader r{at.rest};
  at.out.ip_protocol = r.u8();
  const std::size_t length = r.u8();  // in units of 8 octets, not counting the first
  r.skip(6 + length * 8);
  if (!r.ok()) return cut_short(at.out);
  at.rest = r.rest();
  return Layer::ip_payload;
}

}  // namespace

Step take_ip(Cursor& at) noexcept {
  if (at.rest.empty()) return Decoded::ip_truncated;
  switch (at.rest.front() >> 4U) {
    case 4: return take_ipv4(at);
    case 6: return take_ipv6(at);
    default: return Decoded::ip_malformed;
  }
}

Step take_ip_payload(Cursor& at) noexcept {
  switch (at.out.ip_protocol) {
    case ip_protocol_udp: return take_udp(at);
    case ip_protocol_tcp: return take_tcp(at);
    case ip_protocol_sctp: return take_sctp(at);
    default: break;
  }
  if (at.out.source.family == IpFamily::v6 && is_ipv6_extension(at.out.ip_protocol)) {
    return take_extension(at);
  }
  const TunnelRow* const row = find_tunnel(TunnelKey::ip_protocol, at.out.ip_protocol);
  return row == nullptr ? Step{Decoded::ip_protocol} : enter(*row, at.out);
}

Step take_ah(Cursor& at) noexcept {
  ByteReader r{at.rest};
  const auto next = r.u8();
  const std::size_t length = r.u8();  // in units of 4 octets, minus 2
  r.skip((length + 2) * 4 - 2);
  if (!r.ok()) return cut_short(at.out);
  at.out.ip_protocol = next;
  at.rest = r.rest();
  return Layer::ip_payload;
}

}  // namespace heptap
