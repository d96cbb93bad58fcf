#include "agent/pipeline/rtcp_reports.hpp"
#include "tests/support/allocation_counter.hpp"
#include "tests/support/rtcp_json_rules.hpp"
#include "tests/support/vectors.hpp"
#include "tests/unit/agent/pipeline/rtp_scene.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr std::int64_t second = 1'000'000;

const std::string sound = "81c90007 55667788 11223344 00000000 00000000 00000080 00000000 00000000";
const std::string bye_with_trailer = "81cb0001 55667788 00000001 3c47e646aec87fd8c625";
const std::string feedback_encrypted = "81cd0002 55667788 f892fa42 80000009 3c47e646aec87fd8c625";

std::string vector_of(const std::string& file, const std::string& id) {
  return std::string(vectors(file).at(id).as_string());
}
std::string srtcp(const std::string& id) { return vector_of("srtcp_vectors.json", id); }
std::string rtcp(const std::string& id) { return vector_of("rtcp_vectors.json", id); }

class Listener : public MediaObserver {
 public:
  void on_stream(const StreamReport&) noexcept override {}
  void on_event(const MediaEventReport&) noexcept override {}
  void on_reception(const ReceptionReport&) noexcept override { ++receptions; }
  void on_phone_report(const PhoneReport&) noexcept override {}
  void on_srtcp(const SrtcpReport& report) noexcept override {
    packets += report.packets;
    lost += report.lost;
  }

  std::uint32_t receptions = 0;
  std::uint32_t packets = 0;
  std::uint32_t lost = 0;
};

/// A call between the addresses that ipv4() has, whose caller sends reports.
struct Scene {
  explicit Scene(const std::string& profile, const std::string& lines = "")
      : tap({}, &media, &listener) {
    say({.start = "INVITE", .body = RtpScene::sdp(false, "0", lines, profile)});
    say({.start = "200 INVITE", .body = RtpScene::sdp(true, "0", lines, profile), .to_tag = "b"});
  }

  void say(const Talk& talk) {
    tap.handle(ethernet(ipv4(udp(text(text_of(talk))))), now_us += second);
  }
  void report(const std::string& hex, std::uint16_t from = 4001) {
    const auto to = static_cast<std::uint16_t>(from + 1000);
    tap.handle(ethernet(ipv4(udp(from_hex(hex), from, to))), now_us += second);
  }
  /// gives     what was sent beside the SIP
  [[nodiscard]] std::vector<std::string> sent() const {
    return {tap.texts.begin() + 2, tap.texts.end()};
  }
  [[nodiscard]] std::string fates() const { return tap.lines("correlate"); }

  MediaCalls media{{.max_calls = 64}};
  Listener listener;
  PipelineTap tap;
  std::int64_t now_us = 0;
};

}  // namespace

TEST_CASE("of SRTCP only what is not encrypted is sent, and all of it is counted") {
  Scene scene("RTP/SAVP");
  for (const char* const id : {"S01", "S02", "S03", "S04", "S05"}) scene.report(srtcp(id));
  CHECK(scene.fates() == "-rtcp_encrypted:4 rtcp_sent:1");
  CHECK(scene.tap.lines("classify") == "srtcp:5");
  Scene plain("RTP/AVP");
  plain.report(rtcp("R01"));
  REQUIRE(scene.sent().size() == 1);
  CHECK(scene.sent() == plain.sent());  // S03 is R01 with a trailer
  CHECK(rtcp_json_faults(scene.sent()[0]).empty());
  CHECK(scene.listener.packets == 5);
  CHECK(scene.listener.lost == 2);  // 2 of one source, 3 of the other
  CHECK(scene.listener.receptions == plain.listener.receptions);
}

TEST_CASE("nothing goes out as clear where SDP says that it is encrypted") {
  Scene scene("UDP/TLS/RTP/SAVPF");
  scene.report(rtcp("R01"));
  scene.report(sound);
  CHECK(scene.fates() == "-rtcp_encrypted:2");
  CHECK(scene.sent().empty());
  CHECK(scene.listener.receptions == 0);
}

TEST_CASE("with UNENCRYPTED_SRTCP plain reports are sent, with a trailer and without") {
  Scene scene("RTP/SAVP", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x UNENCRYPTED_SRTCP\r\n");
  scene.report(srtcp("S03"));
  scene.report(sound);
  scene.report(srtcp("S01"));
  CHECK(scene.fates() == "-rtcp_encrypted:1 rtcp_sent:2");
}

TEST_CASE("without SDP's word SRTCP is unproven, until its index grows") {
  Scene scene("RTP/AVP");
  scene.report(srtcp("S01"));
  CHECK(scene.fates() == "-rtcp_unproven:1");
  CHECK(scene.listener.packets == 0);
  scene.report(srtcp("S03"));  // the same source, two later, in clear
  CHECK(scene.fates() == "-rtcp_unproven:1 rtcp_sent:1");
  CHECK(scene.listener.packets == 2);
}

TEST_CASE("the source of SRTCP is learned, whatever its first packet is") {
  Scene scene("RTP/SAVP");
  const std::string hex = GENERATE(as<std::string>{}, feedback_encrypted, srtcp("S02"));
  CAPTURE(hex);
  scene.report(hex);
  CHECK(scene.media.counts().ssrcs == 1);
}

TEST_CASE("SRTCP of no call says nothing, and does not wait") {
  Scene scene("RTP/SAVP");
  scene.report(srtcp("S01"), 9000);
  CHECK(scene.fates() == "-rtcp_unknown_address:1");
}

TEST_CASE("SRTCP of no call is recognised where reports of no call are sent") {
  MediaCalls media({.max_calls = 64});
  PipelineTap tap({.send_unmatched_rtcp = true}, &media);
  for (const char* const id : {"S01", "S03"}) {
    tap.handle(ethernet(ipv4(udp(from_hex(srtcp(id)), 4001, 5001))));
  }
  CHECK(tap.lines("correlate") == "-rtcp_unproven:1 rtcp_sent_unmatched:1");
}

TEST_CASE("goodbyes and feedback are no reports with a trailer either") {
  Scene scene("RTP/SAVP");
  scene.report(bye_with_trailer);
  scene.report(feedback_encrypted);
  CHECK(scene.fates() == "-rtcp_encrypted:1 -rtcp_no_report:1");
}

TEST_CASE("a mirror copy of SRTCP is one") {
  Scene scene("RTP/SAVP");
  const Frame frame = ethernet(ipv4(udp(from_hex(srtcp("S01")), 4001, 5001)));
  for (const std::int64_t later_us : {second, second + 10}) {
    scene.tap.handle(frame, scene.now_us + later_us);
  }
  CHECK(scene.tap.lines("duplicates") == "-mirror_copy:1");
  CHECK(scene.listener.packets == 1);
}

TEST_CASE("SRTCP is only counted where nobody asks for RTCP") {
  PipelineTap tap;
  tap.handle(ethernet(ipv4(udp(from_hex(srtcp("S01")), 4001, 5001))));
  CHECK(tap.lines("classify") == "-srtcp:1");
}

TEST_CASE("SRTCP is taken without allocating") {
  Scene scene("RTP/SAVP");
  const Frame encrypted = ethernet(ipv4(udp(from_hex(srtcp("S01")), 4001, 5001)));
  const Frame clear = ethernet(ipv4(udp(from_hex(srtcp("S03")), 4001, 5001)));
  const AllocationCounter counter;
  for (int i = 0; i < 10; ++i) {
    scene.tap.pass(encrypted, scene.now_us += second);
    scene.tap.pass(clear, scene.now_us += second);
  }
  CHECK(counter.count() == 0);
}
