#include "agent/pipeline/rtp_streams.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <string_view>

#include "tests/support/allocation_counter.hpp"
#include "tests/unit/agent/pipeline/rtp_scene.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr int per_second = 50;

/// The numbers of one kind in all texts that were sent, as JSON has them.
std::vector<int> numbers(const RtpScene& scene, const std::string& type, const std::string& key) {
  std::vector<int> out;
  for (const std::string& json : scene.tap.texts) {
    if (json.find("\"TYPE\":\"" + type + "\"") == std::string::npos) continue;
    const std::string name = "\"" + key + "\":";
    out.push_back(std::stoi(json.substr(json.find(name) + name.size())));
  }
  return out;
}

TableUse table_use(const RtpScene& scene, std::string_view name) {
  for (const TableFigures& table : scene.tap.pipeline().tables()) {
    if (table.name == name) return table.use;
  }
  return {};
}

std::size_t streams_in_table(const RtpScene& scene) {
  return table_use(scene, "rtp_streams").entries;
}

std::size_t entry_bytes(const RtpScene& scene, std::string_view name) {
  const TableUse use = table_use(scene, name);
  return use.memory_bytes / use.max_entries;
}

}  // namespace

TEST_CASE("both directions of a call are reported under its Call-ID") {
  RtpScene scene;
  scene.invite();
  Sender from_caller, from_callee = callee_of(from_caller);
  scene.talk(from_caller, from_callee, 3 * per_second);
  scene.tap.finish();
  const auto finals = scene.heard.finals();
  REQUIRE(finals.size() == 2);
  for (const auto& one : finals) {
    CHECK(one.call_id == "call@a");
    CHECK(one.codec == "PCMU");
    CHECK(one.report.figures.counts.unique == 3 * per_second);
    CHECK(one.report.figures.ptime_ms == 20);
    CHECK(one.report.owner.type == MediaType::audio);
    REQUIRE(one.report.quality);
    CHECK(one.report.quality->mos() == Approx(4.41).margin(0.01));
    CHECK(one.report.mos_legacy.value() == Approx(4.4).margin(0.01));
  }
  CHECK(finals[0].report.owner.sender == MediaParty::caller);
  CHECK(finals[1].report.owner.sender == MediaParty::callee);
  CHECK(scene.tap.correlation_ids.back() == "call@a");
  CHECK(scene.tap.lines("rtp") == "+in_streams:300 streams_opened:2 streams_ended:2");
  CHECK(scene.heard.events.empty());
}

TEST_CASE("that media flow is told every few seconds, whatever the interval of reports") {
  RtpScene scene({.interval_us = 0});
  scene.invite();
  Sender from_caller;
  scene.talk(from_caller, 12 * per_second);
  CHECK(scene.heard.streams.empty());
  REQUIRE(scene.heard.media_us.size() == 2);
  CHECK(scene.heard.media_us[1] - scene.heard.media_us[0] == Approx(5e6).margin(300e3));
}

TEST_CASE("periods follow one another, and add up to the whole stream") {
  RtpScene scene;
  scene.invite();
  Sender from_caller;
  scene.talk(from_caller, 25 * per_second);
  scene.tap.finish();
  CHECK(numbers(scene, "PERIODIC", "TOTAL_PK") == std::vector<int>{500, 500});
  CHECK(numbers(scene, "HANGUP", "TOTAL_PK") == std::vector<int>{250});
  CHECK(numbers(scene, "FINAL", "TOTAL_PK") == std::vector<int>{1250});
  const std::int64_t first_us = 30'000;
  CHECK(scene.tap.times[scene.tap.times.size() - 4] == first_us + 10 * RtpScene::second);
  CHECK(scene.tap.times[scene.tap.times.size() - 3] == first_us + 20 * RtpScene::second);
}

TEST_CASE("packets wait for others until somebody asks, or a message teaches something new") {
  RtpScene scene;
  Sender from_caller, from_callee = callee_of(from_caller);
  scene.talk(from_caller, 3);
  CHECK(scene.tap.lines("rtp") == "+in_streams:3");
  scene.tap.pipeline().catch_up();
  CHECK(scene.tap.lines("rtp") == "+in_streams:3 streams_opened:1");
  scene.packet(from_callee);
  scene.invite();
  CHECK(scene.tap.lines("rtp") == "+in_streams:4 streams_opened:2");
}

TEST_CASE("without an interval there is one report, when the stream is over") {
  RtpScene scene({.interval_us = 0});
  scene.invite();
  Sender from_caller;
  scene.talk(from_caller, 25 * per_second);
  scene.wait(31);
  CHECK(scene.tap.lines("rtp_reports").empty());
  CHECK(scene.tap.stage("rtp_reports").left == 1);
  CHECK(numbers(scene, "FINAL", "TOTAL_PK") == std::vector<int>{1250});
}

