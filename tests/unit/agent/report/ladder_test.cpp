#include "agent/report/ladder.hpp"

#include <catch2/catch.hpp>

#include "tests/support/ladder_talk.hpp"

using namespace heptap;
using namespace heptap::test;

TEST_CASE("a ladder takes the messages of its Call-ID alone") {
  Ladder ladder("c1");
  say(ladder, {.time_ms = 20, .from_caller = false, .status = 180, .method = "INVITE"});
  say(ladder, {.time_ms = 10, .method = "INVITE"});
  say(ladder, {.method = "INVITE", .call_id = "c2"});
  say(ladder, {.method = "INVITE", .call_id = "C1"});
  const auto arrows = ladder.arrows();
  REQUIRE(arrows.size() == 2);
  CHECK(arrows[0].label == "INVITE");
  CHECK(arrows[1].label == "180 Reason");
  CHECK(arrows[0].from == arrows[1].to);
  CHECK(ladder.hosts().size() == 2);
}

TEST_CASE("a message that is sent again says so, and a response of the same text is none") {
  Ladder ladder("c1");
  for (int copy = 0; copy < 2; ++copy) say(ladder, {.time_ms = copy, .method = "INVITE"});
  say(ladder, {.time_ms = 3, .from_caller = false, .method = "INVITE"});
  const auto arrows = ladder.arrows();
  CHECK_FALSE(arrows[0].is_sent_again);
  CHECK(arrows[1].is_sent_again);
  CHECK_FALSE(arrows[2].is_sent_again);
}

TEST_CASE("a label has the media of SDP with the codec that is preferred") {
  struct Row {
    std::string lines;
    std::string want;
  };
  const auto row = GENERATE(values<Row>({
      {"m=audio 4000 RTP/AVP 8 0\r\n", "INVITE (audio PCMA)"},
      {"m=audio 4000 RTP/AVP 96 0\r\na=rtpmap:96 opus/48000/2\r\n", "INVITE (audio opus)"},
      {"m=audio 4000 RTP/AVP 96\r\n", "INVITE (audio 96)"},
      {"m=audio 4000 RTP/AVP 0\r\na=sendonly\r\nm=video 0 RTP/AVP 31\r\n",
       "INVITE (audio PCMU sendonly, video refused)"},
      {"m=image 4000 udptl t38\r\n", "INVITE (image)"},
      {"a=\x1b[2J\r\n", "INVITE (SDP)"},
      {"m=audio\x1b]0;x\x07 4000 RTP/AVP 0\r\n", "INVITE (audio.]0;x. PCMU)"},
  }));
  CAPTURE(row.lines);
  Ladder ladder("c1");
  say(ladder, with_sdp(row.lines));
  CHECK(ladder.arrows()[0].label == row.want);
}

TEST_CASE("hostile text neither reaches the terminal nor grows") {
  Ladder ladder("c1");
  answer(ladder, "\x1b[31mOK\xff");
  answer(ladder, std::string(5000, 'M'));
  std::string lines;
  for (int media = 0; media < 32; ++media) lines += "m=audio 4000 RTP/AVP 0\r\n";
  say(ladder, with_sdp(lines));
  CHECK(ladder.arrows()[0].label == "200 .[31mOK.");
  for (const LadderArrow& arrow : ladder.arrows()) {
    CHECK(arrow.label.find('\x1b') == std::string::npos);
    CHECK(arrow.label.size() <= Ladder::max_label_characters + 2);
  }
}

TEST_CASE("messages and hosts above the bounds are counted, and not drawn") {
  Ladder ladder("c1");
  for (std::uint8_t hop = 0; hop < 11; ++hop) say(ladder, {.method = "INVITE", .hop = hop});
  CHECK(ladder.hosts().size() == Ladder::max_hosts);
  CHECK(ladder.not_drawn() == 1);
  for (std::size_t i = 10; i < Ladder::max_arrows + 5; ++i) say(ladder, {.method = "OPTIONS"});
  CHECK(ladder.arrows().size() == Ladder::max_arrows);
  CHECK(ladder.not_drawn() == 6);
}
