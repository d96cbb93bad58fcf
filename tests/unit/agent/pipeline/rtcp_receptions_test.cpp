#include "agent/pipeline/rtcp_receptions.hpp"

#include <catch2/catch.hpp>
#include <vector>

#include "tests/support/allocation_counter.hpp"
#include "tests/support/hex.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr std::int64_t ms = 1000;

class Listener : public MediaObserver {
 public:
  void on_stream(const StreamReport& /*report*/) noexcept override {}
  void on_event(const MediaEventReport& /*event*/) noexcept override {}
  void on_phone_report(const PhoneReport& /*report*/) noexcept override {}
  void on_reception(const ReceptionReport& report) noexcept override { heard.push_back(report); }

  std::vector<ReceptionReport> heard;
};

/// Caller and callee, who report on each other.
struct Talk {
  explicit Talk(std::size_t max_pairs = 4) : receptions(listener, max_pairs) {
    listener.heard.reserve(100);
  }

  void say(MediaParty party, const std::string& hex, std::int64_t time_us, unsigned pair = 0) {
    bytes = from_hex(hex);
    Packet packet;
    packet.payload = bytes;
    packet.source_port = static_cast<std::uint16_t>(4001 + 10 * pair);
    packet.destination_port = static_cast<std::uint16_t>(5001 + 10 * pair);
    if (party == MediaParty::callee) std::swap(packet.source_port, packet.destination_port);
    MediaMatch match;
    match.sender = party;
    match.call_hash = 7;
    match.format_count = 1;
    match.format_list[0] = {.clock_hz = 8000, .payload_type = 8};
    receptions.take(packet, match, time_us);
  }

  Listener listener;
  RtcpReceptions receptions;
  std::vector<std::uint8_t> bytes;
};

const std::string callers_sr = "80c80006 00000001 e3d30000 80000000 00000100 00000010 00000100";
// Half a second after the caller's: 64/256 lost, 3 in all, 80 units of jitter.
const std::string callees_sr =
    "81c8000c 00000002 e3d30001 00000000 00000100 00000010 00000100"
    "00000001 40000003 00000011 00000050 00008000 00008000";
const std::string callers_rr =
    "81c90007 00000001 00000002 00000000 00000011 00000000 00010000 00008000";
// VoIP metrics on the caller's stream: R 88, MOS-LQ 4.2.
const std::string callees_voip =
    "80c90001 00000002 80cf000a 00000002 07000008 00000001 05000000 00000000 00550000 7f7f7f10"
    "587f2a7f 00000028 00500078";

}  // namespace

TEST_CASE("each block tells the observer of the stream that its reporter receives") {
  Talk talk;
  talk.say(MediaParty::caller, callers_sr, 0);
  CHECK(talk.listener.heard.empty());
  talk.say(MediaParty::callee, callees_sr, 600 * ms);
  REQUIRE(talk.listener.heard.size() == 1);
  const ReceptionReport& one = talk.listener.heard.front();
  CHECK(one.owner.sender == MediaParty::caller);
  CHECK(one.owner.call_hash == 7);
  CHECK(one.time_us == 600 * ms);
  CHECK(one.reporter == 2);
  CHECK(one.ssrc == 1);
  REQUIRE(one.block);
  CHECK(one.block->fraction_lost == 64);
  CHECK(one.block->cumulative_lost == 3);
  CHECK(one.block->jitter == 80);
  CHECK(one.clock_hz == 8000);
  CHECK_FALSE(one.rtt_ms);
  CHECK_FALSE(one.voip);
}

TEST_CASE("the round trip is that of both halves") {
  Talk talk;
  talk.say(MediaParty::caller, callers_sr, 0);
  talk.say(MediaParty::callee, callees_sr, 600 * ms);   // 100 ms to the callee and back
  talk.say(MediaParty::caller, callers_rr, 1150 * ms);  // 50 ms to the caller and back
  REQUIRE(talk.listener.heard.size() == 2);
  REQUIRE(talk.listener.heard[1].rtt_ms);
  CHECK(*talk.listener.heard[1].rtt_ms == Approx(150).margin(0.1));
}

TEST_CASE("VoIP metrics come with the block on their stream, or alone") {
  Talk talk;
  SECTION("alone") {
    talk.say(MediaParty::callee, callees_voip, 0);
    REQUIRE(talk.listener.heard.size() == 1);
    CHECK_FALSE(talk.listener.heard[0].block);
    CHECK(talk.listener.heard[0].reporter == 2);
  }
  SECTION("with the block") {
    talk.say(MediaParty::callee, callees_sr + callees_voip.substr(18), 0);
    REQUIRE(talk.listener.heard.size() == 1);
    CHECK(talk.listener.heard[0].block);
  }
  REQUIRE(talk.listener.heard[0].voip);
  CHECK(talk.listener.heard[0].ssrc == 1);
  CHECK(talk.listener.heard[0].voip->mos_lq_tenths == 42);
  CHECK(talk.listener.heard[0].rtt_ms == 85);
}

TEST_CASE("of too many pairs the one that has been silent longest is forgotten") {
  Talk talk(2);
  for (unsigned pair = 0; pair < 2; ++pair) talk.say(MediaParty::caller, callers_sr, 0, pair);
  talk.say(MediaParty::callee, callees_sr, 600 * ms, 0);
  talk.say(MediaParty::caller, callers_sr, 600 * ms, 2);  // takes the place of 1
  CHECK(talk.receptions.use().entries == 2);
  talk.say(MediaParty::caller, callers_rr, 1150 * ms, 0);
  CHECK(talk.listener.heard.back().rtt_ms);
  talk.say(MediaParty::callee, callees_sr, 600 * ms, 1);
  talk.say(MediaParty::caller, callers_rr, 1150 * ms, 1);
  CHECK_FALSE(talk.listener.heard.back().rtt_ms);
}

TEST_CASE("receptions are told without allocating") {
  Talk talk(2);
  talk.bytes.reserve(200);
  Packet packet;
  const auto report = from_hex(callees_sr);
  packet.payload = report;
  const MediaMatch match;
  const AllocationCounter counter;
  for (int i = 0; i < 10; ++i) {
    packet.source_port = static_cast<std::uint16_t>(i);
    talk.receptions.take(packet, match, i * 1000 * ms);
  }
  CHECK(counter.count() == 0);
  CHECK(talk.listener.heard.size() == 10);
}
