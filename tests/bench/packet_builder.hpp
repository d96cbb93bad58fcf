#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "agent/capture/raw_frame.hpp"
#include "proto/bytes.hpp"

namespace heptap::bench {

/// Packets are built from the inside out, with right lengths and checksums.
using PacketBytes = std::vector<std::uint8_t>;

inline constexpr std::size_t ethernet_bytes = 14;
inline constexpr std::size_t ipv4_bytes = 20;
inline constexpr std::size_t udp_bytes = 8;

/// From which IPv4 address to which.
struct Flow {
  std::uint32_t source;
  std::uint32_t destination;
};

struct Ports {
  std::uint16_t source;
  std::uint16_t destination;
};

struct Ipv4Fields {
  Flow flow;
  std::uint8_t protocol;
  std::uint16_t id;
  std::uint16_t fragment = 0;  ///< flags and offset, as on the wire
};

inline constexpr std::uint8_t tcp_fin = 0x01;
inline constexpr std::uint8_t tcp_syn = 0x02;
inline constexpr std::uint8_t tcp_psh = 0x08;
inline constexpr std::uint8_t tcp_ack = 0x10;

struct TcpFields {
  Ports ports;
  std::uint32_t sequence;
  std::uint32_t acknowledgment;
  std::uint8_t flags;
  std::uint32_t time_ms;  ///< the timestamps of RFC 7323
  std::uint32_t echo_ms;
};

inline constexpr std::uint8_t sctp_end = 0x01;
inline constexpr std::uint8_t sctp_begin = 0x02;

struct SctpFields {
  Ports ports;
  std::uint32_t tag;  ///< of the association, this way
  std::uint32_t tsn;
  std::uint16_t sequence;  ///< of the user message in its stream
  std::uint8_t flags;      ///< whether a user message begins and ends here
};

/// source    RFC 768
[[nodiscard]] PacketBytes udp_datagram(Flow flow, Ports ports, Bytes payload);

/// With the options that Linux sends: timestamps, and on a SYN what it can do.
/// source    RFC 9293 section 3.1; RFC 2018, RFC 7323
[[nodiscard]] PacketBytes tcp_segment(Flow flow, const TcpFields& fields, Bytes payload);

/// With one DATA chunk.
/// source    RFC 9260 sections 3.1 and 3.3.1
[[nodiscard]] PacketBytes sctp_packet(const SctpFields& fields, Bytes payload);

/// Of a whole packet: writes the checksum that is right for all other bytes.
/// source    RFC 9260 appendix A
void set_sctp_checksum(std::span<std::uint8_t> packet) noexcept;

/// An IPv4 packet in an Ethernet frame, marked as signalling.
/// source    RFC 791
[[nodiscard]] PacketBytes ipv4_frame(const Ipv4Fields& fields, Bytes payload);

/// source    IEEE 802.1Q section 9.6
[[nodiscard]] PacketBytes with_vlan_tag(PacketBytes frame, std::uint16_t vlan_id);

/// lifetime  the record's bytes are those of `frame`
[[nodiscard]] RawFrame captured(std::int64_t time_us, Bytes frame) noexcept;

}  // namespace heptap::bench
