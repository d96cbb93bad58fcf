#include "agent/calls/call_tracker.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "agent/calls/call_summary.hpp"
#include "tests/support/allocation_counter.hpp"
#include "tests/support/test_random.hpp"
#include "tests/support/tracked_call.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

CallMessage request(std::int64_t ms, const std::string& method, std::uint32_t cseq,
                    const std::string& branch, const std::string& to_tag = "") {
  return {.time_ms = ms,
          .method = method,
          .cseq = cseq,
          .branch = "z9hG4bK" + branch,
          .to_tag = to_tag};
}

CallMessage response(std::int64_t ms, int status, const std::string& method, std::uint32_t cseq,
                     const std::string& branch, const std::string& to_tag = "t1") {
  CallMessage out = request(ms, method, cseq, branch, to_tag);
  out.from_caller = false;
  out.status = status;
  return out;
}

CallMessage on_hop(CallMessage message, std::uint8_t hop) {
  message.hop = hop;
  message.vias = hop + 1;
  message.branch += "hop" + std::to_string(hop);
  return message;
}

void feed(TrackedCall& call, const std::vector<CallMessage>& messages) {
  for (const CallMessage& message : messages) call.feed(message);
}

bool has_event(const CallSummary& summary, CallEventKind kind) {
  return std::any_of(summary.events.begin(), summary.events.begin() + summary.event_count,
                     [&](const CallEvent& event) { return event.kind == kind; });
}

std::vector<CallMessage> answered() {
  return {request(0, "INVITE", 1, "b1"), response(100, 180, "INVITE", 1, "b1"),
          response(1000, 200, "INVITE", 1, "b1"), request(1040, "ACK", 1, "b2", "t1")};
}

std::vector<CallMessage> whole_call() {
  auto out = answered();
  out.push_back(request(5000, "BYE", 2, "b3", "t1"));
  out.push_back(response(5050, 200, "BYE", 2, "b3"));
  return out;
}

}  // namespace

