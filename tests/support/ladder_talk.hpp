#pragma once

#include <catch2/catch.hpp>
#include <string>

#include "agent/report/ladder.hpp"
#include "tests/support/call_messages.hpp"
#include "tests/support/media_talk.hpp"

namespace heptap::test {

/// 2023-11-14 22:13:20 UTC
inline constexpr std::int64_t ladder_start_us = 1'700'000'000'000'000;

inline void say(Ladder& ladder, const CallMessage& message) {
  const std::string text = text_of(message);
  SipView sip;
  REQUIRE(parse_sip(as_bytes(text), sip) == Errc::none);
  ladder.on_message(sip, packet_of(message), ladder_start_us + message.time_ms * 1000);
}

/// A response of which only the reason matters.
inline void answer(Ladder& ladder, const std::string& reason) {
  const std::string text =
      "SIP/2.0 200 " + reason + "\r\nCall-ID: " + ladder.call_id() + "\r\n\r\n";
  SipView sip;
  REQUIRE(parse_sip(as_bytes(text), sip) == Errc::none);
  ladder.on_message(sip, packet_of({}), ladder_start_us);
}

/// lines     of the session description, after t=
inline CallMessage with_sdp(const std::string& lines, CallMessage message = {.method = "INVITE"}) {
  message.body = sdp_body("192.0.2.10", lines);
  message.headers = "Content-Type: application/sdp\r\n";
  return message;
}

}  // namespace heptap::test
