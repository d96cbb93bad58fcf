#include <catch2/catch.hpp>

#include "agent/pipeline/rtp_streams.hpp"
#include "tests/unit/agent/pipeline/rtp_scene.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr int per_second = 50;
using Kind = MediaEventKind;

const std::string events = "a=rtpmap:101 telephone-event/8000\r\n";

/// A key of 100 ms, whose last packet is sent three times.
void press(RtpScene& scene, Sender& sender, const std::string& code) {
  const Sender voice = sender;
  sender.payload_type = 101;
  for (const char* rest : {"0a00a0", "0a0140", "8a0320", "8a0320", "8a0320"}) {
    sender.payload_hex = code + rest;
    sender.timestamp = voice.timestamp;
    scene.talk(sender, 1);
  }
  sender.payload_type = voice.payload_type;
  sender.payload_hex = voice.payload_hex;
  sender.timestamp = voice.timestamp + 800;
}

}  // namespace

TEST_CASE("a codec that was agreed on anew is a change, and nothing is wrong with it") {
  RtpScene scene;
  scene.invite(RtpScene::sdp(false, "0"), RtpScene::sdp(true, "0"));
  Sender from_caller;
  scene.talk(from_caller, per_second);
  scene.invite(RtpScene::sdp(false, "8"), RtpScene::sdp(true, "8"));
  scene.now_us += RtpScene::second / 2;
  from_caller.payload_type = 8;
  scene.talk(from_caller, per_second);
  scene.tap.finish();
  REQUIRE(scene.heard.all(Kind::codec_changed).size() == 1);
  CHECK(scene.heard.all(Kind::codec_changed)[0].detail == 8);
  CHECK(scene.heard.all(Kind::codec_changed)[0].call_id == "call@a");
  CHECK(scene.heard.all(Kind::codec_not_in_sdp).empty());
  CHECK(scene.heard.finals().at(0).codec == "PCMA");
}

TEST_CASE("a codec that SDP does not have is told once") {
  RtpScene scene;
  scene.invite(RtpScene::sdp(false, "0"), RtpScene::sdp(true, "0"));
  Sender from_caller{.payload_type = 18};
  scene.talk(from_caller, 12 * per_second);
  scene.tap.finish();
  REQUIRE(scene.heard.all(Kind::codec_not_in_sdp).size() == 1);
  CHECK(scene.heard.all(Kind::codec_not_in_sdp)[0].detail == 18);
}

TEST_CASE("keys are told one by one, and which only when they may be shown") {
  const bool shows = GENERATE(false, true);
  RtpScene scene({.shows_digits = shows});
  scene.invite(RtpScene::sdp(false, "0 101", events), RtpScene::sdp(true, "0 101", events));
  Sender from_caller;
  scene.talk(from_caller, per_second);
  press(scene, from_caller, "05");
  press(scene, from_caller, "0b");
  scene.talk(from_caller, per_second);
  const auto keys = scene.heard.all(Kind::dtmf);
  REQUIRE(keys.size() == 2);
  CHECK(keys[0].digit == (shows ? '5' : '\0'));
  CHECK(keys[1].digit == (shows ? '#' : '\0'));
  CHECK(keys[1].detail == 2);
  for (const std::string& sent : scene.tap.texts) CHECK(sent.find("digit") == std::string::npos);
}

TEST_CASE("what is encrypted tells no keys") {
  RtpScene scene({.shows_digits = true});
  scene.invite(RtpScene::sdp(false, "0 101", events, "RTP/SAVP"),
               RtpScene::sdp(true, "0 101", events, "RTP/SAVP"));
  Sender from_caller;
  scene.talk(from_caller, per_second);
  press(scene, from_caller, "05");
  scene.tap.finish();
  CHECK(scene.heard.all(Kind::dtmf).empty());
  CHECK(scene.heard.finals().at(0).report.is_srtp);
}

TEST_CASE("a pause is a gap, unless its direction is on hold") {
  const bool is_held = GENERATE(false, true);
  RtpScene scene;
  scene.invite();
  Sender from_caller;
  scene.talk(from_caller, per_second);
  if (is_held) {
    scene.invite(RtpScene::sdp(false, "0 8", "a=recvonly\r\n"),
                 RtpScene::sdp(true, "0 8", "a=sendonly\r\n"));
  }
  scene.wait(4);
  scene.talk(from_caller, per_second);
  const auto gaps = scene.heard.all(Kind::media_gap);
  CHECK(gaps.size() == (is_held ? 0 : 1));
  if (!is_held) CHECK(gaps[0].detail >= 4000);
}

