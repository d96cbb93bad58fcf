#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/call_traffic.hpp"
#include "tests/bench/frame_queue.hpp"
#include "tests/bench/tcp_connections.hpp"

namespace heptap::bench {

inline constexpr std::size_t messages_per_stream = 10;
/// What Ethernet leaves of 1500 bytes when every segment carries timestamps.
inline constexpr std::size_t max_segment_bytes = 1448;

/// Messages from one proxy to another over TCP connections, one after the other, of
/// messages_per_stream each. A segment leaves when it is full, so half of the messages lie in two
/// of them; what is left leaves with the last message.
class TcpTrunk {
 public:
  TcpTrunk(Flow flow, FrameQueue& out) noexcept : connections_(flow, out) {}

  void write(const CallMessage& message);

  /// Ends the connection, if there is one.
  void close(std::int64_t time_us);

 private:
  void open();
  void send_data(std::size_t size);
  void send(bool from_client, std::uint8_t flags, Bytes payload = {});

  TcpConnections connections_;
  std::string unsent_;
  std::size_t message_count_ = 0;
  std::size_t segment_count_ = 0;
  std::int64_t clock_us_ = 0;
};

/// All messages over a few trunks, each way on connections of its own. A call stays on its trunk.
/// More trunks would let a message wait longer for the next one to fill its segment, and more
/// replies leave before what they answer.
class TcpTrunks {
 public:
  explicit TcpTrunks(FrameQueue& out);

  void write(const CallMessage& message);
  void close(std::int64_t time_us);

 private:
  std::vector<TcpTrunk> trunks_;
};

}  // namespace heptap::bench
