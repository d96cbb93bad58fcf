#include "proto/rtp/media_events.hpp"

#include <catch2/catch.hpp>
#include <limits>

using namespace heptap;

namespace {

constexpr std::int64_t second = 1'000'000'000;

MediaDirection heard(std::uint64_t packets, std::int64_t first_s = 0, std::int64_t last_s = 0) {
  return {.packets = packets, .first_ns = first_s * second, .last_ns = last_s * second};
}

}  // namespace

TEST_CASE("media times out more than a minute behind the last packet or the answer") {
  struct Row {
    const char* why;
    MediaDirection direction;
    std::int64_t answered_s;
    std::int64_t now_ns;
    bool want;
  };
  MediaDirection held = heard(5, 100, 110);
  held.is_expected = false;
  MediaDirection with_silence = heard(5, 100, 110);
  with_silence.has_comfort_noise = true;
  const std::vector<Row> rows{
      {"exactly a minute", heard(5, 100, 110), 100, 170 * second, false},
      {"longer than a minute", heard(5, 100, 110), 100, 170 * second + 1, true},
      {"nothing since the answer", heard(0), 100, 161 * second, true},
      {"early media, then an answer", heard(5, 50, 60), 100, 150 * second, false},
      {"held", held, 100, 999 * second, false},
      {"silence was announced", with_silence, 100, 999 * second, false},
      {"a time before the answer", heard(0), 100, 0, false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.why);
    CHECK(is_media_timeout(row.direction, row.answered_s * second, row.now_ns) == row.want);
  }
}

TEST_CASE("audio is one-way when ten seconds behind the ACK one side has had none") {
  const auto at = [](const MediaDirection& one, const MediaDirection& other, std::int64_t now_s) {
    return media_presence(one, other, 100 * second, now_s * second);
  };
  CHECK(at(heard(1), heard(0), 109) == MediaPresence::unknown);
  CHECK(at(heard(1), heard(0), 110) == MediaPresence::one_way);
  CHECK(at(heard(0), heard(1), 110) == MediaPresence::one_way);
  CHECK(at(heard(0), heard(0), 109) == MediaPresence::unknown);
  CHECK(at(heard(0), heard(0), 110) == MediaPresence::none);
  CHECK(at(heard(1), heard(1), 101) == MediaPresence::both);
  MediaDirection held = heard(0);
  held.is_expected = false;
  CHECK(at(heard(1), held, 200) == MediaPresence::unknown);
  CHECK(final_media_presence(heard(1), held) == MediaPresence::unknown);
}

TEST_CASE("when the call is over a few packets are none") {
  CHECK(final_media_presence(heard(500), heard(4)) == MediaPresence::one_way);
  CHECK(final_media_presence(heard(500), heard(5)) == MediaPresence::both);
  CHECK(final_media_presence(heard(4), heard(4)) == MediaPresence::none);
}

TEST_CASE("media may begin a second behind the answer and end two behind BYE") {
  CHECK_FALSE(is_late_media(heard(1, 101), 100 * second));
  CHECK(is_late_media(heard(1, 102), 100 * second));
  CHECK_FALSE(is_late_media(heard(1, 50), 100 * second));
  CHECK_FALSE(is_late_media(heard(0), -100 * second));
  CHECK_FALSE(is_media_after_bye(heard(9, 0, 102), 100 * second));
  CHECK(is_media_after_bye(heard(9, 0, 103), 100 * second));
  CHECK_FALSE(is_media_after_bye(heard(0), -100 * second));
}

TEST_CASE("a stream is idle after half a minute") {
  CHECK_FALSE(is_rtp_idle(100 * second, 130 * second - 1));
  CHECK(is_rtp_idle(100 * second, 130 * second));
  CHECK_FALSE(is_rtp_idle(100 * second, 0));
}

TEST_CASE("times may be as far from each other as they can") {
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  CHECK(is_rtp_idle(least, most));
  CHECK_FALSE(is_rtp_idle(most, least));
  CHECK(is_media_timeout(heard(0), least, most));
}
