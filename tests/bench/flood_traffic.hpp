#pragma once

#include <cstdint>

#include "agent/capture/raw_frame.hpp"
#include "tests/bench/call_traffic.hpp"
#include "tests/bench/frame_queue.hpp"
#include "tests/bench/good_messages.hpp"
#include "tests/bench/hostile_packets.hpp"

namespace heptap::bench {

struct FloodOptions {
  FloodKind kind = FloodKind::fragments;
  std::uint64_t packet_count = 10'000'000;  ///< hostile ones
  std::uint64_t good_every = 1000;          ///< hostile packets for each good message
  std::int64_t apart = 1000;                ///< hostile packets between the parts of a message
};

/// A flood of hostile packets, one each microsecond, with messages of calls in between, in order of
/// time. What is still to come of a message when the flood is over comes behind it.
class FloodTraffic {
 public:
  explicit FloodTraffic(const FloodOptions& options);
  FloodTraffic(const FloodTraffic&) = delete;
  FloodTraffic& operator=(const FloodTraffic&) = delete;

  /// gives     false when there are no more
  /// lifetime  the frame's bytes live until the next call
  [[nodiscard]] bool next(RawFrame& out);

  /// gives     messages that were begun so far
  [[nodiscard]] std::uint64_t good_count() const noexcept { return good_count_; }

 private:
  void add_good(std::int64_t time_us);

  FloodOptions options_;
  HostilePackets hostile_;
  CallTraffic calls_;
  FrameQueue frames_;
  GoodMessages good_{options_.kind, options_.apart, frames_};
  std::uint64_t hostile_count_ = 0;
  std::uint64_t good_count_ = 0;
};

}  // namespace heptap::bench
