#pragma once

#include <cstdint>

#include "proto/net/packet.hpp"

namespace heptap {

/// One direction of a connection or an association.
struct FlowKey {
  IpAddress source;
  IpAddress destination;
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;

  friend bool operator==(const FlowKey&, const FlowKey&) = default;

  /// A keyed hash, for FlowTable.
  [[nodiscard]] std::uint64_t hash(std::uint64_t seed) const noexcept {
    const std::uint64_t ports = std::uint64_t{source_port} << 16U | destination_port;
    return hash_parts::fold(hash_addresses(source, destination, seed), ports ^ hash_parts::key_c);
  }
};

[[nodiscard]] inline FlowKey flow_of(const Packet& packet) noexcept {
  return {packet.source, packet.destination, packet.source_port, packet.destination_port};
}

}  // namespace heptap
