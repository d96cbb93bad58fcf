#pragma once

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "agent/capture/raw_frame.hpp"
#include "proto/net/decode.hpp"
#include "tests/bench/call_traffic.hpp"
#include "tests/support/allocation_counter.hpp"

// What the benches of stages have in common: the messages, and how they go round.
namespace heptap::bench {

// About as many as one read of a capture file gives: when a stage sees a message, it lies where it
// was read to, in the second-level cache.
inline constexpr std::size_t window_messages = 350;

/// The frames of one read, the packets in them, and their texts.
struct Window {
  Window() {
    CallTraffic traffic;
    for (std::size_t i = 0; i < window_messages; ++i) {
      const RawFrame frame = traffic.next();
      storage.emplace_back(frame.bytes.begin(), frame.bytes.end());
      frames.push_back(frame);
      frames.back().bytes = storage.back();
      packets.emplace_back();
      (void)Decoder().decode(frame.link_type, frames.back().bytes, 0, packets.back());
    }
  }

  std::vector<std::vector<std::uint8_t>> storage;
  std::vector<RawFrame> frames;
  std::vector<Packet> packets;
};

inline const Window& window() {
  static const Window made;
  return made;
}

/// Goes round and round.
class Cursor {
 public:
  explicit Cursor(std::size_t count) : count_(count) {}
  std::size_t next() noexcept {
    const std::size_t index = index_;
    index_ = index_ + 1 < count_ ? index_ + 1 : 0;
    return index;
  }

 private:
  std::size_t count_;
  std::size_t index_ = 0;
};

inline void report(benchmark::State& state, double messages, std::uint64_t allocations) {
  using benchmark::Counter;
  state.counters["per_message"] = Counter(messages, Counter::kIsRate | Counter::kInvert);
  state.counters["allocations"] = static_cast<double>(allocations) / messages;
}

/// Runs `stage(index)` over the messages of the window.
template <class Stage>
void run_window(benchmark::State& state, Stage stage) {
  Cursor cursor(window_messages);
  const test::AllocationCounter allocations;
  for (auto _ : state) stage(cursor.next());
  report(state, static_cast<double>(state.iterations()), allocations.count());
}

}  // namespace heptap::bench
