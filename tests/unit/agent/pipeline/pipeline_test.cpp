#include "agent/pipeline/pipeline.hpp"

#include <catch2/catch.hpp>

#include "proto/hep/decode.hpp"
#include "proto/net/link.hpp"
#include "tests/support/allocation_counter.hpp"
#include "tests/support/frame_builder.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/sip_text.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

RawFrame raw(const Frame& bytes, std::int64_t time_ns = 1'700'000'000'123'456'789) {
  return {.time_ns = time_ns,
          .link_type = link_type::ethernet,
          .interface_id = 0,
          .wire_bytes = static_cast<std::uint32_t>(bytes.size()),
          .bytes = bytes};
}

Frame sip_frame(const std::string& sip) { return ethernet(ipv4(udp(text(sip))), "8100 0064 0800"); }

// The HEP frames that are in the ring.
std::vector<Frame> take_frames(FrameRing& ring) {
  ring.flush();
  std::vector<Frame> out;
  for (auto at = ring.tail(); at != ring.head(); ++at) {
    const FrameSlot& slot = ring.slot(at);
    out.emplace_back(ring.bytes(slot), ring.bytes(slot) + slot.size);
  }
  ring.release_until(ring.head());
  return out;
}

std::uint64_t dropped(const std::vector<LedgerStage>& way, const std::string& stage,
                      const std::string& reason) {
  for (const auto& s : way) {
    for (const auto& line : s.dropped) {
      if (s.name == stage && line.reason == reason) return line.count;
    }
  }
  return 0;
}

}  // namespace

