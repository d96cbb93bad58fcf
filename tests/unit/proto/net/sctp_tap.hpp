#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "proto/net/sctp_messages.hpp"
#include "tests/support/sctp_builder.hpp"

namespace heptap::test {

// Fragments of a message.
inline constexpr std::uint8_t first = sctp_flag::begin;
inline constexpr std::uint8_t middle = sctp_flag::middle;
inline constexpr std::uint8_t last = sctp_flag::end;

/// Gives packets to SctpMessages, keeps the messages that come out, and checks after each packet that
/// every byte is accounted for.
class SctpTap {
 public:
  explicit SctpTap(const SctpLimits& limits = {}) : sctp_(limits) {}

  /// gives     how many messages the packet completed
  std::size_t take(const Frame& chunks, std::uint16_t port = 5060, std::int64_t time_us = 0) {
    return take(sctp_packet(chunks, port), time_us);
  }
  std::size_t take(const Packet& packet, std::int64_t time_us = 0) {
    const std::size_t before = messages.size();
    sctp_.take(packet, time_us, time_us);
    for (Bytes message; sctp_.next(message);) messages.emplace_back(as_text(message));
    const SctpCounts& c = counts();
    REQUIRE(c.entered == c.left + c.repeated + c.over_limit + c.unsupported + c.evicted + c.held);
    REQUIRE(c.messages == messages.size());
    return messages.size() - before;
  }

  [[nodiscard]] const SctpCounts& counts() const { return sctp_.counts(); }

  std::vector<std::string> messages;

 private:
  SctpMessages sctp_;
};

using Messages = std::vector<std::string>;

}  // namespace heptap::test
