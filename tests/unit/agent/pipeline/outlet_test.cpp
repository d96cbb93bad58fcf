#include "agent/pipeline/outlet.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <string>
#include <thread>

#include "agent/pipeline/pipeline.hpp"
#include "tests/support/hep_vectors.hpp"
#include "tests/support/hex.hpp"
#include "tests/unit/agent/plan/messages.hpp"

using namespace heptap;

namespace {

hep::Message message_of(std::string_view text, std::int64_t time_us = 0) {
  static Packet packet;
  packet.payload = as_bytes(text);
  return sip_message(packet, text.size(), time_us);
}

std::uint64_t count_of(const Outlet& outlet, std::size_t stage, std::string_view reason) {
  const auto stages = outlet.stages();
  for (const auto& line : stages.at(stage).dropped) {
    if (line.reason == reason) return line.count;
  }
  return 0;
}

PlanRoutes routes_of(std::vector<PlanRule> rules) {
  return {
      std::make_shared<const Plan>(PlanRules{std::move(rules)}, std::vector<std::string>{"a", "b"}),
      {0, 1}};
}

}  // namespace

TEST_CASE("where nobody can wait, what finds the ring full is dropped and counted") {
  FrameRing ring(FrameRing::min_bytes);
  Outlet outlet({}, ring, WhenFull::drop);
  const std::string text(60'000, 'x');
  for (int i = 0; i < 100; ++i) outlet.offer(message_of(text), PlanReport{});

  const OutletCounts& counts = outlet.counts();
  CHECK(counts.entered == 100);
  CHECK(counts.encoded == FrameRing::min_bytes / text.size());
  CHECK(counts.ring_full == counts.entered - counts.encoded);

  outlet.flush();
  ring.release_until(ring.head());
  outlet.offer(message_of(text), PlanReport{});
  CHECK(outlet.counts().encoded == counts.entered - counts.ring_full);
}

TEST_CASE("an outlet that dropped waits for room from when it is told to") {
  FrameRing ring(FrameRing::min_bytes);
  Outlet outlet({}, ring, WhenFull::drop);
  const std::string text(60'000, 'x');
  outlet.set_when_full(WhenFull::wait);
  std::atomic<bool> is_done{false};
  std::thread collector([&] {
    while (!is_done) {
      ring.release_until(ring.head());
      std::this_thread::yield();
    }
  });
  for (int i = 0; i < 100; ++i) outlet.offer(message_of(text), PlanReport{});
  is_done = true;
  collector.join();
  CHECK(outlet.counts().encoded == 100);
  CHECK(outlet.counts().ring_full == 0);
}

TEST_CASE("a frame has the time of its packet") {
  FrameRing ring(FrameRing::min_bytes);
  Outlet outlet({}, ring);
  outlet.offer(message_of("OPTIONS", 1'700'000'000'123'456), PlanReport{});
  outlet.flush();
  REQUIRE(ring.head() == 1);
  CHECK(ring.slot(0).time_us == 1'700'000'000'123'456);
}

TEST_CASE("a closed ring is told from a full one") {
  FrameRing ring(FrameRing::min_bytes);
  Outlet outlet({}, ring, WhenFull::drop);
  ring.close();
  outlet.offer(message_of("OPTIONS"), PlanReport{});
  CHECK(outlet.counts().ring_closed == 1);
  CHECK(outlet.counts().ring_full == 0);
}

TEST_CASE("a frame that is passed on lies in the ring as the relay wrote it") {
  FrameRing ring(FrameRing::min_bytes);
  Outlet outlet({}, ring, WhenFull::drop);
  const auto frame = test::from_hex(test::hep_v1_hex);
  hep::HepView view;
  REQUIRE(hep::decode(frame, view) == hep::Fault::none);
  outlet.forward(hep::Relay({}, hep::NodePolicy::keep), view, frame, 5);
  outlet.flush();
  REQUIRE(ring.head() == 1);
  const FrameSlot& slot = ring.slot(0);
  CHECK(as_text({ring.bytes(slot), slot.size}) == as_text(frame));
  CHECK(slot.time_us == 5);

  ring.close();
  outlet.forward(hep::Relay({}, hep::NodePolicy::keep), view, frame, 5);
  REQUIRE(outlet.stages().size() == 1);
  const LedgerStage stage = outlet.stages().front();
  CHECK(stage.entered == 2);
  CHECK(stage.left == 1);
  REQUIRE(stage.dropped.size() == 1);
  CHECK(stage.dropped[0].reason == "ring_closed");
}

TEST_CASE("a plan sends to some, and drops what it drops") {
  FrameRing ring(FrameRing::min_bytes);
  Outlet outlet({}, ring, WhenFull::drop);
  PlanRule drops;
  drops.drops = true;
  drops.when = parse_condition("ip.src == 192.0.2.1");
  PlanRule sends;
  sends.send = {"b"};
  PlanRules rules{{drops, sends}, Unmatched::send};
  outlet.set_plan({std::make_shared<const Plan>(rules, std::vector<std::string>{"a", "b"}), {0, 5}},
                  {});
  const std::string text = "{}";
  const auto from = IpAddress::from(Bytes(std::array<std::uint8_t, 4>{192, 0, 2, 1}));
  const auto other = IpAddress::from(Bytes(std::array<std::uint8_t, 4>{192, 0, 2, 2}));
  for (const IpAddress& source : {from, other, other}) {
    outlet.offer({.source = source,
                  .destination = other,
                  .source_port = 5060,
                  .destination_port = 5060,
                  .ip_protocol = ip_protocol_udp,
                  .time_us = 0,
                  .type = hep::PayloadType::log,
                  .payload = as_bytes(text),
                  .keep_bytes = text.size(),
                  .correlation_id = "a call"},
                 PlanReport{.call_id = "a call", .call_hash = 1});
  }
  outlet.flush();
  REQUIRE(ring.head() == 2);
  CHECK(ring.slot(0).collectors == std::uint64_t{1} << 5U);
  const auto stages = outlet.stages();
  REQUIRE(stages.size() == 2);
  CHECK(stages[0].name == "plan");
  CHECK(stages[0].entered == 3);
  CHECK(stages[0].dropped_count() == 1);
  CHECK(stages[0].difference() == 0);
  CHECK(stages[1].entered == stages[0].left);
}

TEST_CASE("a report, which is of what was before, resets no limit") {
  FrameRing ring(FrameRing::min_bytes);
  Outlet outlet({}, ring, WhenFull::drop);
  PlanRule limit;
  limit.limit = PlanLimit{1, {}};
  limit.goes_on = true;
  outlet.set_plan(routes_of({limit}), {});
  const test::PlanMessage message(test::invite);
  const hep::Message sip = message_of(test::invite, message.subject.time_us);
  const auto report = [&](std::int64_t time_us) {
    hep::Message out = message_of("{}", time_us);
    out.type = hep::PayloadType::rtp_report_json;
    out.correlation_id = "a call";
    return out;
  };
  outlet.offer(sip, message.subject);
  outlet.offer(report(message.subject.time_us - 600'000'000), PlanReport{.call_id = "a call"});
  outlet.offer(sip, message.subject);
  CHECK(count_of(outlet, 0, "limited") == 2);
  CHECK(outlet.counts().encoded == 1);
}

TEST_CASE("SIP that cannot be read is kept from those alone who might get it masked") {
  FrameRing ring(FrameRing::min_bytes);
  Outlet outlet({}, ring, WhenFull::drop);
  PlanRule masked;
  masked.when = parse_condition("sip");
  masked.masks.keys = true;
  masked.goes_on = true;
  PlanRule to_a = masked;
  to_a.send = {"a"};
  PlanRule to_b;
  to_b.send = {"b"};
  const auto forward = [&](std::vector<PlanRule> rules) {
    const OutletCounts before = outlet.counts();
    outlet.set_plan(routes_of(std::move(rules)), {});
    const auto frame = test::from_hex(test::hep_v1_hex);
    hep::HepView view;
    REQUIRE(hep::decode(frame, view) == hep::Fault::none);
    view.payload_type = 1;
    const Packet packet;
    outlet.forward(hep::Relay({}, hep::NodePolicy::keep), view, frame, 5,
                   {.kind = SubjectKind::report, .packet = &packet});
    const OutletCounts& now = outlet.counts();
    CHECK(now.entered == before.entered + 1);
    CHECK(now.encoded + now.unmaskable == now.entered);
    return now.unmaskable == before.unmaskable;
  };
  CHECK(forward({to_a, to_b}));          // B gets it, which nobody masks anything for
  CHECK_FALSE(forward({masked, to_b}));  // B would get it masked
  CHECK_FALSE(forward({to_a}));          // and so might A, which it goes to with everyone
  CHECK(forward({to_b}));
  CHECK(count_of(outlet, 1, "unmaskable") == 2);
}
