#include "tests/bench/packet_builder.hpp"

#include <algorithm>
#include <array>
#include <boost/crc.hpp>

#include "proto/net/packet.hpp"

namespace heptap::bench {
namespace {

constexpr std::uint32_t link_type_ethernet = 1;
constexpr std::uint8_t tos_cs3 = 0x60;  // what networks mark signalling with

// The Internet checksum of a run of bytes, not yet folded.
// source    RFC 1071
std::uint64_t sum_of(Bytes run) noexcept {
  std::uint64_t sum = 0;
  ByteReader in(run);
  while (in.rest().size() >= 2) sum += in.be16();
  return in.rest().empty() ? sum : sum + (std::uint64_t{in.u8()} << 8U);
}

std::uint16_t folded(std::uint64_t sum) noexcept {
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16U);
  return static_cast<std::uint16_t>(~sum);
}

// Of a datagram or segment whose own field for it is still 0.
std::uint16_t transport_checksum(Flow flow, std::uint8_t protocol, Bytes whole) noexcept {
  const std::uint64_t pseudo = (flow.source >> 16U) + (flow.source & 0xffffU) +
                               (flow.destination >> 16U) + (flow.destination & 0xffffU) + protocol +
                               whole.size();
  return folded(pseudo + sum_of(whole));
}

void put_be16_at(std::size_t offset, std::uint16_t value, std::span<std::uint8_t> out) noexcept {
  ByteWriter(out.subspan(offset, 2)).be16(value);
}

void put_ethernet(ByteWriter& out, Flow flow) noexcept {
  for (const std::uint32_t address : {flow.destination, flow.source}) {
    out.be16(0x0200);  // locally administered
    out.be32(address);
  }
  out.be16(0x0800);
}

void put_ipv4(ByteWriter& out, const Ipv4Fields& fields, std::size_t payload_bytes) noexcept {
  std::array<std::uint8_t, ipv4_bytes> bytes;
  ByteWriter head(bytes);
  head.u8(0x45);
  head.u8(tos_cs3);
  head.be16(static_cast<std::uint16_t>(ipv4_bytes + payload_bytes));
  head.be16(fields.id);
  head.be16(fields.fragment);
  head.u8(64);
  head.u8(fields.protocol);
  head.be16(0);
  head.be32(fields.flow.source);
  head.be32(fields.flow.destination);
  put_be16_at(10, folded(sum_of(bytes)), bytes);
  out.bytes(bytes);
}

void put_tcp_options(ByteWriter& out, const TcpFields& fields) noexcept {
  const bool opens = (fields.flags & tcp_syn) != 0;
  if (opens) out.be32(0x020405b4);    // maximum segment size 1460
  out.be16(opens ? 0x0402 : 0x0101);  // selective acknowledgment; or padding
  out.be16(0x080a);
  out.be32(fields.time_ms);
  out.be32(fields.echo_ms);
  if (opens) out.be32(0x01030307);  // window scale 7
}

}  // namespace

PacketBytes udp_datagram(Flow flow, Ports ports, Bytes payload) {
  PacketBytes datagram(udp_bytes + payload.size());
  ByteWriter out(datagram);
  out.be16(ports.source);
  out.be16(ports.destination);
  out.be16(static_cast<std::uint16_t>(datagram.size()));
  out.be16(0);
  out.bytes(payload);
  const auto checksum = transport_checksum(flow, ip_protocol_udp, datagram);
  put_be16_at(6, checksum == 0 ? 0xffff : checksum, datagram);
  return datagram;
}

PacketBytes tcp_segment(Flow flow, const TcpFields& fields, Bytes payload) {
  const bool opens = (fields.flags & tcp_syn) != 0;
  const std::size_t head_bytes = opens ? 40 : 32;
  PacketBytes segment(head_bytes + payload.size());
  ByteWriter out(segment);
  out.be16(fields.ports.source);
  out.be16(fields.ports.destination);
  out.be32(fields.sequence);
  out.be32(fields.acknowledgment);
  out.u8(static_cast<std::uint8_t>(head_bytes / 4 << 4U));
  out.u8(fields.flags);
  out.be16(opens ? 64'240 : 502);  // the window, scaled once both ends have said that they can
  out.be32(0);                     // checksum, no urgent data
  put_tcp_options(out, fields);
  out.bytes(payload);
  put_be16_at(16, transport_checksum(flow, ip_protocol_tcp, segment), segment);
  return segment;
}

PacketBytes sctp_packet(const SctpFields& fields, Bytes payload) {
  constexpr std::size_t common_bytes = 12;
  constexpr std::size_t data_header_bytes = 16;
  const std::size_t chunk_bytes = data_header_bytes + payload.size();
  PacketBytes packet(common_bytes + (chunk_bytes + 3) / 4 * 4);
  ByteWriter out(packet);
  out.be16(fields.ports.source);
  out.be16(fields.ports.destination);
  out.be32(fields.tag);
  out.be32(0);
  out.u8(0);  // DATA
  out.u8(fields.flags);
  out.be16(static_cast<std::uint16_t>(chunk_bytes));
  out.be32(fields.tsn);
  out.be16(0);  // the stream
  out.be16(fields.sequence);
  out.be32(0);  // the payload's protocol: not said
  out.bytes(payload);
  set_sctp_checksum(packet);
  return packet;
}

void set_sctp_checksum(std::span<std::uint8_t> packet) noexcept {
  const auto checksum = packet.subspan(8, 4);
  std::fill(checksum.begin(), checksum.end(), std::uint8_t{0});
  boost::crc_optimal<32, 0x1edc6f41, 0xffffffff, 0xffffffff, true, true> crc;
  crc.process_bytes(packet.data(), packet.size());
  std::uint32_t value = crc.checksum();
  for (std::uint8_t& octet : checksum) {  // the one number in it that begins with its lowest octet
    octet = static_cast<std::uint8_t>(value);
    value >>= 8U;
  }
}

PacketBytes ipv4_frame(const Ipv4Fields& fields, Bytes payload) {
  PacketBytes frame(ethernet_bytes + ipv4_bytes + payload.size());
  ByteWriter out(frame);
  put_ethernet(out, fields.flow);
  put_ipv4(out, fields, payload.size());
  out.bytes(payload);
  return frame;
}

PacketBytes with_vlan_tag(PacketBytes frame, std::uint16_t vlan_id) {
  const std::array<std::uint8_t, 4> tag{0x81, 0x00, static_cast<std::uint8_t>(vlan_id >> 8U),
                                        static_cast<std::uint8_t>(vlan_id)};
  frame.insert(frame.begin() + 12, tag.begin(), tag.end());
  return frame;
}

RawFrame captured(std::int64_t time_us, Bytes frame) noexcept {
  return {.time_ns = time_us * 1000,
          .link_type = link_type_ethernet,
          .interface_id = 0,
          .wire_bytes = static_cast<std::uint32_t>(frame.size()),
          .bytes = frame};
}

}  // namespace heptap::bench