TEST_CASE("what came before the SDP counts, and is the call's once it is known") {
  RtpScene scene;
  Sender from_caller{.payload_type = 97};
  scene.talk(from_caller, 12 * per_second);
  CHECK(scene.tap.stage("rtp_reports").entered == 0);
  const std::string ilbc = "a=rtpmap:97 iLBC/8000\r\n";
  scene.invite(RtpScene::sdp(false, "97", ilbc), RtpScene::sdp(true, "97", ilbc));
  scene.talk(from_caller, per_second);
  scene.tap.finish();
  REQUIRE(scene.heard.finals().size() == 1);
  CHECK(scene.heard.finals()[0].report.figures.counts.unique == 13 * per_second);
  CHECK(scene.heard.finals()[0].codec == "iLBC");
  CHECK(scene.heard.finals()[0].call_id == "call@a");
}

TEST_CASE("a stream that no call claims is counted with the reason, and not reported") {
  RtpScene scene;
  Sender from_caller;
  scene.talk(from_caller, 12 * per_second);
  scene.tap.finish();
  CHECK(scene.tap.texts.empty());
  CHECK(scene.heard.streams.empty());
  CHECK(scene.tap.lines("rtp_reports") == "-unknown_address:1");
}

TEST_CASE("single packets are strays, and leave in silence") {
  RtpScene scene;
  scene.invite();
  for (std::uint32_t ssrc = 10; ssrc < 20; ++ssrc) {
    Sender stray{.ssrc = ssrc, .sequence = static_cast<std::uint16_t>(ssrc * 777)};
    scene.packet(stray);
  }
  scene.wait(31);
  CHECK(scene.heard.streams.empty());
  CHECK(scene.tap.lines("rtp") == "+in_streams:10 streams_opened:10 strays:10 no_audio:1");
}

TEST_CASE("what is no stream yet has no reports") {
  RtpScene scene;
  scene.invite();
  Sender noise;
  for (int i = 0; i < 12 * per_second; ++i) {
    noise.sequence = static_cast<std::uint16_t>(i * 1000);
    scene.talk(noise, 1);
  }
  scene.tap.finish();
  CHECK(scene.heard.streams.empty());
  CHECK(scene.tap.stage("rtp_reports").entered == 0);
}

TEST_CASE("a full table gives up strays first, then the stream that is idle longest") {
  RtpScene scene({.max_streams = 3});
  scene.invite();
  Sender first{.ssrc = 1}, second{.ssrc = 2};
  scene.talk(first, per_second);
  scene.talk(second, 2 * per_second);
  for (std::uint32_t ssrc = 10; ssrc < 20; ++ssrc) {
    Sender stray{.ssrc = ssrc};
    scene.packet(stray);
  }
  CHECK(scene.heard.finals().empty());
  CHECK(streams_in_table(scene) == 3);
  Sender third{.ssrc = 3}, fourth{.ssrc = 4};
  scene.talk(third, per_second);
  scene.talk(fourth, per_second);
  REQUIRE(scene.heard.finals().size() == 1);
  CHECK(scene.heard.finals()[0].report.ssrc == 1);
  CHECK(scene.tap.lines("rtp") ==
        "+in_streams:260 streams_opened:14 streams_ended:1 strays:10 streams_evicted:11 "
        "ssrc_changed:3");
}

TEST_CASE("a stream of a few packets has one report") {
  const int packets = GENERATE(2, 4, 5);
  RtpScene scene;
  scene.invite();
  Sender from_caller;
  scene.talk(from_caller, packets);
  scene.tap.finish();
  CHECK(numbers(scene, "FINAL", "TOTAL_PK") == std::vector<int>{packets});
  CHECK(numbers(scene, "HANGUP", "TOTAL_PK").size() == (packets < 5 ? 0U : 1U));
}

TEST_CASE("bytes that a snap length cuts off count") {
  const auto kept_payload = GENERATE(as<std::size_t>{}, 0, 2, 100);
  RtpScene scene;
  scene.invite();
  std::string payload_hex;
  for (int i = 0; i < 160; ++i) payload_hex += "d5";
  Sender from_caller{.payload_hex = payload_hex};
  for (int i = 0; i < 2 * per_second; ++i) {
    Frame frame = from_caller.next();
    frame.resize(frame.size() - 160 + kept_payload);
    scene.tap.handle(frame, scene.now_us);
    scene.now_us += 20'000;
  }
  scene.tap.finish();
  CHECK(numbers(scene, "FINAL", "TL_BYTE") == std::vector<int>{2 * per_second * 160});
}

