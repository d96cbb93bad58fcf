#include "agent/pipeline/relayed_sip.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "agent/report/kpi_json.hpp"
#include "tests/support/allocation_counter.hpp"
#include "tests/support/call_messages.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/media_talk.hpp"
#include "tests/support/sent_frames.hpp"
#include "tests/support/sip_text.hpp"
#include "tests/support/test_random.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr std::int64_t second_us = 1'000'000;
constexpr std::int64_t start_us = 1'700'000'000 * second_us;

KpiOptions kpi_options() { return {.limits = {.max_calls = 64}, .rules = {}, .carriers = {}}; }

hep::HepView view_of(const Packet& packet, std::int64_t time_us) {
  hep::HepView view;
  view.source = packet.source;
  view.destination = packet.destination;
  view.source_port = packet.source_port;
  view.destination_port = packet.destination_port;
  view.ip_protocol = packet.ip_protocol;
  view.payload_type = 1;
  view.time_seconds = static_cast<std::uint32_t>(time_us / second_us);
  view.time_micros = static_cast<std::uint32_t>(time_us % second_us);
  view.payload = packet.payload;
  return view;
}

RelayedFate read_and_take(RelayedSip& sip, const hep::HepView& view, std::int64_t time_us) {
  return sip.take(sip.read(view), time_us);
}

RelayedFate read_and_take_untimed(RelayedSip& sip, const hep::HepView& view,
                                  std::int64_t arrival_us) {
  return sip.take_untimed(sip.read(view), arrival_us);
}

/// Tables that are all there, and what is sent of calls.
struct Scene {
  explicit Scene(std::uint8_t ip_protocol = ip_protocol_udp) : protocol(ip_protocol) {}

  RelayedFate take(const CallMessage& message) {
    return take(text_of(message), packet_of(message), start_us + message.time_ms * 1000);
  }
  RelayedFate take(const std::string& text, Packet packet = {}, std::int64_t time_us = start_us) {
    packet.ip_protocol = protocol;
    packet.payload = as_bytes(text);
    return read_and_take(sip, view_of(packet, time_us), time_us);
  }
  std::vector<SentFrame> sent() { return take_sent(ring); }
  [[nodiscard]] Kpi total() const { return kpi_figures(tracked).total(); }

  std::uint8_t protocol;
  CallTable calls{CallLimits{.max_entries = 64, .keep_details = true}};
  MediaCalls media{MediaLimits{.max_calls = 64}};
  CallReportQueue queue{64};
  TrackedCalls tracked{kpi_options(), [this](std::uint64_t call, const CallState& state) {
                         queue.push(call, state);
                       }};
  FrameRing ring{FrameRing::min_bytes};
  Outlet outlet{{}, ring};
  RelayedSip sip{
      calls, {.media = &media, .tracked = &tracked, .reports = {&queue, &calls}}, outlet};
};

/// A call that is challenged first, with a request that comes again, and its BYE.
std::vector<CallMessage> answered_call() {
  const auto message = [](std::int64_t ms, int status, const std::string& method,
                          std::uint32_t cseq, const std::string& branch,
                          const std::string& to_tag) {
    CallMessage one{.time_ms = ms, .from_caller = status == 0, .status = status};
    one.method = method;
    one.cseq = cseq;
    one.branch = "z9hG4bK" + branch;
    one.to_tag = to_tag;
    return one;
  };
  return {message(0, 0, "INVITE", 1, "i1", ""),       message(20, 407, "INVITE", 1, "i1", "x"),
          message(30, 0, "ACK", 1, "i1", "x"),        message(40, 0, "INVITE", 2, "i2", ""),
          message(540, 0, "INVITE", 2, "i2", ""),     message(700, 180, "INVITE", 2, "i2", "b"),
          message(4200, 200, "INVITE", 2, "i2", "b"), message(4250, 0, "ACK", 2, "a2", "b"),
          message(9000, 0, "BYE", 3, "b3", "b"),      message(9020, 200, "BYE", 3, "b3", "b")};
}

std::string kpis_as_captured(std::uint8_t protocol) {
  TrackedCalls tracked(kpi_options());
  SipView sip;
  for (const CallMessage& message : answered_call()) {
    const std::string text = text_of(message);
    REQUIRE(parse_sip(as_bytes(text), sip) == Errc::none);
    Packet packet = packet_of(message);
    packet.ip_protocol = protocol;
    tracked.update(TextHash(1)(message.call_id), sip, packet, start_us + message.time_ms * 1000);
  }
  tracked.finish();
  return kpi_json(kpi_figures(tracked));
}

}  // namespace

