#include "agent/pipeline/rtcp_reports.hpp"

#include <catch2/catch.hpp>

#include "tests/support/allocation_counter.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/rtcp_json_rules.hpp"
#include "tests/support/sip_text.hpp"
#include "tests/unit/agent/pipeline/pipeline_tap.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr std::uint16_t callers_rtcp = 4001;
constexpr std::uint16_t callees_rtcp = 5001;
constexpr std::int64_t second = 1'000'000;

/// Between the addresses that udp() and ipv4() have.
std::string offer(const std::string& call_id, std::uint16_t rtp_port) {
  const std::string sdp =
      "v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\nm=audio " +
      std::to_string(rtp_port) + " RTP/AVP 0\r\n";
  std::string out = request("INVITE", call_id, sdp);
  out.insert(out.find("Content-Length"), "Content-Type: application/sdp\r\n");
  return out;
}

Frame sip(const std::string& message) { return ethernet(ipv4(udp(text(message)))); }

Frame rtcp(const std::string& hex, std::uint16_t from = callers_rtcp,
           std::uint16_t to = callees_rtcp) {
  return ethernet(ipv4(udp(from_hex(hex), from, to)));
}

const std::string sender_report = "80c80006 00000001 e3d30000 80000000 00000100 00000010 00000100";
const std::string bye = "81cb0001 00000001";
const std::string sound = "81c90007 00000001 00000002 00000000 00000000 00000080 00000000 00000000";
// Jitter of more than ten seconds.
const std::string implausible =
    "81c90007 00000001 00000002 00000000 00000000 80000000 00000000 00000000";
const std::string feedback = "81cd0003 00000001 00000002 00010000";

struct Scene {
  MediaCalls media{{.max_calls = 64}};
  PipelineTap tap{{}, &media};
};

}  // namespace

TEST_CASE("a report of RTCP goes on under the Call-ID of the SDP that names its address") {
  Scene scene;
  scene.tap.handle(sip(offer("one@a", callers_rtcp - 1)));
  scene.tap.handle(rtcp(sender_report), second);
  REQUIRE(scene.tap.texts.size() == 2);
  CHECK(scene.tap.correlation_ids == std::vector<std::string>{"", "one@a"});
  CHECK(scene.tap.times[1] == second);
  CHECK(rtcp_json_faults(scene.tap.texts[1]).empty());
  CHECK_THAT(scene.tap.texts[1], Catch::Contains("\"type\":200"));
  CHECK(scene.tap.lines("correlate") == "rtcp_sent:1");
}

