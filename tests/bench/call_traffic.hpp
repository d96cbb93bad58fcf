#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <string>
#include <vector>

#include "agent/capture/raw_frame.hpp"
#include "tests/bench/sip_call.hpp"

namespace heptap::bench {

/// Bytes of Ethernet, IPv4 and UDP in front of the SIP text of each frame.
inline constexpr std::size_t frame_head_bytes = 14 + 20 + 8;

/// An endless capture of calls, always the same for one seed: a hundred calls begin each second and
/// about a thousand are up at a time. Frames come in order of time, checksums are right.
class CallTraffic {
 public:
  explicit CallTraffic(std::uint64_t seed = 1);

  /// lifetime  the frame's bytes live until the next call
  [[nodiscard]] RawFrame next();

 private:
  struct Event {
    std::int64_t time_us;
    std::uint64_t call;
    Step step;

    [[nodiscard]] bool operator>(const Event& other) const noexcept {
      return time_us != other.time_us ? time_us > other.time_us : call > other.call;
    }
  };

  [[nodiscard]] Event next_event();
  [[nodiscard]] std::uint64_t random() noexcept;
  [[nodiscard]] std::int64_t pause_after(Step step) noexcept;
  void build_frame(const Event& event);

  std::uint64_t seed_;
  std::uint64_t random_state_;
  std::uint64_t next_call_ = 0;
  std::int64_t next_start_us_;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> due_;
  std::string text_;
  std::vector<std::uint8_t> frame_;
};

}  // namespace heptap::bench
