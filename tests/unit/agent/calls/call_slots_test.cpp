#include "agent/calls/call_slots.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

#include "agent/calls/call_summary.hpp"
#include "tests/support/tracked_call.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

CallMessage invite(std::int64_t ms, const std::string& from_tag = "a", std::uint8_t hop = 0) {
  return {.time_ms = ms,
          .method = "INVITE",
          .branch = "z9hG4bK" + from_tag + std::to_string(hop),
          .from_tag = from_tag,
          .vias = hop + 1,
          .hop = hop};
}

CallMessage reply(CallMessage request, int status, std::int64_t ms) {
  request.time_ms = ms;
  request.from_caller = false;
  request.status = status;
  if (status != 100) request.to_tag = "to-" + request.from_tag;
  return request;
}

// From another address, and with another From tag each.
CallMessage stranger(std::int64_t ms, int number) {
  CallMessage out = invite(ms, "s" + std::to_string(number));
  out.hop = 9;
  return out;
}

// Eight of them, a tenth of a second apart, each with what it is told at once; 0: nothing.
void intrude(TrackedCall& call, std::int64_t from_ms, int status) {
  for (int number = 0; number < 8; ++number) {
    const CallMessage request = stranger(from_ms + 100 * number, number);
    CHECK_FALSE(call.begins_another(request));
    call.feed(request);
    if (status != 0) call.feed(reply(request, status, request.time_ms + 1));
  }
}

bool is_answered_as_by_itself(const CallState& state, std::int64_t after_ms) {
  const CallSummary summary = summary_of(state);
  return summary.outcome == 200 && summary.snt_ms == static_cast<double>(after_ms) &&
         !summary.partial;
}

}  // namespace

TEST_CASE("strangers who use the Call-ID of a call that is under way take no place from it") {
  const int refusal = GENERATE(0, 180, 401, 404, 486, 503);
  const bool rings = GENERATE(false, true);
  if (refusal == 180 && !rings) return;  // who rings is more than who does not
  CAPTURE(refusal, rings);
  TrackedCall call;
  call.feed(invite(0));
  call.feed(reply(invite(0), rings ? 180 : 100, 200));
  intrude(call, 2000, refusal);
  CHECK_FALSE(call.begins_another(stranger(6000, 99)));
  call.feed(reply(invite(0), 200, 10'000));
  CHECK(is_answered_as_by_itself(call.state, 10'000));
  intrude(call, 11'000, refusal);
  CHECK(is_answered_as_by_itself(call.state, 10'000));
}

TEST_CASE("strangers take no place from a call that is challenged") {
  TrackedCall call;
  call.feed(invite(0));
  call.feed(reply(invite(0), 407, 100));
  intrude(call, 200, GENERATE(0, 407, 486));
  CallMessage retry = invite(5000);
  retry.cseq = 2;
  retry.branch += "retry";
  call.feed(retry);
  call.feed(reply(retry, 200, 6000));
  CHECK(is_answered_as_by_itself(call.state, 6000));
  CHECK(summary_of(call.state).attempt_requests == 2);
}

TEST_CASE("a call that was ringing when the capture began keeps its place when it is up") {
  TrackedCall call;
  call.feed(reply(invite(0), 180, 0));
  call.feed(reply(invite(0), 200, 1000));
  intrude(call, 2000, 486);
  CHECK(summary_of(call.state).partial);
  CHECK(summary_of(call.state).outcome == 200);
}

TEST_CASE("what is seen again at other hops makes room first, whichever comes first") {
  const bool far_first = GENERATE(false, true);
  TrackedCall call;
  for (std::uint8_t i = 0; i < 5; ++i) {
    const auto hop = static_cast<std::uint8_t>(far_first ? 4 - i : i);
    call.feed(invite(i, "a", hop));
  }
  for (std::uint8_t hop = 5; hop-- > 0;) call.feed(reply(invite(0, "a", hop), 180, 200 - hop));
  intrude(call, 2000, 0);
  for (std::uint8_t hop = 5; hop-- > 0;) call.feed(reply(invite(0, "a", hop), 200, 5000 - hop));
  CHECK(is_answered_as_by_itself(call.state, far_first ? 4996 : 5000));
  call.close(6000);
  const Kpi kpi = call.tracker.total();
  CHECK(kpi.collapsed.of(StatusBucket::success) == 1);
  CHECK(kpi.collapsed.unfinished == 8);
}

TEST_CASE("many requests of one stranger take no transaction from a call that rings") {
  TrackedCall call;
  call.feed(invite(0));
  call.feed(reply(invite(0), 180, 200));
  for (int i = 0; i < 20; ++i) {
    CallMessage request = stranger(1000 + i, 1);
    request.branch += std::to_string(i);
    call.feed(request);
  }
  call.feed(reply(invite(0), 200, 10'000));
  CHECK(is_answered_as_by_itself(call.state, 10'000));
}

TEST_CASE("an attempt is over when its last open transaction makes room") {
  TrackedCall call;
  for (int i = 0; i < 8; ++i) {
    CallMessage request = stranger(i, i == 6 ? 1 : 0);
    request.branch += std::to_string(i);
    call.feed(request);
  }
  CHECK(over_us(call.state) == no_time);
  call.tracker.expire(call.state, 33'000'000);
  CHECK(over_us(call.state) != no_time);
}

TEST_CASE("of what has ended the oldest makes room first") {
  TrackedCall call;
  for (int number = 0; number < 4; ++number) {
    CallMessage request = stranger(number * 3000, number);
    request.method = "REGISTER";
    request.hop = static_cast<std::uint8_t>(number);
    call.feed(request);
    call.feed(reply(request, 200, request.time_ms + 10));
  }
  std::int64_t oldest_us = call.state.attempts[0].first_us;
  for (const Attempt& attempt : call.state.attempts) {
    oldest_us = std::min<std::int64_t>(oldest_us, attempt.first_us);
  }
  CHECK(oldest_us == 3'000'000);
}
