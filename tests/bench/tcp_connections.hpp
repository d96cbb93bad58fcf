#pragma once

#include <cstdint>

#include "tests/bench/frame_queue.hpp"
#include "tests/bench/packet_builder.hpp"

namespace heptap::bench {

/// The packets of one client's TCP connections to a SIP server, one connection after the other:
/// each has a port and sequence numbers of its own.
/// source    RFC 9293; RFC 7323 section 3 for the timestamps
class TcpConnections {
 public:
  /// flow      from client to server
  TcpConnections(Flow flow, FrameQueue& out) noexcept : flow_(flow), out_(out) {}

  /// What follows is the next connection; nothing is sent for it.
  void begin() noexcept;

  /// Sends a segment of the connection. Sequence and acknowledgment follow from what was sent before.
  void send(std::int64_t time_us, bool from_client, std::uint8_t flags, Bytes payload = {});

 private:
  struct End {
    std::uint32_t sequence;  // of its next byte; what the other end acknowledges
    std::uint32_t time_ms;   // timestamp of what it sent last
    std::uint16_t port;
  };

  Flow flow_;
  FrameQueue& out_;
  End client_{};
  End server_{};
  std::uint32_t connection_count_ = 0;
  std::uint16_t packet_count_ = 0;
};

}  // namespace heptap::bench