TEST_CASE("a call that crosses proxies under the tap is one attempt, measured near the caller") {
  TrackedCall call;
  const bool far_first = GENERATE(false, true);
  std::vector<CallMessage> messages;
  for (const CallMessage& message : whole_call()) {
    CallMessage near = message;
    CallMessage far = on_hop(message, 1);
    const bool down = message.status == 0;
    near.time_ms += down ? 0 : 8;
    far.time_ms += 4;
    const bool swap = far_first && message.method == "INVITE" && down;
    messages.push_back(down != swap ? near : far);
    messages.push_back(down != swap ? far : near);
  }
  feed(call, messages);
  call.close(60'000);
  const CallSummary summary = summary_of(call.state);
  CHECK(summary.sdr_ms == 108.0);
  CHECK(summary.snt_ms == 1008.0);
  CHECK(summary.sdt_sig_ms == 3992.0);
  CHECK(summary.sdd_ms == 58.0);
  CHECK(summary.retransmissions == 0);
  const Kpi kpi = call.tracker.total();
  CHECK(kpi.collapsed.requests == 1);
  CHECK(kpi.strict.requests == 1);
  CHECK(kpi.collapsed.completed == 1);
}

TEST_CASE("a 2xx that crosses the CANCEL answers the call") {
  TrackedCall call;
  feed(call, {request(0, "INVITE", 1, "b1"), response(100, 180, "INVITE", 1, "b1"),
              request(3000, "CANCEL", 1, "b1"), response(3010, 200, "INVITE", 1, "b1"),
              response(3020, 200, "CANCEL", 1, "b1")});
  const CallSummary summary = summary_of(call.state);
  CHECK(summary.outcome == 200);
  CHECK(summary.phase == CallPhase::answered);
  CHECK(summary.cancel_race);
  CHECK(summary.cancel_ms == 3000.0);
  CHECK(has_event(summary, CallEventKind::cancel_race));
}

TEST_CASE("neither a CANCEL's nor a PRACK's 200 is an answer") {
  TrackedCall call;
  feed(call, {request(0, "INVITE", 1, "b1"), response(100, 183, "INVITE", 1, "b1"),
              request(110, "PRACK", 2, "b2", "t1"), response(120, 200, "PRACK", 2, "b2"),
              request(200, "CANCEL", 1, "b1"), response(210, 200, "CANCEL", 1, "b1")});
  CHECK(summary_of(call.state).phase == CallPhase::cancelling);
  CHECK(!summary_of(call.state).snt_ms);
}

TEST_CASE("phases of a call that fails") {
  struct Row {
    int status;
    CallPhase at_once;
    CallPhase later;
    bool abandoned;
  };
  const auto row = GENERATE(values<Row>({
      {401, CallPhase::challenged, CallPhase::failed, true},
      {302, CallPhase::redirected, CallPhase::failed, true},
      {486, CallPhase::failed, CallPhase::failed, false},
      {487, CallPhase::cancelled, CallPhase::cancelled, false},
  }));
  CAPTURE(row.status);
  TrackedCall call;
  call.feed(request(0, "INVITE", 1, "b1"));
  CHECK(summary_of(call.state).phase == CallPhase::calling);
  call.feed(response(10, 100, "INVITE", 1, "b1", ""));
  CHECK(summary_of(call.state).phase == CallPhase::trying);
  call.feed(response(20, 180, "INVITE", 1, "b1"));
  CHECK(summary_of(call.state).phase == CallPhase::progress);
  call.feed(response(30, row.status, "INVITE", 1, "b1"));
  CHECK(summary_of(call.state).phase == row.at_once);
  call.tracker.expire(call.state, 32'030'000);
  CHECK(summary_of(call.state).phase == row.later);
  CHECK(summary_of(call.state).abandoned == row.abandoned);
  CHECK(call.tracker.total().collapsed.requests == 1);
}

TEST_CASE("how soon the next INVITE must come to be of the same attempt") {
  struct Row {
    int status;
    std::int64_t pause_ms;
    std::uint64_t attempts;
  };
  const auto row = GENERATE(values<Row>({
      {407, 31'999, 1},
      {407, 32'000, 2},
      {302, 31'999, 1},
      {488, 1'999, 1},
      {488, 2'000, 2},
      {503, 1'000, 1},
      {486, 10, 2},
      {487, 10, 2},
  }));
  CAPTURE(row.status, row.pause_ms);
  TrackedCall call;
  const std::int64_t again = 100 + row.pause_ms;
  feed(call, {request(0, "INVITE", 1, "b1"), response(100, row.status, "INVITE", 1, "b1"),
              request(again, "INVITE", 2, "b2"), response(again + 50, 404, "INVITE", 2, "b2")});
  call.close(100'000);
  CHECK(call.tracker.total().collapsed.requests == row.attempts);
  CHECK(call.tracker.total().strict.requests == 2);
}

TEST_CASE("timers B and C are of packet time, and need no further message") {
  TrackedCall silent;
  silent.feed(request(0, "INVITE", 1, "b1"));
  CHECK(silent.state.due_us == 32'000'000);
  silent.tracker.expire(silent.state, 31'999'999);
  CHECK(silent.tracker.total().collapsed.requests == 0);
  silent.tracker.expire(silent.state, 500'000'000);
  CHECK(silent.tracker.total().collapsed.of(StatusBucket::timeout) == 1);
  CHECK(summary_of(silent.state).phase == CallPhase::timeout);

  TrackedCall ringing;
  ringing.feed(request(0, "INVITE", 1, "b1"));
  ringing.feed(response(1000, 180, "INVITE", 1, "b1"));
  CHECK(ringing.state.due_us == 181'000'000);
  ringing.tracker.expire(ringing.state, 181'000'000);
  CHECK(ringing.tracker.total().collapsed.of(StatusBucket::timeout) == 1);
  CHECK(ringing.tracker.total().srd_failed.count() == 1);  // a 1xx was seen
}

TEST_CASE("a 2xx that nobody acknowledges") {
  TrackedCall call;
  feed(call, {request(0, "INVITE", 1, "b1"), response(1000, 200, "INVITE", 1, "b1"),
              response(1500, 200, "INVITE", 1, "b1"), response(2500, 200, "INVITE", 1, "b1")});
  call.tracker.expire(call.state, 33'000'000);
  const CallSummary summary = summary_of(call.state);
  CHECK(summary.phase == CallPhase::ack_timeout);
  REQUIRE(has_event(summary, CallEventKind::ack_timeout));
  CHECK(summary.events[0].time_us == 2'500'000);
}

TEST_CASE("an ACK that only the tap missed is no ACK timeout") {
  TrackedCall call;
  feed(call, {request(0, "INVITE", 1, "b1"), response(1000, 200, "INVITE", 1, "b1")});
  call.tracker.expire(call.state, 40'000'000);
  CHECK(summary_of(call.state).event_count == 0);
}

TEST_CASE("captures that begin within a call") {
  SECTION("a response: no beginning, but an answer") {
    TrackedCall call;
    feed(call, {response(0, 180, "INVITE", 1, "b1"), response(1000, 200, "INVITE", 1, "b1"),
                request(1010, "ACK", 1, "b2", "t1"), request(5000, "BYE", 2, "b3", "t1"),
                response(5020, 200, "BYE", 2, "b3")});
    call.close(6000);
    const CallSummary summary = summary_of(call.state);
    CHECK(summary.partial);
    CHECK(!summary.srd_ms);
    CHECK(!summary.snt_ms);
    CHECK(summary.sdt_sig_ms == 4000.0);
    CHECK(call.tracker.total().collapsed.requests == 0);
    CHECK(call.tracker.total().strict.requests == 0);
    CHECK(call.tracker.total().acd.count() == 0);
  }
  SECTION("a request within the dialog") {
    TrackedCall call;
    call.feed(request(0, "INFO", 7, "b1", "t1"));
    CHECK(summary_of(call.state).phase == CallPhase::confirmed);
    CHECK(summary_of(call.state).partial);
  }
  SECTION("a re-INVITE says who called whom") {
    TrackedCall call;
    auto bye = request(100, "BYE", 2, "b2", "a");
    bye.from_tag = "t1";
    feed(call, {request(0, "INVITE", 7, "b1", "t1"), bye});
    CHECK(summary_of(call.state).bye_by == CallParty::callee);
  }
}

TEST_CASE("a request that comes just after its response makes the call whole") {
  TrackedCall call;
  auto late = response(2, 200, "INVITE", 1, "b1");
  feed(call, {late, request(0, "INVITE", 1, "b1"), request(9, "ACK", 1, "b2", "t1")});
  call.close(10);
  const CallSummary summary = summary_of(call.state);
  CHECK(!summary.partial);
  CHECK(summary.snt_ms == 2.0);
  CHECK(call.tracker.total().collapsed.answered() == 1);
  CHECK(call.tracker.total().strict.answered() == 1);
}

TEST_CASE("a mirrored copy is no retransmission") {
  TrackedCall call;
  call.feed(request(0, "INVITE", 1, "b1"));
  call.feed(request(2, "INVITE", 1, "b1"));
  CHECK(call.state.retransmissions == 0);
  call.feed(request(500, "INVITE", 1, "b1"));
  CHECK(call.state.retransmissions == 1);
}

TEST_CASE("what is also seen without its IP identification is no retransmission") {
  std::vector copies{request(0, "INVITE", 1, "b1"), request(2, "INVITE", 1, "b1")};
  copies[GENERATE(0U, 1U)].ip_identification = 7;
  auto later = request(500, "INVITE", 1, "b1");
  later.ip_identification = 8;
  TrackedCall call;
  feed(call, copies);
  CHECK(call.state.retransmissions == 0);
  call.feed(later);
  CHECK(call.state.retransmissions == 1);
}

TEST_CASE("a branch whose case was changed is the same, unless another one fits better") {
  TrackedCall call;
  feed(call, {request(0, "INVITE", 1, "abc"), response(10, 200, "INVITE", 1, "ABC")});
  CHECK(summary_of(call.state).snt_ms == 10.0);
}

TEST_CASE("a retry with another Call-ID is guessed to be the same attempt") {
  TrackedCall call;
  CallState second;
  feed(call, {request(0, "INVITE", 1, "b1"), response(50, 407, "INVITE", 1, "b1"),
              request(55, "ACK", 1, "b1", "t1")});
  auto again = request(100, "INVITE", 1, "b9");
  again.call_id = "c2";
  again.from_tag = "other";
  auto ok = response(300, 200, "INVITE", 1, "b9");
  ok.from_tag = "other";
  call.feed(again, second);
  call.feed(ok, second);
  call.close(40'000);
  call.tracker.close(second, CallEnd::capture_stop, 40'000'000);
  CHECK(summary_of(second).chain_guess);
  CHECK(summary_of(second).snt_ms == 300.0);
  CHECK(call.tracker.total().collapsed.requests == 1);
  CHECK(call.tracker.total().strict.requests == 2);
}

TEST_CASE("a challenged BYE goes on until the one that is accepted") {
  TrackedCall call;
  feed(call, answered());
  feed(call, {request(5000, "BYE", 2, "b3", "t1"), response(5010, 407, "BYE", 2, "b3")});
  CHECK(summary_of(call.state).phase == CallPhase::ending);
  feed(call, {request(5020, "BYE", 3, "b4", "t1"), response(5040, 200, "BYE", 3, "b4")});
  CHECK(summary_of(call.state).phase == CallPhase::ended);
  CHECK(summary_of(call.state).sdd_ms == 40.0);
  CHECK(call.tracker.total().collapsed.completed == 1);
}

TEST_CASE("of two BYEs that cross, the earlier counts") {
  TrackedCall call;
  feed(call, answered());
  auto other = request(5005, "BYE", 1, "b4", "a");
  other.from_tag = "t1";
  other.from_caller = false;
  auto other_ok = response(5020, 200, "BYE", 1, "b4", "a");
  other_ok.from_tag = "t1";
  other_ok.from_caller = true;
  feed(call,
       {request(5000, "BYE", 2, "b3", "t1"), other, other_ok, response(5030, 200, "BYE", 2, "b3")});
  const CallSummary summary = summary_of(call.state);
  CHECK(summary.sdt_sig_ms == 4000.0);
  CHECK(summary.sdd_ms == 30.0);
  CHECK(summary.bye_by == CallParty::caller);
}

TEST_CASE("a session timer ends a call that is neither refreshed nor heard") {
  TrackedCall call;
  auto ok = response(1000, 200, "INVITE", 1, "b1");
  ok.headers = "Session-Expires: 90;refresher=uac\r\n";
  feed(call, {request(0, "INVITE", 1, "b1"), ok, request(1010, "ACK", 1, "b2", "t1")});
  CHECK(call.state.due_us == 123'000'000);
  SECTION("nothing comes") {
    call.tracker.expire(call.state, 123'000'000);
    const CallSummary summary = summary_of(call.state);
    CHECK(summary.phase == CallPhase::ended);
    CHECK(summary.end_inferred);
    CHECK(summary.sdt_sig_ms == 90'000.0);
    CHECK(call.tracker.total().acd.count() == 1);
  }
  SECTION("media goes on") {
    call.state.media_us = 120'000'000;
    call.tracker.expire(call.state, 123'000'000);
    CHECK(summary_of(call.state).phase == CallPhase::confirmed);
    CHECK(call.state.due_us == 152'000'000);
  }
  SECTION("an UPDATE refreshes") {
    auto refreshed = response(60'010, 200, "UPDATE", 2, "b3");
    refreshed.headers = ok.headers;
    feed(call, {request(60'000, "UPDATE", 2, "b3", "t1"), refreshed});
    CHECK(call.state.due_us == 182'010'000);
  }
}

TEST_CASE("events of a call") {
  TrackedCall call;
  SECTION("a response to nothing") {
    call.feed(response(0, 200, "OPTIONS", 1, "b1"));
    CHECK(has_event(summary_of(call.state), CallEventKind::orphan_response));
  }
  SECTION("a refused codec") {
    auto refused = response(10, 488, "INVITE", 1, "b1");
    refused.headers = "Warning: 399 h \"x\", 305 h \"Incompatible media format\"\r\n";
    feed(call, {request(0, "INVITE", 1, "b1"), refused});
    const CallSummary summary = summary_of(call.state);
    REQUIRE(has_event(summary, CallEventKind::media_rejected));
    CHECK(summary.events[0].status == 488);
    CHECK(summary.events[0].warn_code == 305);
  }
  SECTION("a BYE of another dialog") {
    feed(call, answered());
    call.feed(request(2000, "BYE", 2, "b3", "evil"));
    CHECK(has_event(summary_of(call.state), CallEventKind::tag_change));
    CHECK(summary_of(call.state).phase == CallPhase::confirmed);
  }
  SECTION("three challenges") {
    for (std::uint32_t i = 1; i <= 3; ++i) {
      feed(call, {request(i * 100, "INVITE", i, "b" + std::to_string(i)),
                  response(i * 100 + 10, 401, "INVITE", i, "b" + std::to_string(i))});
    }
    CHECK(has_event(summary_of(call.state), CallEventKind::auth_loop));
  }
  SECTION("an old request from elsewhere") {
    feed(call, whole_call());
    auto replayed = request(60'000, "BYE", 2, "b3", "t1");
    replayed.hop = 5;
    call.feed(replayed);
    CHECK(has_event(summary_of(call.state), CallEventKind::replayed_request));
  }
  SECTION("a request that nobody hears") {
    feed(call, {request(0, "OPTIONS", 1, "b1"), request(500, "OPTIONS", 1, "b1")});
    call.tracker.expire(call.state, 32'000'000);
    CHECK(has_event(summary_of(call.state), CallEventKind::no_response));
    CHECK(call.tracker.total().of(SipMethod::options).timeouts == 1);
  }
}

TEST_CASE("what NER takes for the user's own doing") {
  struct Row {
    const char* why;
    int status;
    bool rings;
    const char* reason;
    bool want;
  };
  const auto row = GENERATE(values<Row>({
      {"busy", 486, false, "", true},
      {"cancelled while it rang", 487, true, "", true},
      {"cancelled before", 487, false, "", false},
      {"nobody answered", 408, true, "", true},
      {"no route", 503, true, "", false},
      {"not acceptable", 606, false, "", true},
      {"a cause", 500, false, "Reason: SIP;cause=500, q.850;cause=17;text=\"busy, very\"\r\n",
       true},
      {"another cause", 500, false, "Reason: Q.850;cause=41\r\n", false},
  }));
  CAPTURE(row.why);
  TrackedCall call;
  call.feed(request(0, "INVITE", 1, "b1"));
  if (row.rings) call.feed(response(50, 180, "INVITE", 1, "b1"));
  auto last = response(100, row.status, "INVITE", 1, "b1");
  last.headers = row.reason;
  call.feed(last);
  call.close(60'000);
  CHECK(call.tracker.total().collapsed.effective == (row.want ? 1U : 0U));
}

TEST_CASE("what ends the post-dial delay can be chosen") {
  struct Row {
    PddMode mode;
    const char* body;
    double want;
  };
  const auto row = GENERATE(values<Row>({
      {PddMode::any, "", 100},
      {PddMode::ringing, "v=0\r\n", 200},
      {PddMode::early_media, "", 200},
      {PddMode::early_media, "v=0\r\n", 100},
  }));
  TrackedCall call({.pdd = row.mode});
  auto progress = response(100, 183, "INVITE", 1, "b1");
  progress.body = row.body;
  if (!progress.body.empty()) progress.headers = "Content-Type: application/sdp\r\n";
  feed(call, {request(0, "INVITE", 1, "b1"), progress, response(200, 180, "INVITE", 1, "b1")});
  CHECK(summary_of(call.state).pdd_ms == row.want);
}

TEST_CASE("KPIs are counted for the carrier of the call") {
  TrackedCall call;
  const std::uint8_t net[] = {192, 0, 2, 20};
  REQUIRE(call.carriers.add("trunk", IpAddress::from(net), 32) == Errc::none);
  CallTracker tracker({}, 7, call.carriers, call.guesses);
  CallState state;
  SipView sip;
  for (const CallMessage& message : whole_call()) {
    const std::string text = text_of(message);
    REQUIRE(parse_sip(as_bytes(text), sip) == Errc::none);
    tracker.update(state, sip, packet_of(message), message.time_ms * 1000);
  }
  REQUIRE(tracker.kpis().size() == 2);
  CHECK(tracker.kpis()[0].collapsed.requests == 0);
  CHECK(tracker.kpis()[1].collapsed.completed == 1);
}

TEST_CASE("one Call-ID for all refreshes of a registration: each is counted when it ends") {
  TrackedCall call;
  for (std::uint32_t i = 1; i <= 20; ++i) {
    auto refresh = request(i * 60'000, "REGISTER", i, "r" + std::to_string(i));
    refresh.headers = i == 20 ? "Expires: 0\r\n" : "Contact: <sip:a@b>;expires=60\r\n";
    feed(call, {refresh, response(i * 60'000 + 30, 200, "REGISTER", i, "r" + std::to_string(i))});
    CHECK(call.tracker.total().collapsed_registers.succeeded == i);
  }
  CHECK(call.tracker.total().rrd.count() == 20);
  CHECK(call.tracker.total().collapsed_registers.deregistrations == 1);
}

TEST_CASE("a running call is in no average when the capture stops") {
  TrackedCall call;
  feed(call, answered());
  call.close(20'000);
  CHECK(summary_of(call.state).end == CallEnd::capture_stop);
  CHECK(!summary_of(call.state).sdt_sig_ms);
  CHECK(call.tracker.total().acd.count() == 0);
  CHECK(call.tracker.total().collapsed.answered() == 1);
}

TEST_CASE("a call is over when it has ended and lingered") {
  TrackedCall call;
  feed(call, answered());
  CHECK(over_us(call.state) == no_time);
  feed(call, {request(5000, "BYE", 2, "b3", "t1"), response(5050, 200, "BYE", 2, "b3")});
  CHECK(over_us(call.state) == 37'050'000);
}

TEST_CASE("a call of which only an UPDATE was seen is not over while it may be up") {
  TrackedCall call;
  feed(call, {request(0, "UPDATE", 7, "b7", "t1"), response(20, 200, "UPDATE", 7, "b7")});
  call.tracker.expire(call.state, 600'000'000);
  CHECK(over_us(call.state) == no_time);
}

TEST_CASE("an UPDATE before the answer keeps no call from being over") {
  TrackedCall call;
  feed(call, {request(0, "INVITE", 1, "b1"), response(10, 180, "INVITE", 1, "b1"),
              request(20, "UPDATE", 2, "b2", "t1"), response(30, 200, "UPDATE", 2, "b2"),
              response(500, 486, "INVITE", 1, "b1")});
  call.tracker.expire(call.state, 60'000'000);
  CHECK(over_us(call.state) == 32'500'000);
}

TEST_CASE("a message allocates nothing") {
  TrackedCall call;
  std::vector<std::string> texts;
  for (const CallMessage& message : whole_call()) texts.push_back(text_of(message));
  const Packet packet = packet_of(whole_call().front());
  SipView sip;
  const AllocationCounter counter;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (parse_sip(as_bytes(texts[i]), sip) != Errc::none) continue;
    call.tracker.update(call.state, sip, packet, static_cast<std::int64_t>(i) * 1000);
  }
  call.tracker.close(call.state, CallEnd::aged, 1'000'000);
  CHECK(counter.count() == 0);
}

namespace {

void check_times(const CallSummary& s) {
  for (const auto& time : {s.srd_ms, s.sdr_ms, s.snt_ms, s.pdd_ms, s.trying_ms, s.ring_ms, s.ack_ms,
                           s.cancel_ms, s.sdt_sig_ms, s.sdd_ms, s.rrd_ms}) {
    CHECK((!time || *time >= 0));
  }
}

}  // namespace

TEST_CASE("beginnings cut off, copies and any order of equal times give no negative times") {
  auto random = test_random();
  for (int round = 0; round < 300; ++round) {
    std::vector<CallMessage> messages = whole_call();
    const std::size_t cut = below(random, messages.size());
    messages.erase(messages.begin(), messages.begin() + static_cast<std::ptrdiff_t>(cut));
    if (round % 3 == 0) {
      for (CallMessage& message : messages) message.time_ms = message.time_ms / 2000 * 2000;
    }
    const auto copies = messages;
    if (round % 2 == 0) messages.insert(messages.end(), copies.begin(), copies.end());
    std::shuffle(messages.begin(), messages.end(), random);
    TrackedCall call;
    feed(call, messages);
    call.close(60'000);
    check_times(summary_of(call.state));
    const SessionCounts& counts = call.tracker.total().collapsed;
    CHECK(counts.requests <= 1);
    CHECK(counts.completed <= counts.answered());
  }
}