TEST_CASE("the KPIs of a call in frames are those of the same call in packets") {
  const std::uint8_t protocol = GENERATE(ip_protocol_udp, ip_protocol_tcp);
  Scene scene(protocol);
  for (const CallMessage& message : answered_call()) {
    CHECK(scene.take(message) == RelayedFate::taken);
  }
  scene.tracked.finish();
  CHECK(scene.total().collapsed.answered() == 1);
  CHECK(scene.total().of(SipMethod::invite).retransmissions == 1);
  CHECK(kpi_json(kpi_figures(scene.tracked)) == kpis_as_captured(protocol));
}

TEST_CASE("a message that comes in two frames counts once, over any transport") {
  Scene scene(GENERATE(ip_protocol_udp, ip_protocol_tcp));
  for (CallMessage message : answered_call()) {
    CHECK(scene.take(message) == RelayedFate::taken);
    message.time_ms += 3;
    CHECK(scene.take(message) == RelayedFate::copy);
  }
  scene.tracked.finish();
  CHECK(scene.total().of(SipMethod::invite).retransmissions == 1);
  CHECK(scene.total().of(SipMethod::invite).requests == 2);
}

TEST_CASE("copies are told by the time in the frame, also of frames that come late") {
  Scene scene;
  const CallMessage message = answered_call()[0];
  const std::string text = text_of(message);
  Packet packet = packet_of(message);
  packet.payload = as_bytes(text);
  const std::int64_t now_us = start_us + 1000 * second_us;
  CHECK(read_and_take(scene.sip, view_of(packet, start_us), now_us) == RelayedFate::taken);
  CHECK(read_and_take(scene.sip, view_of(packet, start_us + 1), now_us + second_us) ==
        RelayedFate::copy);
  CHECK(read_and_take(scene.sip, view_of(packet, start_us + 500'000), now_us) ==
        RelayedFate::taken);
}

TEST_CASE("SDP in a frame tells which call a stream of RTP belongs to") {
  Scene scene;
  scene.take(text_of(Talk{.start = "INVITE", .body = audio(alice)}));
  scene.take(text_of(Talk{.start = "200 INVITE", .body = audio(bob), .to_tag = "b"}));
  MediaText text;
  const auto found = scene.media.find_rtp(flow(alice, bob), 1, 0, start_us + second_us, text);
  CHECK(found.miss == MediaMiss::none);
  CHECK(found.call_id == "call@a");
}

TEST_CASE("a call that is over is reported when it is looked for, though no message comes") {
  Scene scene;
  for (const CallMessage& message : answered_call()) scene.take(message);
  scene.sip.look(start_us + 20 * second_us);
  CHECK(scene.sent().empty());
  scene.sip.look(start_us + 60 * second_us);
  const auto sent = scene.sent();
  REQUIRE(sent.size() == 1);
  const auto json = boost::json::parse(sent[0].payload);
  CHECK(json.at("call_id") == "c1");
  CHECK(json.at("state") == "ended");
  REQUIRE(scene.sip.call_reports() != nullptr);
  CHECK(scene.sip.call_reports()->stage().left == 1);
}

TEST_CASE("a call whose Call-ID is used again is reported at once, and no other one with it") {
  Scene scene;
  const auto waiting = [&] { return scene.queue.counts().waiting; };
  const auto all = answered_call();
  for (const CallMessage& message : all) scene.take(message);
  CallState other;
  other.had_dialog = true;
  for (std::uint64_t call = 1; call <= 10; ++call) scene.queue.push(call, other);
  CallMessage next = all[0];
  next.time_ms = 20'000;
  next.branch = "z9hG4bKnext";
  next.from_tag = "c";
  scene.take(next);
  CHECK(waiting() == 10);
  const auto sent = scene.sent();
  REQUIRE(sent.size() == 1);
  const auto json = boost::json::parse(sent[0].payload);
  CHECK(json.at("state") == "ended");
  CHECK(json.at("messages") == 10);
  next.from_caller = false;
  next.status = 180;
  scene.take(next);
  CHECK(waiting() == 9);
  const LedgerStage stage = scene.sip.call_reports()->stage();
  CHECK(stage.entered == 2);
  CHECK(stage.difference() == 0);
}

TEST_CASE("what a plan has decided for a call does not hold for the next one of its Call-ID") {
  Scene scene;
  PlanRule answered;
  answered.when = parse_condition("sip.Status-Code == 200");
  answered.drops = true;
  answered.scope = PlanScope::call;
  const auto plan =
      std::make_shared<const Plan>(PlanRules{{answered}}, std::vector<std::string>{"a"});
  scene.outlet.set_plan({plan, {0}, std::make_shared<PlanScopes>(64, 3600 * second_us)}, {});
  const auto asks = [&](const CallMessage& message) {
    const std::string text = text_of(message);
    Packet packet = packet_of(message);
    packet.payload = as_bytes(text);
    const std::int64_t time_us = start_us + message.time_ms * 1000;
    const hep::HepView view = view_of(packet, time_us);
    const SipView* const sip = scene.sip.read(view);
    scene.sip.take(sip, time_us);
    scene.outlet.forward(hep::Relay({}, hep::NodePolicy::keep), view,
                         test::from_hex("484550330006"), time_us,
                         scene.sip.subject_of(view, sip, time_us));
  };
  const auto all = answered_call();
  for (const CallMessage& message : all) asks(message);
  CHECK(scene.outlet.stages()[0].dropped_count() > 0);
  static_cast<void>(scene.sent());
  const auto dropped = scene.outlet.stages()[0].dropped_count();
  CallMessage next = all[0];
  next.time_ms = 20'000;
  next.branch = "z9hG4bKnext";
  next.from_tag = "c";
  asks(next);
  CHECK(scene.outlet.stages()[0].dropped_count() == dropped + 1);  // the report of the one before
}

TEST_CASE("a message of another time is of its call, and in no KPI") {
  Scene scene;
  Packet packet = packet_of(answered_call()[0]);
  const std::string text = text_of(answered_call()[0]);
  packet.payload = as_bytes(text);
  const std::int64_t now_us = start_us + 60 * second_us;
  CHECK(read_and_take_untimed(scene.sip, view_of(packet, start_us), now_us) == RelayedFate::taken);
  CHECK(read_and_take_untimed(scene.sip, view_of(packet, start_us), now_us) == RelayedFate::copy);
  CHECK(scene.calls.counts().opened == 1);
  CHECK(scene.tracked.counts().opened == 0);
}

TEST_CASE("calls that are up at the end are reported then") {
  Scene scene;
  scene.take(answered_call()[0]);
  scene.tracked.finish();
  scene.sip.send_call_reports();
  CHECK(scene.sent().size() == 1);
}

TEST_CASE("without KPIs and reports there are only calls") {
  Scene scene;
  RelayedSip sip(scene.calls, {}, scene.outlet);
  const std::string text = request("INVITE");
  Packet packet;
  packet.payload = as_bytes(text);
  CHECK(read_and_take(sip, view_of(packet, start_us), start_us) == RelayedFate::taken);
  sip.look(start_us);
  sip.send_call_reports();
  CHECK(sip.call_reports() == nullptr);
  CHECK(scene.calls.counts().opened == 1);
  CHECK(scene.tracked.counts().opened == 0);
}

TEST_CASE("what is no SIP is no message") {
  const std::string text = GENERATE(as<std::string>{}, "", "\r\n\r\n", std::string(60'000, '\0'),
                                    "HTTP/1.1 200 OK\r\n\r\n", "INVITE sip:a SIP/2.0");
  Scene scene;
  CHECK(scene.take(text) == RelayedFate::unread);
  CHECK(scene.calls.size() == 0);
  CHECK(scene.tracked.counts().opened == 0);
}

TEST_CASE("damaged messages fill no table beyond its limit") {
  Scene scene;
  auto random = test_random();
  const std::string good = text_of(Talk{.start = "INVITE", .body = audio(alice)});
  std::uint64_t taken = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string bad = good;
    for (int j = 0; j < 4; ++j) {
      bad[below(random, bad.size())] = static_cast<char>(below(random, 256));
    }
    bad.resize(bad.size() - below(random, 200));
    taken += scene.take(bad, {}, start_us + i * 10'000) == RelayedFate::taken ? 1U : 0U;
  }
  CHECK(taken > 100);
  CHECK(scene.calls.size() == 64);
  CHECK(scene.tracked.use().entries == 64);
  CHECK(scene.media.use().entries <= 64);
}

TEST_CASE("a message allocates nothing after the first ones") {
  Scene scene;
  CallTable calls{CallLimits{.max_entries = 64}};
  RelayedSip sip(calls, {.media = &scene.media, .tracked = &scene.tracked}, scene.outlet);
  for (int i = 0; i < 1000; ++i) {
    const std::string call = "c" + std::to_string(i);
    const std::string text = text_of(Talk{.start = "INVITE", .body = audio(alice), .call = call});
    Packet packet;
    packet.payload = as_bytes(text);
    const hep::HepView view = view_of(packet, start_us);
    const AllocationCounter allocations;
    const RelayedFate fate = read_and_take(sip, view, start_us);
    const std::uint64_t count = allocations.count();
    REQUIRE(fate == RelayedFate::taken);
    if (i >= 500) REQUIRE(count == 0);
  }
}
