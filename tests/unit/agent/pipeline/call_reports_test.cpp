#include "agent/pipeline/call_reports.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "agent/pipeline/pipeline.hpp"
#include "proto/net/link.hpp"
#include "tests/support/frame_builder.hpp"
#include "tests/support/reported_call.hpp"
#include "tests/support/sent_frames.hpp"
#include "tests/support/sip_text.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

std::string linked_request(const std::string& call_id, const std::string& link) {
  std::string message = request("INVITE", call_id);
  return message.insert(message.find("Content-Length"), "X-CID: " + link + "\r\n");
}

/// A call in a table, and what is sent of it.
struct Scene {
  explicit Scene(std::size_t queue_size = 8) : queue(queue_size) {}

  std::uint64_t know(const std::string& call_id, const std::string& link = "a@b") {
    const std::string text = linked_request(call_id, link);
    SipView sip;
    REQUIRE(parse_sip(as_bytes(text), sip) == Errc::none);
    const std::uint64_t hash = calls.expect(sip);
    calls.update(hash, sip, packet_of({}), ReportedCall::start_us, 1);
    linked.learn(hash, sip, packet_of({}), ReportedCall::start_us, sdp);
    return hash;
  }
  std::vector<SentFrame> sent() {
    const std::vector<SentFrame> frames = take_sent(ring);
    for (const SentFrame& frame : frames) CHECK(frame.payload_type == 100);
    return frames;
  }

  ReportedCall known;
  CallTable calls{CallLimits{.max_entries = 8, .keep_details = true}};
  MediaBook book{{.max_calls = 8}};
  SdpView sdp;
  MediaCalls linked{{.max_calls = 8}, {make_link_rule("X-CID")}};
  CallReportQueue queue;
  FrameRing ring{FrameRing::min_bytes};
  Outlet outlet{{}, ring};
  CallReports reports{{&queue, &calls, &book}, outlet};
};

}  // namespace

TEST_CASE("a call that is over is sent under its Call-ID, with what is known of it") {
  Scene scene;
  const std::uint64_t call = scene.know("one@a");
  ReceptionReport report = reception(1, 20);
  report.owner.call_hash = call;
  scene.book.on_reception(report);
  scene.reports.send_next();
  CHECK(scene.sent().empty());
  scene.queue.push(call, scene.known.tracked.state);
  scene.reports.send_next();
  const auto sent = scene.sent();
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].correlation_id == "one@a");
  const auto json = boost::json::parse(sent[0].payload);
  CHECK(json.at("call_id") == "one@a");
  CHECK(json.at("state") == "ended");
  CHECK(json.at("rtcp").at("streams").as_array().size() == 1);
  CHECK(scene.reports.stage().entered == 1);
  CHECK(scene.reports.stage().difference() == 0);
}

TEST_CASE("a call that is linked to others is reported under its link") {
  Scene scene;
  CallReports reports({&scene.queue, &scene.calls, &scene.book, &scene.linked}, scene.outlet);
  scene.queue.push(scene.know("one@a", "first@a"), scene.known.tracked.state);
  reports.send_next();
  const auto sent = scene.sent();
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].correlation_id == "first@a");
}

TEST_CASE("a report that cannot be sent is dropped for a reason") {
  Scene scene(2);
  scene.queue.push(scene.know("\"\\"), scene.known.tracked.state);
  scene.queue.push(12345, scene.known.tracked.state);
  scene.queue.push(12346, scene.known.tracked.state);
  scene.reports.send_all();
  CHECK(scene.sent().empty());
  const LedgerStage stage = scene.reports.stage();
  CHECK(stage.entered == 2);
  CHECK(stage.left == 0);
  CHECK(stage.difference() == 0);
  REQUIRE(stage.dropped.size() == 2);
  CHECK(scene.queue.counts().full == 1);
  for (const LedgerLine& line : stage.dropped) CHECK(line.count == 1);
}

