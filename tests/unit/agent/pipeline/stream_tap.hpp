#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/pipeline/packet_clock.hpp"
#include "agent/pipeline/stream_messages.hpp"
#include "tests/support/stream_segments.hpp"

namespace heptap::test {

inline constexpr std::uint16_t sip_port = 5060;       ///< where StreamTap expects SIP
inline constexpr std::uint16_t unknown_port = 7'777;  ///< where it does not

inline bool has_sip_port(const FlowKey& flow) {
  return flow.source_port == sip_port || flow.destination_port == sip_port;
}

/// A message that outlives the segments it came from.
struct FoundMessage {
  std::string text;
  std::int64_t time_us = 0;
  Packet packet;  ///< without its payload
};

/// Gives segments to StreamMessages, keeps the messages that come out, and checks after each segment
/// that every byte is accounted for. Any segment with a payload opens a stream.
class StreamTap {
 public:
  explicit StreamTap(const StreamLimits& limits = {},
                     StreamMessages::ExpectsSip expects_sip = has_sip_port)
      : messages_(
            limits, [](const Packet& segment) { return !segment.payload.empty(); },
            std::move(expects_sip)) {}

  /// gives     whether a stream took it
  bool take(const Packet& segment, std::int64_t time_us = 0) {
    const bool is_taken = messages_.take(segment, time_us, clock_.advance(time_us));
    read();
    return is_taken;
  }

  void finish() {
    messages_.finish();
    read();
    REQUIRE(streams().held == 0);
  }

  [[nodiscard]] const StreamMessageCounts& counts() const { return messages_.counts(); }
  [[nodiscard]] const StreamCounts& streams() const { return messages_.streams(); }
  [[nodiscard]] std::uint64_t bytes(StreamBytes what) const { return counts().bytes[what]; }

  [[nodiscard]] std::vector<std::string> texts() const {
    std::vector<std::string> out;
    for (const FoundMessage& message : found) out.push_back(message.text);
    return out;
  }
  [[nodiscard]] std::vector<std::int64_t> times() const {
    std::vector<std::int64_t> out;
    for (const FoundMessage& message : found) out.push_back(message.time_us);
    return out;
  }

  std::vector<FoundMessage> found;

 private:
  void read() {
    Packet packet;
    std::int64_t time_us = 0;
    while (messages_.next(sip_, packet, time_us)) {
      REQUIRE(sip_.text() == as_text(packet.payload));
      found.push_back({std::string(sip_.text()), time_us, packet});
      found.back().packet.payload = {};
    }
    check_sums();
  }

  void check_sums() const {
    const StreamCounts& s = streams();
    REQUIRE(s.entered == s.read + s.repeated + s.far + s.evicted + s.held);
    std::uint64_t sum = 0;
    for (int i = 0; i < static_cast<int>(StreamBytes::count_); ++i) {
      sum += bytes(static_cast<StreamBytes>(i));
    }
    REQUIRE(s.read == sum);
    REQUIRE(counts().messages == found.size());
  }

  StreamMessages messages_;
  PacketClock clock_;
  SipView sip_;
};

using Texts = std::vector<std::string>;
using Times = std::vector<std::int64_t>;

}  // namespace heptap::test