TEST_CASE("a new source between the same addresses is told with the stream that it begins") {
  RtpScene scene;
  scene.invite();
  Sender from_caller, later{.ssrc = 9};
  scene.talk(from_caller, per_second);
  scene.talk(later, per_second);
  REQUIRE(scene.heard.all(Kind::ssrc_changed).size() == 1);
  scene.tap.finish();
  CHECK_THAT(scene.tap.texts.back(), Catch::Contains("\"SSRC_CHG\":1"));
}

TEST_CASE("a sender that begins again is told") {
  RtpScene scene;
  scene.invite();
  Sender from_caller;
  scene.talk(from_caller, per_second);
  from_caller.sequence = 40'000;
  scene.talk(from_caller, per_second);
  CHECK(scene.heard.all(Kind::restarted).size() == 1);
}

TEST_CASE("one direction alone is one-way audio ten seconds after the answer") {
  RtpScene scene;
  scene.invite();
  Sender from_caller;
  scene.talk(from_caller, 9 * per_second);
  CHECK(scene.heard.all(Kind::one_way_audio).empty());
  scene.talk(from_caller, 20 * per_second);
  REQUIRE(scene.heard.all(Kind::one_way_audio).size() == 1);
  CHECK(scene.heard.all(Kind::one_way_audio)[0].sender == MediaParty::caller);
  scene.tap.finish();
  CHECK_THAT(scene.tap.texts.back(), Catch::Contains("\"ONE_WAY_RTP\":1"));
}

TEST_CASE("one direction alone is right where SDP says so") {
  RtpScene scene;
  scene.invite(RtpScene::sdp(false, "0", "a=sendonly\r\n"),
               RtpScene::sdp(true, "0", "a=recvonly\r\n"));
  Sender from_caller;
  scene.talk(from_caller, 70 * per_second);
  scene.tap.finish();
  CHECK(scene.heard.events.empty());
}

TEST_CASE("a party that falls silent for a minute is told once, unless it is on hold") {
  const bool is_held = GENERATE(false, true);
  RtpScene scene;
  scene.invite();
  Sender from_caller, from_callee = callee_of(from_caller);
  scene.talk(from_caller, from_callee, per_second);
  if (is_held) {
    scene.invite(RtpScene::sdp(false, "0 8", "a=sendonly\r\n"),
                 RtpScene::sdp(true, "0 8", "a=recvonly\r\n"));
  }
  scene.talk(from_caller, 80 * per_second);
  const auto silent = scene.heard.all(Kind::media_timeout);
  REQUIRE(silent.size() == (is_held ? 0 : 1));
  if (!is_held) CHECK(silent[0].sender == MediaParty::callee);
}

TEST_CASE("media that begin long after the answer are late") {
  RtpScene scene;
  scene.invite();
  Sender from_caller, from_callee = callee_of(from_caller);
  scene.now_us += 3 * RtpScene::second;
  scene.talk(from_caller, from_callee, 6 * per_second);
  const auto late = scene.heard.all(Kind::late_media);
  REQUIRE(late.size() == 2);
  CHECK(late[0].detail == Approx(3020).margin(30));
}

TEST_CASE("who may send later than the answer is late behind what lets him") {
  const int silent_s = GENERATE(0, 3);
  RtpScene scene;
  scene.invite(RtpScene::sdp(false, "0 8", "a=sendonly\r\n"),
               RtpScene::sdp(true, "0 8", "a=recvonly\r\n"));
  Sender from_caller, from_callee = callee_of(from_caller);
  scene.talk(from_caller, 20 * per_second);
  scene.invite();
  scene.talk(from_caller, silent_s * per_second);
  scene.talk(from_caller, from_callee, 8 * per_second);
  const auto late = scene.heard.all(Kind::late_media);
  REQUIRE(late.size() == (silent_s == 0 ? 0 : 1));
  if (!late.empty()) CHECK(late[0].detail == Approx(3020).margin(30));
  CHECK(scene.heard.all(Kind::one_way_audio).empty());
}

