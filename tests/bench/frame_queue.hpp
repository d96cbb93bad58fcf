#pragma once

#include <cstdint>
#include <map>
#include <utility>

#include "agent/capture/raw_frame.hpp"
#include "tests/bench/packet_builder.hpp"

namespace heptap::bench {

/// Frames on their way into a capture: they are added in any order and leave in order of time,
/// those of one microsecond as they were added.
class FrameQueue {
 public:
  void add(std::int64_t time_us, PacketBytes frame) {
    waiting_.emplace_hint(waiting_.upper_bound(time_us), time_us, std::move(frame));
  }

  [[nodiscard]] bool empty() const noexcept { return waiting_.empty(); }

  /// gives     whether a frame is due by then
  [[nodiscard]] bool has_until(std::int64_t time_us) const noexcept {
    return !waiting_.empty() && waiting_.begin()->first <= time_us;
  }

  /// Takes the earliest frame; there must be one.
  /// lifetime  the frame's bytes live until the next call
  [[nodiscard]] RawFrame next() {
    const auto first = waiting_.begin();
    const std::int64_t time_us = first->first;
    frame_ = std::move(first->second);
    waiting_.erase(first);
    return captured(time_us, frame_);
  }

 private:
  std::multimap<std::int64_t, PacketBytes> waiting_;
  PacketBytes frame_;
};

}  // namespace heptap::bench