TEST_CASE("what waited until the next call of its Call-ID is not told with that one's messages") {
  Scene scene;
  CallState before = scene.known.tracked.state;
  before.last_us = ReportedCall::start_us - 1;
  scene.queue.push(scene.know("one@a"), before);
  scene.reports.send_all();
  CHECK(scene.sent().empty());
  const LedgerStage stage = scene.reports.stage();
  REQUIRE(stage.dropped.size() == 1);
  CHECK(stage.dropped[0].reason == "call_gone");
  CHECK(stage.difference() == 0);
}

TEST_CASE("the account of the queue has what waits in it, what was taken, and what found it full") {
  Scene scene(2);
  const auto check = [&](std::uint64_t entered, std::uint64_t held, std::uint64_t taken) {
    const LedgerStage stage = stage_of(scene.queue.counts());
    CHECK(stage.entered == entered);
    CHECK(stage.held == held);
    CHECK(stage.absorbed_count() == taken);
    CHECK(stage.difference() == 0);
  };
  check(0, 0, 0);
  const std::uint64_t call = scene.know("one@a");
  for (int i = 0; i < 3; ++i) scene.queue.push(call, scene.known.tracked.state);
  check(3, 2, 0);
  CHECK(scene.reports.stage().entered == 0);
  scene.reports.send_next();
  check(3, 1, 1);
  CHECK(scene.reports.stage().entered == 1);
  scene.reports.send_all();
  check(3, 0, 2);
}

TEST_CASE("what is no session has no report") {
  Scene scene;
  TrackedCall registration;
  registration.feed({.method = "REGISTER", .branch = "z9hG4bKr"});
  registration.feed({.time_ms = 1,
                     .from_caller = false,
                     .status = 200,
                     .method = "REGISTER",
                     .branch = "z9hG4bKr",
                     .to_tag = "b"});
  registration.close(2);
  scene.queue.push(scene.know("one@a"), registration.state);
  CHECK_FALSE(scene.queue.has_any());
}

TEST_CASE("calls wait in order, and the queue is as good as new when it was empty") {
  Scene scene(3);
  CallReportQueue::Over over;
  for (std::uint64_t round = 0; round < 3; ++round) {
    for (std::uint64_t call = 0; call < 3; ++call) {
      scene.queue.push(3 * round + call, scene.known.tracked.state);
    }
    for (std::uint64_t call = 0; call < 3; ++call) {
      REQUIRE(scene.queue.pop(over));
      CHECK(over.call_hash == 3 * round + call);
    }
    CHECK_FALSE(scene.queue.pop(over));
  }
  CHECK(scene.queue.counts().full == 0);
}

TEST_CASE("a queue that is never empty goes on taking calls") {
  Scene scene(4);
  CallReportQueue::Over over;
  for (std::uint64_t call = 0; call < 2; ++call) scene.queue.push(call, scene.known.tracked.state);
  for (std::uint64_t call = 2; call < 100; ++call) {
    scene.queue.push(call, scene.known.tracked.state);
    REQUIRE(scene.queue.pop(over));
    CHECK(over.call_hash == call - 2);
  }
  CHECK(scene.queue.counts().full == 0);
}

TEST_CASE("a call that is over is reported while only other traffic comes") {
  Scene scene;
  CallReportQueue& queue = scene.queue;
  TrackedCalls tracked(
      {.limits = {.max_age = std::chrono::seconds(60), .shared = true}},
      [&](std::uint64_t call, const CallState& state) { queue.push(call, state); });
  Pipeline pipeline({}, scene.calls, &scene.outlet, {.tracked = &tracked});
  pipeline.report_calls({&queue, &scene.calls, nullptr});
  const auto handle = [&](const std::string& payload, std::int64_t time_ms) {
    const Frame frame = ethernet(ipv4(udp(text(payload))));
    pipeline.handle({.time_ns = (ReportedCall::start_us + time_ms * 1000) * 1000,
                     .link_type = link_type::ethernet,
                     .interface_id = 0,
                     .wire_bytes = static_cast<std::uint32_t>(frame.size()),
                     .bytes = frame});
  };
  handle(request("INVITE"), 0);
  for (int i = 0; i < 33 * 2; ++i) handle("noise", 100'000 + 10 * i);
  CHECK(tracked.use().entries == 0);
  CHECK_FALSE(queue.has_any());
  CHECK(pipeline.source_ledger().at(0).left == 1);
}