TEST_CASE("media that come back after a long hold are neither late nor missing") {
  RtpScene scene;
  scene.invite();
  Sender from_caller, from_callee = callee_of(from_caller);
  scene.talk(from_caller, from_callee, 2 * per_second);
  scene.invite(RtpScene::sdp(false, "0 8", "a=inactive\r\n"),
               RtpScene::sdp(true, "0 8", "a=inactive\r\n"));
  scene.wait(200);
  scene.invite();
  scene.talk(from_caller, per_second / 2);
  scene.talk(from_caller, from_callee, 8 * per_second);
  CHECK(scene.heard.all(Kind::late_media).empty());
  CHECK(scene.heard.all(Kind::media_timeout).empty());
  CHECK(scene.heard.all(Kind::one_way_audio).empty());
}

TEST_CASE("an offer that lets nothing more flow excuses nobody who is late") {
  RtpScene scene;
  scene.invite();
  Sender from_caller, from_callee = callee_of(from_caller);
  scene.talk(from_caller, 20 * per_second);
  scene.invite(RtpScene::sdp(false, "8"), RtpScene::sdp(true, "8"));
  scene.talk(from_caller, from_callee, 8 * per_second);
  CHECK(scene.heard.all(Kind::late_media).size() == 1);
}

TEST_CASE("media that go on after BYE are told") {
  RtpScene scene;
  scene.invite();
  Sender from_caller, from_callee = callee_of(from_caller);
  scene.talk(from_caller, from_callee, 2 * per_second);
  scene.bye();
  scene.talk(from_caller, 8 * per_second);
  scene.tap.finish();
  const auto after = scene.heard.all(Kind::media_after_bye);
  REQUIRE(after.size() == 1);
  CHECK(after[0].sender == MediaParty::caller);
  CHECK(after[0].detail > 2000);
}

TEST_CASE("a call with a few packets of one direction had no audio") {
  RtpScene scene;
  scene.invite();
  Sender from_caller;
  scene.talk(from_caller, 3);
  scene.bye();
  scene.wait(9);
  CHECK(scene.heard.all(Kind::no_audio).size() == 1);
}

TEST_CASE("one-way audio of few packets is no lack of audio when the call is over") {
  RtpScene scene;
  scene.invite();
  Sender from_caller;
  scene.talk(from_caller, 3);
  scene.wait(16);
  scene.bye();
  scene.wait(9);
  CHECK(scene.heard.all(Kind::one_way_audio).size() == 1);
  CHECK(scene.heard.all(Kind::no_audio).empty());
  scene.tap.finish();
  CHECK_THAT(scene.tap.texts.back(), Catch::Contains("\"ONE_WAY_RTP\":1"));
}

TEST_CASE("one-way audio that was mended is told, and so is who is heard now") {
  const int packets_back = GENERATE(3, 50);
  RtpScene scene;
  scene.invite();
  Sender from_caller, from_callee = callee_of(from_caller);
  scene.talk(from_caller, 16 * per_second);
  scene.talk(from_caller, from_callee, packets_back);
  scene.talk(from_caller, 6 * per_second);
  scene.bye();
  scene.wait(9);
  scene.tap.finish();
  CHECK(scene.heard.all(Kind::one_way_audio).size() == 1);
  CHECK(scene.heard.all(Kind::no_audio).empty());
  const auto mended = scene.heard.all(Kind::two_way_audio);
  REQUIRE(mended.size() == (packets_back == 3 ? 0 : 1));
  if (!mended.empty()) CHECK(mended[0].sender == MediaParty::callee);
  const std::string want = mended.empty() ? "\"ONE_WAY_RTP\":1" : "\"ONE_WAY_RTP\":0";
  CHECK_THAT(scene.tap.texts.back(), Catch::Contains(want));
}

TEST_CASE("what comes after the end of a call changes nothing of how its audio was") {
  RtpScene scene;
  scene.invite();
  Sender from_caller;
  scene.talk(from_caller, 3);
  scene.bye();
  scene.wait(6);
  scene.talk(from_caller, 8 * per_second);
  CHECK(scene.heard.all(Kind::no_audio).size() == 1);
  CHECK(scene.heard.all(Kind::one_way_audio).empty());
}
