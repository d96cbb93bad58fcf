#include "agent/report/ladder_text.hpp"

#include <catch2/catch.hpp>
#include <sstream>

#include "tests/support/ladder_talk.hpp"
#include "tests/support/media_reports.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr std::size_t columns = 100;
constexpr std::size_t wide = 1000;

void say_call(Ladder& ladder) {
  say(ladder, with_sdp("m=audio 4000 RTP/AVP 8\r\n"));
  say(ladder, with_sdp("m=audio 4000 RTP/AVP 8\r\n", {.time_ms = 500, .method = "INVITE"}));
  say(ladder, {.time_ms = 502, .from_caller = false, .status = 100, .method = "INVITE"});
  say(ladder, {.time_ms = 3000, .method = "INVITE", .hop = 1});
  say(ladder, {.time_ms = 4000, .from_caller = false, .status = 200, .method = "INVITE"});
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE("a ladder has a column a host, an arrow a message, and the time between them") {
  Ladder ladder("c1");
  say_call(ladder);
  const std::string text =
      "Call-ID c1, 2023-11-14 (UTC)\n\n"
      "                        192.0.2.10:5060           192.0.2.20:5060           192.0.3."
      "10:5060           192.0.3.20:5060\n"
      "22:13:20.000    +0.000         |- INVITE (audio PCMA) -->|                         |"
      "                         |\n"
      "22:13:20.500    +0.500         |~ INVITE (audio PCMA) ~~>|                         |"
      "                         |\n"
      "22:13:20.502    +0.002         |<------ 100 Reason ------|                         |"
      "                         |\n"
      "22:13:23.000    +2.498         |                         |                         |"
      "- INVITE --------------->|\n"
      "22:13:24.000    +1.000         |<------ 200 Reason ------|                         |"
      "                         |\n"
      "~~> sent again, to the byte\n";
  CHECK(ladder_text(ladder, nullptr, wide) == text);
  CHECK_THAT(ladder_text(ladder, nullptr, columns),
             Catch::Contains("|- INVITE (aud\xe2\x80\xa6 ->|"));
}

TEST_CASE("streams of RTP begin between the messages") {
  Ladder ladder("c1");
  say_call(ladder);
  CallMedia media;
  StreamReport report = stream_period(60, {.expected = 3250, .unique = 3240}, 4.2);
  report.figures.first_ns = (ladder_start_us + 4'020'000) * 1000;
  report.quality = voice(88.2, 4.28);
  report.flow = flow({"192.0.2.20", 4000}, {"192.0.2.10", 5000});
  append_report(media.streams, report);
  report.flow = flow({"203.0.113.9", 4000}, {"192.0.2.10", 5000});  // no host of the signalling
  append_report(media.streams, report);
  const auto lines = lines_of(ladder_text(ladder, &media, wide));
  CHECK_THAT(lines[8],
             Catch::Contains("|<") && Catch::Contains("= RTP audio PCMA 3,240 packets MOS 4.28 ="));
  CHECK(lines.size() == 10);
}

TEST_CASE("all lines of a ladder are as wide as the terminal at most, if its names fit") {
  const std::size_t width = GENERATE(90U, 100U, 140U, 1000U);
  Ladder ladder("c1");
  say_call(ladder);
  answer(ladder, std::string(200, 'M'));
  for (const std::string& line : lines_of(ladder_text(ladder, nullptr, width))) {
    CAPTURE(line);
    CHECK(line.size() <= width + 4);  // an ellipsis is three bytes, and one column
  }
}

TEST_CASE("a host that talks to itself, and one host alone, are drawn") {
  Ladder ladder("c1");
  const std::string text = text_of({.method = "OPTIONS"});
  SipView sip;
  REQUIRE(parse_sip(as_bytes(text), sip) == Errc::none);
  Packet packet = packet_of({});
  packet.destination = packet.source;
  ladder.on_message(sip, packet, ladder_start_us);
  CHECK_THAT(ladder_text(ladder, nullptr, 0), Catch::Contains("|<- OPTIONS\n"));
  say(ladder, {.time_ms = 1, .method = "INVITE"});
  CHECK_THAT(ladder_text(ladder, nullptr, 0), Catch::Contains("|<- OPTIONS"));
}

TEST_CASE("what was not drawn is said, and nothing is drawn of nothing") {
  CHECK(ladder_text(Ladder("c1"), nullptr, columns).empty());
  Ladder ladder("c1\x1b");
  CHECK(ladder_text(ladder, nullptr, columns).empty());
  Ladder many("c1");
  for (std::uint8_t hop = 0; hop < 12; ++hop) say(many, {.method = "INVITE", .hop = hop});
  CHECK_THAT(ladder_text(many, nullptr, columns), Catch::Contains("2 more messages are not drawn"));
}
