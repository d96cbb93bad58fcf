#pragma once

#include <cstddef>
#include <cstdint>
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

/// source    RFC 768
[[nodiscard]] PacketBytes udp_datagram(Flow flow, Ports ports, Bytes payload);

/// An IPv4 packet in an Ethernet frame, marked as signalling.
/// source    RFC 791
[[nodiscard]] PacketBytes ipv4_frame(const Ipv4Fields& fields, Bytes payload);

/// lifetime  the record's bytes are those of `frame`
[[nodiscard]] RawFrame captured(std::int64_t time_us, Bytes frame) noexcept;

}  // namespace heptap::bench
