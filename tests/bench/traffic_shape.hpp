#pragma once

#include <cstdint>

#include "tests/bench/call_traffic.hpp"
#include "tests/bench/frame_queue.hpp"
#include "tests/bench/tcp_trunks.hpp"

namespace heptap::bench {

/// What the messages of the traffic are carried in. Their texts are the same in each.
enum class Shape : std::uint8_t {
  plain,      ///< each in a UDP datagram
  vxlan,      ///< that in VXLAN, with a VLAN tag outside
  fragments,  ///< that in two IP fragments
  tcp,        ///< in TCP streams
};

/// The first messages of CallTraffic as frames of one shape, in order of time. A message is
/// complete when it is due in the traffic; only over TCP it may wait for others to fill a segment.
class ShapedTraffic {
 public:
  ShapedTraffic(Shape shape, std::uint64_t message_count) noexcept
      : shape_(shape), message_count_(message_count) {}

  ShapedTraffic(const ShapedTraffic&) = delete;
  ShapedTraffic& operator=(const ShapedTraffic&) = delete;

  /// gives     false when there are no more
  /// lifetime  the frame's bytes live until the next call
  [[nodiscard]] bool next(RawFrame& out);

 private:
  void take_message();

  Shape shape_;
  std::uint64_t message_count_;
  std::uint64_t taken_ = 0;
  std::int64_t now_us_ = 0;
  CallTraffic traffic_;
  FrameQueue frames_;
  TcpTrunks trunks_{frames_};
};

}  // namespace heptap::bench
