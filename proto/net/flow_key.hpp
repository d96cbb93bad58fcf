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
};

[[nodiscard]] inline FlowKey flow_of(const Packet& packet) noexcept {
  return {packet.source, packet.destination, packet.source_port, packet.destination_port};
}

}  // namespace heptap
