#include "proto/rtp/jitter.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

using namespace heptap;

namespace {

constexpr std::int64_t ms = 1'000'000;

/// Packets of 20 ms at 8 kHz that come `late_ms` late.
RtpJitter after(const std::vector<double>& late_ms) {
  RtpJitter out;
  out.set_clock(8000);
  std::uint32_t i = 0;
  for (const double late : late_ms) {
    out.add(16000 + 160 * i, static_cast<std::int64_t>((20.0 * i + late) * 1e6));
    ++i;
  }
  return out;
}

}  // namespace

TEST_CASE("packets at their pace have no jitter") {
  const RtpJitter got = after({0, 0, 0, 0});
  CHECK(got.last_ms() == 0);
  CHECK(got.total().count == 3);
  CHECK(got.usual_step() == 160);
}

TEST_CASE("every second packet late is a sixteenth more of what is left to it") {
  std::vector<double> late;
  late.reserve(100);
  for (int i = 0; i < 100; ++i) late.push_back(i % 2 == 0 ? 0 : 10);
  const RtpJitter got = after(late);
  CHECK(got.last_ms() == Approx(10 * (1 - std::pow(15.0 / 16, 99))));
  CHECK(got.total().max == Approx(got.last_ms()));
}

TEST_CASE("a first packet, and the first behind a restart, have nothing to be compared with") {
  RtpJitter jitter = after({0, 0});
  jitter.restart();
  jitter.add(4'000'000, 100 * ms);
  CHECK(jitter.total().count == 1);
  jitter.add(4'000'160, 120 * ms);
  CHECK(jitter.total().count == 2);
  CHECK(jitter.last_ms() == 0);
}

TEST_CASE("another clock has nothing to be compared with, the same one goes on") {
  RtpJitter jitter = after({0, 0});
  jitter.set_clock(8000);
  jitter.add(16320, 40 * ms);
  CHECK(jitter.total().count == 2);
  jitter.set_clock(16000);
  jitter.add(16480, 60 * ms);
  CHECK(jitter.total().count == 2);
  jitter.add(16800, 80 * ms);
  CHECK(jitter.total().count == 3);
  CHECK(jitter.last_ms() == 0);
}

TEST_CASE("without a clock there is no jitter") {
  RtpJitter jitter;
  jitter.add(0, 0);
  jitter.add(1000, 1);
  CHECK(jitter.total().count == 0);
  CHECK(jitter.last_ms() == 0);
}

TEST_CASE("timestamps wrap, and may go back") {
  RtpJitter jitter;
  jitter.set_clock(8000);
  jitter.add(0xffffff60, 0);
  jitter.add(0, 20 * ms);
  jitter.add(0xffffff60, 40 * ms);
  CHECK(jitter.last_ms() == 40.0 / 16);
}

TEST_CASE("skew is how far the timestamps are ahead, and the farthest of it is kept") {
  const RtpJitter got = after({0, 5, 12, 3, -4});
  CHECK(got.skew_ms() == Approx(4));
  CHECK(got.max_skew_ms() == Approx(-12));
}

TEST_CASE("a period has mean and maximum of its own, the total has all") {
  RtpJitter jitter = after({0, 16, 0});
  const MeanAndMax first = jitter.take_period();
  CHECK(first.count == 2);
  CHECK(first.mean() == Approx((1 + 31.0 / 16) / 2));
  CHECK(jitter.take_period().mean() == 0);
  jitter.add(16000 + 3 * 160, 60 * ms);
  CHECK(jitter.take_period().count == 1);
  CHECK(jitter.total().count == 3);
  CHECK(jitter.total().max == first.max);
}

TEST_CASE("the usual step is that of most packets") {
  RtpJitter jitter;
  jitter.set_clock(8000);
  std::uint32_t timestamp = 0;
  for (int i = 0; i < 40; ++i) {
    timestamp += i % 3 == 0 ? 320 : 160;
    jitter.add(timestamp, 0);
  }
  CHECK(jitter.usual_step() == 160);
}

TEST_CASE("a clock that is not known is estimated by time and timestamps") {
  struct Row {
    double hz;
    std::uint32_t want;
  };
  const auto row = GENERATE(values<Row>({{8000, 8000},
                                         {8200, 8000},
                                         {8300, 0},
                                         {16000, 16000},
                                         {32000, 32000},
                                         {44100, 44100},
                                         {46000, 0},
                                         {48000, 48000},
                                         {90000, 90000},
                                         {1000, 0}}));
  CAPTURE(row.hz);
  RtpJitter jitter;
  CHECK_FALSE(jitter.estimate_clock(77, 5 * ms));
  CHECK_FALSE(jitter.estimate_clock(78, 1004 * ms));
  CHECK(jitter.estimate_clock(77 + static_cast<std::uint32_t>(row.hz), 1005 * ms) == row.want);
}

TEST_CASE("any times and timestamps give numbers") {
  constexpr auto least = std::numeric_limits<std::int64_t>::min();
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  RtpJitter jitter;
  jitter.set_clock(1);
  for (const std::int64_t time : {least, most, least, std::int64_t{0}, most}) {
    for (const std::uint32_t timestamp : {0U, 0x80000000U, 0xffffffffU}) {
      jitter.add(timestamp, time);
      CHECK(std::isfinite(jitter.last_ms()));
      CHECK(std::isfinite(jitter.total().mean()));
      CHECK(std::isfinite(jitter.max_skew_ms()));
      CHECK(jitter.estimate_clock(timestamp + 1, time).value_or(0) == 0);
    }
  }
}

TEST_CASE("timestamps that begin anew are no jitter") {
  RtpJitter jitter;
  jitter.set_clock(8000);
  const auto packet = [&](std::uint32_t timestamp, int number) {
    jitter.add(timestamp, std::int64_t{number} * 20'000'000);
  };
  packet(3'000'000'000, 0);
  for (int i = 1; i < 100; ++i) packet(static_cast<std::uint32_t>(i * 160), i);
  packet(100 * 160 + 80'000, 100);
  CHECK(jitter.total().max < 0.001F);
  CHECK(jitter.total().count == 98);
  packet(101 * 160 + 80'000 + 79'999, 101);  // ten seconds less one tick
  CHECK(jitter.total().max > 600);
}