TEST_CASE("short streams do not crowd collectors, and others are reported beside them") {
  RtpScene scene({.max_streams = 4096});
  scene.invite();
  Sender from_caller;
  scene.talk(from_caller, per_second);
  for (std::uint32_t ssrc = 100; ssrc < 1100; ++ssrc) {
    Sender stranger{.ssrc = ssrc};
    for (int i = 0; i < 2; ++i) scene.packet(stranger);
  }
  scene.talk(from_caller, 12 * per_second);
  scene.tap.finish();
  CHECK(numbers(scene, "PERIODIC", "TOTAL_PK").size() == 1);
  CHECK(numbers(scene, "HANGUP", "TOTAL_PK").size() == 1);
  CHECK(numbers(scene, "FINAL", "TOTAL_PK").size() == 1 + RtpReports::max_short_streams);
  CHECK_THAT(scene.tap.lines("rtp_reports"),
             Catch::Contains("crowded:" + std::to_string(1000 - RtpReports::max_short_streams)));
}

TEST_CASE("a stream that was silent for half a minute is over, and another when it goes on") {
  RtpScene scene;
  scene.invite();
  Sender from_caller;
  scene.talk(from_caller, per_second);
  scene.wait(29);
  CHECK(scene.heard.finals().empty());
  scene.wait(2);
  CHECK(scene.heard.finals().size() == 1);
  scene.talk(from_caller, per_second);
  scene.tap.finish();
  REQUIRE(scene.heard.finals().size() == 2);
  CHECK(scene.heard.finals()[1].report.figures.counts.unique == per_second);
}

TEST_CASE("a clock that is set back ends streams once, and they go on") {
  RtpScene scene;
  scene.now_us = 7200 * RtpScene::second;
  scene.invite();
  Sender from_caller, from_callee = callee_of(from_caller);
  scene.talk(from_caller, from_callee, 2 * per_second);
  scene.now_us -= 3600 * RtpScene::second;
  scene.talk(from_caller, from_callee, 60 * per_second);
  scene.tap.finish();
  CHECK(scene.heard.finals().size() == 4);
  CHECK(scene.tap.stage("rtp").absorbed_count() == 124 * per_second);
}

TEST_CASE("the final report comes when the call is over, not when the stream has been idle") {
  RtpScene scene;
  scene.invite();
  Sender from_caller, from_callee = callee_of(from_caller);
  scene.talk(from_caller, from_callee, 3 * per_second);
  scene.bye();
  scene.wait(9);
  CHECK(scene.heard.finals().size() == 2);
  CHECK(scene.heard.events.empty());
}

TEST_CASE("the final report comes without another packet, too, when time goes on") {
  RtpScene scene;
  scene.invite();
  Sender from_caller, from_callee = callee_of(from_caller);
  scene.talk(from_caller, from_callee, 3 * per_second);
  scene.bye();
  for (int i = 0; i < 9; ++i) {
    scene.now_us += RtpScene::second;
    scene.tap.pipeline().pass_until(capture_start_us + scene.now_us);
  }
  CHECK(scene.heard.finals().size() == 2);
  CHECK(scene.heard.events.empty());
}

TEST_CASE("another call on the same addresses is another stream, even with the same source") {
  RtpScene scene;
  scene.invite();
  Sender from_caller;
  scene.talk(from_caller, per_second);
  scene.bye();
  scene.say({.start = "INVITE", .body = RtpScene::sdp(false), .call = "two@a", .from_tag = "x"});
  scene.say({.start = "200 INVITE",
             .body = RtpScene::sdp(true),
             .call = "two@a",
             .from_tag = "x",
             .to_tag = "y"});
  scene.now_us += RtpScene::second;
  scene.talk(from_caller, 2 * per_second);
  scene.tap.finish();
  REQUIRE(scene.heard.finals().size() == 2);
  CHECK(scene.heard.finals()[0].call_id == "call@a");
  CHECK(scene.heard.finals()[0].report.figures.counts.unique == per_second);
  CHECK(scene.heard.finals()[1].call_id == "two@a");
  CHECK(scene.heard.finals()[1].report.figures.counts.unique == 2 * per_second);
}

