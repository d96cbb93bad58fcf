#pragma once

#include <cstddef>
#include <cstdint>

namespace heptap::hep {

/// Generic (vendor 0) chunk types. Names and sizes as HEP3 revision 37 has them.
enum class Chunk : std::uint16_t {
  ip_family = 0x01,
  ip_protocol = 0x02,
  ipv4_source = 0x03,
  ipv4_destination = 0x04,
  ipv6_source = 0x05,
  ipv6_destination = 0x06,
  source_port = 0x07,
  destination_port = 0x08,
  time_seconds = 0x09,
  time_micros = 0x0a,
  payload_type = 0x0b,
  node_id = 0x0c,
  keep_alive = 0x0d,
  auth_key = 0x0e,
  payload = 0x0f,
  compressed_payload = 0x10,
  correlation_id = 0x11,
  vlan_id = 0x12,
  node_name = 0x13,
  source_mac = 0x14,
  destination_mac = 0x15,
  ethertype = 0x16,
  tcp_flags = 0x17,
  ip_tos = 0x18,
  mos = 0x20,
  r_factor = 0x21,
  geo_location = 0x22,
  jitter = 0x23,
  transaction_type = 0x24,
  payload_json_keys = 0x25,
  tag_values = 0x26,
  tag_type = 0x27,
  event_type = 0x28,
  group_id = 0x29,
};

/// What a payload is (chunk 0x0b). Collectors know more types than we send.
enum class PayloadType : std::uint8_t {
  sip = 1,
  rtcp_json = 5,
  rtp_report_json = 34,
  vq_rtcpxr = 35,
  log = 100,
};

inline constexpr std::size_t frame_header_bytes = 6;
inline constexpr std::size_t chunk_header_bytes = 6;

/// The largest frame we send on any carrier: heplify-server closes a connection at 65 508.
inline constexpr std::size_t max_frame_bytes = 65507;

/// Values of chunk 0x01: Linux's AF_INET and AF_INET6, on every system.
inline constexpr std::uint8_t family_ipv4 = 2;
inline constexpr std::uint8_t family_ipv6 = 10;

}  // namespace heptap::hep
