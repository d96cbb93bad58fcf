#include "agent/calls/call_attempts.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

#include "agent/calls/call_summary.hpp"
#include "tests/support/tracked_call.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

// What a proxy sends to each of its targets: the same request under a branch of its own.
CallMessage invite(std::int64_t ms, std::uint8_t target) {
  return {.time_ms = ms,
          .method = "INVITE",
          .branch = "z9hG4bKt" + std::to_string(target),
          .vias = 2,
          .hop = target};
}

CallMessage reply(std::int64_t ms, int status, CallMessage request) {
  request.time_ms = ms;
  request.from_caller = false;
  request.status = status;
  if (request.to_tag.empty()) request.to_tag = "to-" + request.branch;
  return request;
}

CallMessage cancel(std::int64_t ms, std::uint8_t target) {
  CallMessage out = invite(ms, target);
  out.method = "CANCEL";
  return out;
}

CallMessage in_dialog(std::int64_t ms, const std::string& method, std::uint8_t target) {
  CallMessage out = invite(ms, target);
  out.method = method;
  out.cseq = method == "ACK" ? 1 : 2;
  out.to_tag = "to-" + out.branch;
  out.branch += method;
  return out;
}

void answer_and_hang_up(TrackedCall& call, std::int64_t ms, std::uint8_t target) {
  call.feed(reply(ms, 200, invite(0, target)));
  call.feed(in_dialog(ms + 20, "ACK", target));
  call.feed(in_dialog(ms + 5000, "BYE", target));
  call.feed(reply(ms + 5040, 200, in_dialog(0, "BYE", target)));
}

}  // namespace

TEST_CASE("a target that is tried after another one has failed goes on with the attempt") {
  const int failure = GENERATE(302, 404, 486, 487, 503, 603);
  CAPTURE(failure);
  TrackedCall call;
  call.feed(invite(0, 1));
  call.feed(reply(200, 180, invite(0, 1)));
  if (failure == 487) {
    call.feed(cancel(900, 1));
    call.feed(reply(910, 200, cancel(0, 1)));
  }
  call.feed(reply(1000, failure, invite(0, 1)));
  CHECK_FALSE(call.begins_another(invite(1020, 2)));
  call.feed(invite(1020, 2));
  call.feed(reply(1500, failure, invite(0, 1)));  // the ACK was lost
  call.feed(reply(1600, 180, invite(0, 2)));
  answer_and_hang_up(call, 6000, 2);
  const CallSummary summary = summary_of(call.state);
  CHECK(summary.outcome == 200);
  CHECK(summary.phase == CallPhase::ended);
  CHECK(summary.snt_ms == 6000.0);
  CHECK(summary.pdd_ms == 200.0);
  CHECK(summary.sdt_sig_ms == 5000.0);
  CHECK(!summary.cancel_race);
  CHECK(summary.event_count == 0);
  const Kpi kpi = call.tracker.total();
  CHECK(kpi.collapsed.requests == 1);
  CHECK(kpi.collapsed.answered() == 1);
  CHECK(kpi.collapsed.completed == 1);
  CHECK(kpi.strict.requests == 2);
}

TEST_CASE("the last of several targets says how an attempt ends") {
  const int last = GENERATE(200, 404);
  TrackedCall call;
  for (std::uint8_t target = 1; target <= 5; ++target) {
    const std::int64_t ms = 3000 * target;
    call.feed(invite(ms, target));
    call.feed(reply(ms + 2990, target < 5 ? 486 : last, invite(0, target)));
  }
  call.close(60'000);
  CHECK(summary_of(call.state).outcome == last);
  CHECK(call.tracker.total().collapsed.requests == 1);
  CHECK(call.tracker.total().collapsed.answered() == (last == 200 ? 1 : 0));
}

TEST_CASE("a target that is tried late begins another call") {
  TrackedCall call;
  call.feed(invite(0, 1));
  call.feed(reply(1000, 486, invite(0, 1)));
  CHECK_FALSE(call.begins_another(invite(2999, 2)));
  CHECK(call.begins_another(invite(3000, 2)));
}

TEST_CASE("what fails behind an element that hides its Via is tried again there") {
  TrackedCall call;
  call.feed(invite(0, 1));
  call.feed(invite(5, 2));
  call.feed(reply(500, 503, invite(0, 2)));
  call.feed(invite(510, 3));
  call.feed(reply(2000, 200, invite(0, 3)));
  CHECK(summary_of(call.state).phase == CallPhase::calling);
  call.feed(reply(2010, 200, invite(0, 1)));
  CHECK(summary_of(call.state).snt_ms == 2010.0);
  CHECK(call.tracker.total().collapsed.requests == 1);
}

TEST_CASE("a hop that was captured before the failure is no other target") {
  TrackedCall call;
  call.feed(invite(10, 1));
  call.feed(reply(12, 404, invite(0, 1)));
  call.feed(invite(11, 2));  // another worker had it
  call.close(60'000);
  CHECK(summary_of(call.state).outcome == 404);
  CHECK(call.tracker.total().collapsed.requests == 1);
}
