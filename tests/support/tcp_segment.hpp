#pragma once

#include <cstdint>
#include <string_view>

#include "proto/net/packet.hpp"

namespace heptap::test {

namespace tcp_flag {
inline constexpr std::uint8_t fin = 0x01;
inline constexpr std::uint8_t syn = 0x02;
inline constexpr std::uint8_t rst = 0x04;
inline constexpr std::uint8_t ack = 0x10;
}  // namespace tcp_flag

/// A segment from 192.0.2.10 and this port to 198.51.100.20:5060.
/// lifetime  of the payload: its owner's
inline Packet segment(std::uint32_t sequence, std::string_view payload,
                      std::uint8_t flags = tcp_flag::ack, std::uint16_t port = 40'000) {
  Packet out;
  out.source.octets = {192, 0, 2, 10};
  out.destination.octets = {198, 51, 100, 20};
  out.source_port = port;
  out.destination_port = 5060;
  out.ip_protocol = ip_protocol_tcp;
  out.tcp_flags = flags;
  out.tcp_sequence = sequence;
  out.payload = as_bytes(payload);
  return out;
}

/// The way back.
inline Packet answer(std::uint32_t sequence, std::string_view payload,
                     std::uint8_t flags = tcp_flag::ack, std::uint16_t port = 40'000) {
  Packet out = segment(sequence, payload, flags, 5060);
  std::swap(out.source, out.destination);
  out.destination_port = port;
  return out;
}

}  // namespace heptap::test
