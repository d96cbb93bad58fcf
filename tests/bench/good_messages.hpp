#pragma once

#include <cstdint>
#include <vector>

#include "tests/bench/call_traffic.hpp"
#include "tests/bench/frame_queue.hpp"
#include "tests/bench/hostile_packets.hpp"
#include "tests/bench/packet_builder.hpp"
#include "tests/bench/tcp_connections.hpp"

namespace heptap::bench {

/// Messages that a flood of this kind may hurt: each is cut into parts that are some time apart.
/// With fragments there are two of them; over TCP and SCTP three, on a connection of its own, or
/// every 25th time on one of a few that last and say nothing for long in between. A connection
/// begins a round trip before its first message.
class GoodMessages {
 public:
  static constexpr std::int64_t round_trip_us = 100'000;
  static constexpr std::uint64_t lasting_every = 25;
  static constexpr std::size_t lasting_count = 4;

  GoodMessages(FloodKind kind, std::int64_t apart_us, FrameQueue& out);

  void write(const CallMessage& message);

 private:
  struct Association {
    Flow flow;
    Ports ports;
    std::uint32_t tsn;
    std::uint16_t sequence;
  };

  void write_fragments(const CallMessage& message);
  void write_tcp(const CallMessage& message);
  void open(TcpConnections& connections, std::int64_t time_us);
  void close(TcpConnections& connections, std::int64_t time_us);
  void write_sctp(const CallMessage& message);
  [[nodiscard]] Association& association_for_next() noexcept;

  FloodKind kind_;
  std::int64_t apart_us_;
  FrameQueue& out_;
  std::uint64_t count_ = 0;
  std::uint64_t lasting_turn_ = 0;
  TcpConnections short_connections_;
  std::vector<TcpConnections> lasting_connections_;
  Association short_association_{};
  std::vector<Association> lasting_associations_;
};

}  // namespace heptap::bench