TEST_CASE("a report that comes before its SDP waits for it, and has its own time") {
  Scene scene;
  scene.tap.handle(rtcp(sender_report), 0);
  CHECK(scene.tap.lines("correlate") == "=held:1");
  scene.tap.handle(sip(offer("one@a", callers_rtcp - 1)), second);
  scene.tap.handle(sip(request("OPTIONS", "two@a")), second + 60'000);
  REQUIRE(scene.tap.texts.size() == 3);
  CHECK(scene.tap.lines("correlate") == "rtcp_sent:1");
  CHECK(std::count(scene.tap.times.begin(), scene.tap.times.end(), 0) == 1);
}

TEST_CASE("a report that no call claims is dropped and counted when its patience is over") {
  Scene scene;
  scene.tap.handle(rtcp(sender_report), 0);
  scene.tap.handle(sip(request("OPTIONS")), RtcpReports::patience_us - 1);
  CHECK(scene.tap.lines("correlate") == "=held:1");
  scene.tap.handle(sip(request("OPTIONS", "two@a")), RtcpReports::patience_us + 60'000);
  CHECK(scene.tap.lines("correlate") == "-rtcp_unknown_address:1");
  CHECK(scene.tap.texts.size() == 2);
}

TEST_CASE("who waits when the clock is set back waits no longer") {
  Scene scene;
  scene.tap.handle(rtcp(sender_report), 3600 * second);
  // A few that are late do not set the clock; many do.
  for (int i = 0; i < 100; ++i) scene.tap.handle(sip(request("OPTIONS", "two@a")), i * 1000);
  CHECK(scene.tap.lines("correlate") == "-rtcp_unknown_address:1");
}

TEST_CASE("the ledger says what was learned of media") {
  Scene scene;
  scene.tap.handle(sip(offer("one@a", callers_rtcp - 1)));
  Ledger ledger = scene.tap.ledger();
  add_media(ledger, scene.media.counts());
  const LedgerStage& correlate = *std::prev(ledger.way.end(), 2);
  REQUIRE(correlate.name == "correlate");
  REQUIRE(correlate.noted.size() == 2);
  CHECK(correlate.noted[0].reason == "media_calls_opened");
  CHECK(correlate.noted[1].reason == "descriptions");
}

TEST_CASE("at the end nobody waits any longer") {
  Scene scene;
  scene.tap.handle(rtcp(sender_report), 0);
  scene.tap.finish();
  CHECK(scene.tap.lines("correlate") == "-rtcp_unknown_address:1");
}

TEST_CASE("goodbyes and feedback alone are no reports") {
  Scene scene;
  scene.tap.handle(sip(offer("one@a", callers_rtcp - 1)));
  scene.tap.handle(rtcp(bye), second);
  scene.tap.handle(rtcp(feedback), second);
  CHECK(scene.tap.lines("correlate") == "-rtcp_no_report:2");
}

TEST_CASE("a compound of more packets than anybody sends is dropped and counted") {
  const std::uint32_t empty_reports =
      GENERATE(RtcpReports::max_packets - 1, RtcpReports::max_packets);
  Scene scene;
  scene.tap.handle(sip(offer("one@a", callers_rtcp - 1)));
  std::string compound = sender_report;
  for (std::uint32_t i = 0; i < empty_reports; ++i) compound += " 80c90001 00000001";
  scene.tap.handle(rtcp(compound), second);
  const bool is_sent = empty_reports < RtcpReports::max_packets;
  CHECK(scene.tap.lines("correlate") == (is_sent ? "rtcp_sent:1" : "-rtcp_too_many_packets:1"));
}

TEST_CASE("a Call-ID of which nothing may stand in a frame is none") {
  Scene scene;
  scene.tap.handle(sip(offer("\"", callers_rtcp - 1)));
  scene.tap.handle(rtcp(sender_report), second);
  CHECK(scene.tap.lines("correlate") == "-rtcp_no_call_id:1");
}

TEST_CASE("a report that a mirror port shows twice goes on once") {
  Scene scene;
  scene.tap.handle(sip(offer("one@a", callers_rtcp - 1)));
  scene.tap.handle(rtcp(sender_report), second);
  scene.tap.handle(rtcp(sender_report), second + 10);
  CHECK(scene.tap.texts.size() == 2);
  CHECK(scene.tap.lines("duplicates") == "-mirror_copy:1");
}

TEST_CASE("a port that says twice what cannot be is not believed any more") {
  Scene scene;
  scene.tap.handle(sip(offer("one@a", callers_rtcp - 1)));
  std::int64_t now_us = 0;
  const auto say = [&](const std::string& hex, std::uint16_t from = callers_rtcp) {
    scene.tap.handle(rtcp(hex, from), now_us += second);
    return scene.tap.lines("correlate");
  };
  say(implausible);
  say(sound);
  say(implausible);
  CHECK(say(implausible) == "-rtcp_implausible:3 rtcp_sent:1");
  CHECK(say(sound) == "-rtcp_implausible:3 -rtcp_suspect:1 rtcp_sent:1");
  CHECK(say(sound, callers_rtcp - 1) == "-rtcp_implausible:3 -rtcp_suspect:1 rtcp_sent:2");
}

TEST_CASE("of too many that would wait the last ones are dropped") {
  Scene scene;
  for (std::uint16_t i = 0; i < RtcpReports::max_waiting + 3; ++i) {
    scene.tap.handle(rtcp(sender_report, static_cast<std::uint16_t>(10'000 + i)), i);
  }
  CHECK(scene.tap.stage("correlate").held == RtcpReports::max_waiting);
  CHECK(scene.tap.lines("correlate") == "-rtcp_crowded_out:3 =held:256");
}

TEST_CASE("reports are sent without allocating") {
  Scene scene;
  scene.tap.handle(sip(offer("one@a", callers_rtcp - 1)));
  const Frame report = rtcp(sender_report);
  const Frame stray = rtcp(sender_report, 10'000);
  scene.tap.pass(report, second);
  const AllocationCounter counter;
  for (int i = 2; i < 12; ++i) {
    scene.tap.pass(report, i * second);
    scene.tap.pass(stray, i * second);
  }
  CHECK(counter.count() == 0);
}

TEST_CASE("without media calls RTCP is counted and dropped") {
  PipelineTap tap;
  tap.handle(rtcp(sender_report));
  CHECK(tap.texts.empty());
  CHECK(tap.stage("correlate").name.empty());
  CHECK_THAT(tap.lines("classify"), Catch::Contains("-rtcp:1"));
}

TEST_CASE("a report of no call goes on under its addresses when it is asked for") {
  MediaCalls media({.max_calls = 64});
  PipelineTap tap({.send_unmatched_rtcp = true}, &media);
  const std::string id = "unmatched-192.0.2.10:4001-198.51.100.20:5001";
  tap.handle(rtcp(sender_report), 0);
  CHECK(tap.lines("correlate") == "=held:1");
  tap.finish();
  CHECK(tap.correlation_ids == std::vector<std::string>{id});
  CHECK(tap.times.front() == 0);
  CHECK(tap.lines("correlate") == "rtcp_sent_unmatched:1");
}

TEST_CASE("both directions of no call go on under one id, over IPv6 as well") {
  MediaCalls media({.max_calls = 64});
  PipelineTap tap({.send_unmatched_rtcp = true}, &media);
  const Frame one = udp(from_hex(sender_report), 4001, 5001);
  tap.handle(ethernet(ipv6(one), "86dd"), 0);
  Frame back = ethernet(ipv6(udp(from_hex(sender_report), 5001, 4001)), "86dd");
  std::swap_ranges(back.begin() + 22, back.begin() + 38, back.begin() + 38);
  tap.handle(back, 0);
  tap.finish();
  REQUIRE(tap.correlation_ids.size() == 2);
  CHECK(tap.correlation_ids[0] == "unmatched-[2001:db8::1]:4001-[2001:db8::2]:5001");
  CHECK(tap.correlation_ids[1] == tap.correlation_ids[0]);
}

TEST_CASE("what says nothing is not sent, whoever it belongs to") {
  MediaCalls media({.max_calls = 64});
  PipelineTap tap({.send_unmatched_rtcp = true}, &media);
  tap.handle(rtcp(bye));
  tap.finish();
  CHECK(tap.lines("correlate") == "-rtcp_no_report:1");
}

TEST_CASE("RTCP is dropped where only links are wanted") {
  MediaCalls media({.max_calls = 64});
  PipelineTap tap({.send_rtcp = false}, &media);
  tap.handle(sip(offer("one@a", callers_rtcp - 1)));
  tap.handle(rtcp(sender_report), second);
  CHECK(tap.texts.size() == 1);
  CHECK(tap.lines("classify") == "-rtcp:1 rtcp_sr:1");
}