TEST_CASE("a SIP datagram becomes a HEP frame with its addresses, time and tag") {
  CallTable calls({.max_entries = 10});
  FrameRing ring(FrameRing::min_bytes);
  Outlet outlet({.node_id = 7, .node_name = "edge"}, ring);
  Pipeline pipeline({}, calls, &outlet);
  const std::string invite = request("INVITE");
  const Frame frame = sip_frame(invite);
  pipeline.handle(raw(frame));

  const auto frames = take_frames(ring);
  REQUIRE(frames.size() == 1);
  hep::HepView view;
  REQUIRE(hep::decode(frames[0], view) == hep::Fault::none);
  CHECK(as_text(view.payload) == invite);
  CHECK(to_string(view.source, view.source_port) == "192.0.2.10:5060");
  CHECK(to_string(view.destination, view.destination_port) == "198.51.100.20:5080");
  CHECK(view.time_us() == 1'700'000'000'123'456);
  CHECK(view.vlan_id == 100);
  CHECK(view.ip_tos == 0xb8);
  CHECK(view.payload_type == 1);
  CHECK(view.node_id == 7);
  CHECK(view.node_name == "edge");
  CHECK(view.correlation_id.empty());
  CHECK(calls.size() == 1);
}

TEST_CASE("every frame is on the ledger once, with its reason") {
  CallTable calls({.max_entries = 10});
  FrameRing ring(FrameRing::min_bytes);
  Outlet outlet({}, ring);
  Pipeline pipeline({}, calls, &outlet);
  const std::string endless_head =
      "OPTIONS sip:a SIP/2.0\r\nX: " + std::string(65470, 'x') + "\r\n\r\n";
  const std::vector<Frame> frames{
      sip_frame(request("INVITE")),
      ethernet(Frame(46, 0), "0806"),                   // ARP
      ethernet(ipv4(udp(text("hello")))),               // not SIP
      ethernet(ipv4(udp(text("\r\n\r\n")))),            // keep-alive
      ethernet(ipv4(udp(text("HEP3xx")))),              // HEP
      ethernet(ipv4(tcp(text(request("INVITE"))), 6)),  // TCP
      ethernet(ipv4(Frame(64, 'x'), 17, 0x2000)),       // the first of some fragments
      ethernet(ipv4(udp(text(endless_head)))),
      {},
  };
  for (const auto& frame : frames) pipeline.handle(raw(frame));
  pipeline.finish();
  const Ledger ledger{.way = pipeline.ledger(), .streams = pipeline.stream_ledger()};
  CHECK(ledger.fault().empty());
  REQUIRE(ledger.way.size() == 6);
  REQUIRE(ledger.streams.size() == 1);
  CHECK(ledger.way.front().entered == frames.size());
  CHECK(ledger.way.back().left == 2);
  CHECK(dropped(ledger.way, "decode", "not_ip") == 1);
  CHECK(ledger.way.at(1).held == 1);
  CHECK(dropped(ledger.way, "decode", "link_truncated") == 1);
  CHECK(dropped(ledger.way, "classify", "other") == 1);
  CHECK(dropped(ledger.way, "classify", "keep_alive") == 1);
  CHECK(dropped(ledger.way, "classify", "hep") == 1);
  CHECK(ledger.way.at(2).absorbed.at(0).count == 1);
  CHECK(ledger.way.at(3).joined == 1);
  CHECK(ledger.streams.front().left == request("INVITE").size());
  CHECK(dropped(ledger.way, "encode", "over_limit") == 1);
}

TEST_CASE("a message too long for a frame is cut in its body and counted") {
  CallTable calls({.max_entries = 10});
  FrameRing ring(FrameRing::min_bytes);
  Outlet outlet({}, ring);
  Pipeline pipeline({}, calls, &outlet);
  const std::string long_text = request("MESSAGE", "long", std::string(65200, 'b'));
  pipeline.handle(raw(ethernet(ipv4(udp(text(long_text))))));
  const auto frames = take_frames(ring);
  REQUIRE(frames.size() == 1);
  CHECK(frames[0].size() == hep::max_frame_bytes);
  CHECK(outlet.counts().cut == 1);
  hep::HepView view;
  REQUIRE(hep::decode(frames[0], view) == hep::Fault::none);
  CHECK(long_text.starts_with(as_text(view.payload)));
}

TEST_CASE("a message that the capture holds in part is sent and counted as truncated") {
  CallTable calls({.max_entries = 10});
  Pipeline pipeline({}, calls, nullptr);
  Frame frame = sip_frame(request("MESSAGE", "cut", std::string(100, 'b')));
  frame.resize(frame.size() - 50);
  pipeline.handle(raw(frame));
  CHECK(pipeline.counts().truncated == 1);
  CHECK(calls.size() == 1);
}

TEST_CASE("what offload left without a length is bounded by the capture") {
  CallTable calls({.max_entries = 10});
  Pipeline pipeline({}, calls, nullptr);
  Frame frame = sip_frame(request("MESSAGE", "cut", std::string(100, 'b')));
  const std::size_t total_length = 14 + 4 + 2;  // behind Ethernet and a VLAN tag
  frame[total_length] = frame[total_length + 1] = 0;
  RawFrame captured = raw(frame);
  captured.wire_bytes = static_cast<std::uint32_t>(frame.size());
  SECTION("whole") {
    pipeline.handle(captured);
    CHECK(pipeline.counts().truncated == 0);
  }
  SECTION("snapped") {
    captured.bytes = captured.bytes.first(frame.size() - 50);
    pipeline.handle(captured);
    CHECK(pipeline.counts().truncated == 1);
  }
  CHECK(calls.size() == 1);
}

TEST_CASE("a full ring makes the pipeline wait until collectors took something or gave up") {
  CallTable calls({.max_entries = 10});
  FrameRing ring(FrameRing::min_bytes);
  Outlet outlet({}, ring);
  Pipeline pipeline({}, calls, &outlet);
  ring.close();
  const Frame frame = sip_frame(request("INVITE"));
  constexpr std::int64_t second_ns = 1'000'000'000;  // what comes sooner is a mirror's copy
  for (int i = 0; i < 10'000; ++i) pipeline.handle(raw(frame, i * second_ns));
  CHECK(outlet.counts().entered == 10'000);
  CHECK(outlet.counts().ring_closed + outlet.counts().encoded == 10'000);
  CHECK(outlet.counts().ring_closed != 0);
  CHECK(Ledger{.way = pipeline.ledger(), .collectors = {}}.fault().empty());
}

TEST_CASE("a packet's way allocates nothing") {
  CallTable calls({.max_entries = 64});
  FrameRing ring(FrameRing::min_bytes);
  Outlet outlet({.node_id = 7}, ring);
  Pipeline pipeline({}, calls, &outlet);
  std::vector<Frame> frames;
  frames.reserve(200);
  for (int i = 0; i < 200; ++i) {
    frames.push_back(sip_frame(request("INVITE", "id" + std::to_string(i), std::string(300, 'b'))));
  }
  const AllocationCounter counter;
  for (const auto& frame : frames) {
    pipeline.handle(raw(frame));
    ring.flush();
    ring.release_until(ring.head());
  }
  CHECK(counter.count() == 0);
  CHECK(outlet.counts().encoded == 200);
}

TEST_CASE("a plan knows what a call was before each of its messages") {
  CallTable calls({.max_entries = 10});
  TrackedCalls tracked({.limits = {.max_calls = 16}});
  FrameRing ring(FrameRing::min_bytes);
  Outlet outlet({}, ring);
  PlanRule drops;
  drops.drops = true;
  drops.when = parse_condition("heptap.retransmission or heptap.call_state == \"failed\"");
  outlet.set_plan({std::make_shared<const Plan>(PlanRules{{drops}, Unmatched::send},
                                                std::vector<std::string>{"a"}),
                   {0}},
                  {});
  Pipeline pipeline({}, calls, &outlet, {.tracked = &tracked});
  const Frame invite = sip_frame(request("INVITE"));
  const Frame declined = sip_frame(response(603, "INVITE"));
  constexpr std::int64_t t1_ns = 500'000'000;
  const AllocationCounter counter;
  pipeline.handle(raw(invite, 0));
  pipeline.handle(raw(invite, t1_ns));
  pipeline.handle(raw(declined, 2 * t1_ns));
  pipeline.handle(raw(declined, 3 * t1_ns));
  CHECK(counter.count() == 0);
  CHECK(outlet.counts().encoded == 2);
  CHECK(outlet.plan()->counts().fates[PlanFate::dropped] == 2);
}

TEST_CASE(
    "a plan that asks for copies of a mirror port decides about them, and nobody else sees them") {
  const std::string when = GENERATE("heptap.duplicate", "sip.CSeq.seq > 1000");
  CallTable calls({.max_entries = 10});
  FrameRing ring(FrameRing::min_bytes);
  Outlet outlet({}, ring);
  PlanRule counts;
  counts.goes_on = true;
  counts.when = parse_condition(when);
  outlet.set_plan({std::make_shared<const Plan>(PlanRules{{counts}, Unmatched::send},
                                                std::vector<std::string>{"a"}),
                   {0}},
                  {});
  Pipeline pipeline({}, calls, &outlet);
  const Frame invite = sip_frame(request("INVITE"));
  pipeline.handle(raw(invite, 0));
  pipeline.handle(raw(invite, 1000));
  const bool asks = when == "heptap.duplicate";
  CHECK(outlet.counts().encoded == (asks ? 2 : 1));
  CHECK(outlet.plan()->counts().rules.front().matched == (asks ? 1 : 0));
  CHECK(Ledger{.way = pipeline.ledger()}.fault().empty());
  CHECK(calls.counts().retransmissions == 0);
}

TEST_CASE("a plan is told nothing of a copy's call, which its original has changed already") {
  CallTable calls({.max_entries = 10});
  TrackedCalls tracked({.limits = {.max_calls = 16}});
  FrameRing ring(FrameRing::min_bytes);
  Outlet outlet({}, ring);
  PlanRule drops;
  drops.drops = true;
  drops.when = parse_condition(
      "heptap.duplicate and (heptap.call_state or heptap.retransmission or sip.resend == 1)");
  outlet.set_plan({std::make_shared<const Plan>(PlanRules{{drops}, Unmatched::send},
                                                std::vector<std::string>{"a"}),
                   {0}},
                  {});
  Pipeline pipeline({}, calls, &outlet, {.tracked = &tracked});
  const Frame invite = sip_frame(request("INVITE"));
  pipeline.handle(raw(invite, 0));
  pipeline.handle(raw(invite, 1000));
  CHECK(outlet.counts().encoded == 2);
}

TEST_CASE("a time shift moves what is sent") {
  CallTable calls({.max_entries = 10});
  FrameRing ring(FrameRing::min_bytes);
  Outlet outlet({}, ring);
  Pipeline pipeline({}, calls, &outlet);
  pipeline.set_time_shift(5'000'000);
  pipeline.handle(raw(sip_frame(request("INVITE")), 1'000'000'999));
  hep::HepView view;
  const auto frames = take_frames(ring);
  REQUIRE(hep::decode(frames.at(0), view) == hep::Fault::none);
  CHECK(view.time_us() == 6'000'000);
}

TEST_CASE("a time beyond all that can be said is the last one that can") {
  CallTable calls({.max_entries = 10});
  MediaCalls media({.max_calls = 10});
  FrameRing ring(FrameRing::min_bytes);
  Outlet outlet({}, ring);
  PipelineOptions options;
  options.rtp.emplace();
  Pipeline pipeline(options, calls, &outlet, {.media = &media});
  const Frame rtp = ethernet(ipv4(udp(from_hex("8000000100000000 00000007 d5d5"), 4000, 5000)));
  RawFrame frame = raw(rtp);
  pipeline.set_time_shift(std::numeric_limits<std::int64_t>::max() / 2000);
  frame.time_ns = std::numeric_limits<std::int64_t>::max();
  for (int i = 0; i < 3; ++i) pipeline.handle(frame);
  pipeline.finish();
  const Ledger ledger{.way = pipeline.ledger(), .sources = pipeline.source_ledger()};
  REQUIRE(ledger.sources.front().name == "rtp");
  CHECK(ledger.sources.front().entered == 3);
  CHECK(ledger.sources.front().noted.front().count == 1);  // one stream
}
