#pragma once

#include <cstdint>
#include <string_view>

#include "proto/net/packet.hpp"
#include "tests/support/frame_builder.hpp"

namespace heptap::test {

namespace sctp_flag {
inline constexpr std::uint8_t middle = 0;  // of three fragments or more
inline constexpr std::uint8_t end = 0x01;
inline constexpr std::uint8_t begin = 0x02;
inline constexpr std::uint8_t whole = begin | end;
}  // namespace sctp_flag

namespace sctp_chunk {
inline constexpr std::uint8_t data = 0;
inline constexpr std::uint8_t init = 1;
inline constexpr std::uint8_t init_ack = 2;
inline constexpr std::uint8_t sack = 3;
}  // namespace sctp_chunk

/// A chunk with its padding.
/// source    RFC 9260 section 3.2
inline Frame chunk(std::uint8_t type, std::uint8_t flags, const Frame& value) {
  Frame out{type, flags};
  put16(out, value.size() + 4);
  out = joined(std::move(out), value);
  out.resize((out.size() + 3) / 4 * 4);
  return out;
}

/// source    RFC 9260 section 3.3.1
inline Frame data_chunk(std::uint32_t tsn, std::string_view data,
                        std::uint8_t flags = sctp_flag::whole, std::uint16_t stream = 0) {
  Frame value;
  put16(value, tsn >> 16U);
  put16(value, tsn & 0xffffU);
  put16(value, stream);
  put16(value, 0);  // sequence number in the stream
  put16(value, 0);  // payload protocol
  put16(value, 0);
  return chunk(sctp_chunk::data, flags, joined(std::move(value), text(data)));
}

/// A packet from 192.0.2.10 and this port to 198.51.100.20:5060, as the decoder gives it.
/// lifetime  of its payload: that of the chunks
inline Packet sctp_packet(const Frame& chunks, std::uint16_t port = 5060) {
  Packet out;
  out.source = IpAddress::from(from_hex("c000020a"));
  out.destination = IpAddress::from(from_hex("c6336414"));
  out.source_port = port;
  out.destination_port = 5060;
  out.ip_protocol = ip_protocol_sctp;
  out.payload = chunks;
  return out;
}

/// A packet between the same addresses, as a captured frame.
inline Frame sctp_frame(const Frame& chunks, std::uint16_t source_port = 5060,
                        std::uint16_t destination_port = 5060) {
  Frame head;
  put16(head, source_port);
  put16(head, destination_port);
  head.resize(12);  // verification tag, checksum
  return ethernet(ipv4(joined(std::move(head), chunks), ip_protocol_sctp));
}

}  // namespace heptap::test