TEST_CASE("behind NAT the port is not that of SDP, and the call is found") {
  RtpScene scene;
  scene.invite();
  Sender from_caller{.from_port = 61'234};
  scene.talk(from_caller, per_second);
  scene.tap.finish();
  REQUIRE(scene.heard.finals().size() == 1);
  CHECK(scene.heard.finals()[0].call_id == "call@a");
  CHECK(scene.heard.finals()[0].report.owner.sender == MediaParty::caller);
}

TEST_CASE("a period in which the capture lost packets is marked, and so is the whole") {
  RtpOptions options;
  const std::int64_t lost_us = capture_start_us + 15 * RtpScene::second;
  options.is_degraded = [](std::int64_t from_us, std::int64_t to_us) {
    return from_us <= lost_us && lost_us <= to_us;
  };
  RtpScene scene(options);
  scene.invite();
  Sender from_caller;
  scene.talk(from_caller, 25 * per_second);
  scene.tap.finish();
  std::vector<bool> marks;
  for (const auto& one : scene.heard.streams) marks.push_back(one.report.is_capture_degraded);
  CHECK(marks == std::vector<bool>{false, true, false, true});
  marks.clear();
  for (const std::string& json : scene.tap.texts) {
    if (json.starts_with('{')) marks.push_back(json.ends_with(",\"capture_degraded\":true}"));
  }
  CHECK(marks == std::vector<bool>{false, true, false, true});
}

TEST_CASE("packets of streams that are known allocate nothing, and neither do those of others") {
  RtpScene scene({.interval_us = RtpScene::second, .max_streams = 64});
  scene.invite();
  Sender from_caller, from_callee = callee_of(from_caller);
  std::vector<Frame> frames;
  for (std::uint32_t i = 0; i < 4000; ++i) {
    Sender stranger{.ssrc = 1000 + i};
    frames.push_back(from_caller.next());
    frames.push_back(from_callee.next());
    frames.push_back(stranger.next());
    if (i % 2 == 0) frames.push_back(stranger.next());
  }
  scene.heard.streams.reserve(10'000);  // whose texts are short
  scene.heard.events.reserve(10'000);
  const auto pass = [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      scene.tap.pass(frames[i], scene.now_us += 6000);
      if (i % 100 == 0) scene.tap.forget_sent();
    }
  };
  pass(0, frames.size() / 2);
  const std::uint64_t before = scene.tap.stage("rtp_reports").left;
  scene.heard.streams.clear();
  const AllocationCounter allocations;
  pass(frames.size() / 2, frames.size());
  CHECK(allocations.count() == 0);
  CHECK(scene.tap.stage("rtp_reports").left > before + 50);
  CHECK(scene.tap.ledger().fault().empty());
}

TEST_CASE("a stream takes 214 bytes, a session 86, and what only some streams need the rest") {
  const RtpScene scene;
  CHECK(entry_bytes(scene, "rtp_streams") <= 214);
  CHECK(entry_bytes(scene, "media_sessions") <= 86);
  CHECK(entry_bytes(scene, "media_pasts") <= 52);
  CHECK(entry_bytes(scene, "rtp_extras") <= 132);
  CHECK(entry_bytes(scene, "rtp_ipv6_addresses") <= 36);
}

TEST_CASE("a stream in order over IPv4 needs its own entry only") {
  RtpScene scene;
  scene.invite();
  Sender from_caller, from_callee = callee_of(from_caller);
  scene.talk(from_caller, from_callee, per_second);
  CHECK(streams_in_table(scene) == 2);
  CHECK(table_use(scene, "rtp_extras").entries == 0);
  CHECK(table_use(scene, "rtp_ipv6_addresses").entries == 0);
  scene.tap.finish();
  CHECK(streams_in_table(scene) == 0);
}

TEST_CASE("streams over IPv6 are told apart, and their addresses are let go with them") {
  MediaCalls calls({.max_calls = 4});
  RtpStreams streams({.max_streams = 4}, calls, nullptr, {});
  const auto entries = [&](std::string_view name) {
    for (const TableFigures& table : streams.tables()) {
      if (table.name == name) return table.use.entries;
    }
    return std::size_t{0};
  };
  std::array<std::uint8_t, 16> source{0x20, 1, 0xd, 0xb8};
  std::array<std::uint8_t, 172> rtp{0x80};
  Packet packet;
  packet.ip_protocol = ip_protocol_udp;
  packet.destination = IpAddress::from(source);
  packet.payload = rtp;
  for (std::uint8_t number = 0; number < 3; ++number) {
    rtp[3] = number;
    for (std::uint8_t host = 1; host <= 6; ++host) {
      if (host > 4 && number < 2) continue;  // these push two others out
      source[15] = host;
      packet.source = IpAddress::from(source);
      streams.take(packet, *parse_rtp(packet.payload), 1000 * number);
    }
  }
  streams.catch_up();
  CHECK(streams.counts().packets == 14);
  CHECK(streams.counts().opened == 6);
  CHECK(streams.counts().evicted == 2);
  CHECK(entries("rtp_streams") == 4);
  CHECK(entries("rtp_ipv6_addresses") == 4);
  streams.finish();
  CHECK(entries("rtp_ipv6_addresses") == 0);
}
