#pragma once

#include <catch2/catch.hpp>
#include <cstdint>
#include <string>

#include "agent/calls/call_tracker.hpp"
#include "proto/sip/message.hpp"
#include "tests/support/call_messages.hpp"

namespace heptap::test {

/// A tracker with all that it borrows, and the state of one call.
class TrackedCall {
 public:
  explicit TrackedCall(const CallTrackerOptions& options = {})
      : tracker(options, 7, carriers, guesses) {}

  void feed(const CallMessage& message) { feed(message, state); }
  void feed(const CallMessage& message, CallState& to) {
    const std::string text = text_of(message);
    REQUIRE(parse_sip(as_bytes(text), sip_) == Errc::none);
    tracker.update(to, sip_, packet_of(message), message.time_ms * 1000);
  }
  [[nodiscard]] bool begins_another(const CallMessage& message) {
    const std::string text = text_of(message);
    REQUIRE(parse_sip(as_bytes(text), sip_) == Errc::none);
    return tracker.begins_another(state, sip_, packet_of(message), message.time_ms * 1000);
  }
  [[nodiscard]] CallStanding standing(const CallMessage& message) {
    const std::string text = text_of(message);
    REQUIRE(parse_sip(as_bytes(text), sip_) == Errc::none);
    return tracker.standing(state, sip_, packet_of(message), message.time_ms * 1000);
  }
  void close(std::int64_t time_ms, CallEnd why = CallEnd::capture_stop) {
    tracker.close(state, why, time_ms * 1000);
  }
  [[nodiscard]] std::uint32_t key_of(const CallMessage& message) {
    const std::string text = text_of(message);
    REQUIRE(parse_sip(as_bytes(text), sip_) == Errc::none);
    return read_call_message(sip_, packet_of(message), 0, 7).key();
  }

  CarrierMap carriers;
  ChainGuesses guesses;
  CallTracker tracker;
  CallState state;

 private:
  SipView sip_;
};

}  // namespace heptap::test
