#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/capture/raw_frame.hpp"
#include "tests/bench/packet_builder.hpp"
#include "tests/bench/sip_call.hpp"

namespace heptap::bench {

/// Bytes of Ethernet, IPv4 and UDP in front of the SIP text of each frame.
inline constexpr std::size_t frame_head_bytes = ethernet_bytes + ipv4_bytes + udp_bytes;

/// One SIP message, and between whom.
/// lifetime  `text` lives until the next message is asked for
struct CallMessage {
  std::int64_t time_us;
  std::uint64_t call;
  bool from_caller;
  Flow flow;
  std::string_view text;
};

/// The message as a datagram between the SIP ports.
[[nodiscard]] PacketBytes sip_datagram(const CallMessage& message);

/// That datagram in a packet and a frame of its own.
[[nodiscard]] PacketBytes plain_frame(const CallMessage& message);

/// That datagram cut in the middle: two IP fragments in a frame each.
/// source    RFC 791 section 3.2
[[nodiscard]] std::pair<PacketBytes, PacketBytes> fragment_frames(const CallMessage& message,
                                                                  std::uint16_t id);

/// An endless run of calls, always the same for one seed: a hundred calls begin each second and
/// about a thousand are up at a time. Messages come in order of time.
class CallTraffic {
 public:
  explicit CallTraffic(std::uint64_t seed = 1);

  [[nodiscard]] CallMessage next_message();

  /// The next message as a plain_frame().
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

  std::uint64_t seed_;
  std::uint64_t random_state_;
  std::uint64_t next_call_ = 0;
  std::int64_t next_start_us_;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> due_;
  std::string text_;
  PacketBytes frame_;
};

}  // namespace heptap::bench
