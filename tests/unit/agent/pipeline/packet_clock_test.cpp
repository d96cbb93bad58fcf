#include "agent/pipeline/packet_clock.hpp"

#include <catch2/catch.hpp>
#include <vector>

using heptap::PacketClock;

TEST_CASE("the clock has the time of the youngest packet, and counts those far behind it") {
  struct Row {
    const char* why;
    std::vector<std::int64_t> packets;
    std::int64_t want_us;
    std::uint64_t behind;
  };
  const auto row = GENERATE(values<Row>({
      {"the first", {7}, 7, 0},
      {"the first, before 1970", {-7'000'000}, -7'000'000, 0},
      {"in order", {7, 8, 9}, 9, 0},
      {"a little disorder", {5'000'000, 4'999'999, 5'000'001}, 5'000'001, 0},
      {"a second", {5'000'000, 4'000'000}, 5'000'000, 0},
      {"more than a second", {5'000'000, 3'999'999}, 5'000'000, 1},
      {"each packet of a clock that was set, at first", {5'000'000, 1, 2, 3}, 5'000'000, 3},
      {"forward as far as it likes", {1, 1'000'000'000'000'000}, 1'000'000'000'000'000, 0},
  }));
  CAPTURE(row.why);
  PacketClock clock;
  for (const std::int64_t time_us : row.packets) {
    const std::int64_t before_us = clock.now_us();
    const std::int64_t now_us = clock.advance(time_us);
    CHECK(now_us == clock.now_us());
    CHECK(now_us >= before_us);
  }
  CHECK(clock.now_us() == row.want_us);
  CHECK(clock.behind() == row.behind);
}

TEST_CASE("another capture begins at its own time, which is no step back") {
  PacketClock clock;
  clock.advance(9'000'000);
  clock.begin_again();
  CHECK(clock.advance(1) == 1);
  CHECK(clock.behind() == 0);
}

TEST_CASE("the next file of a capture goes on with its time") {
  PacketClock clock;
  clock.advance(9'000'000);
  clock.begin_again();
  CHECK(clock.advance(8'000'000) == 9'000'000);
  CHECK(clock.advance(7'999'999) == 9'000'000);
  CHECK(clock.behind() == 1);
}

TEST_CASE("the time follows a clock that was set back") {
  constexpr std::int64_t hour_us = 3'600'000'000;
  PacketClock clock;
  clock.advance(2 * hour_us);
  std::int64_t time_us = hour_us;
  while (clock.advance(time_us) != time_us) {
    REQUIRE(clock.behind() < 1000);
    ++time_us;
  }
  CHECK(clock.behind() == 64);
  ++time_us;
  CHECK(clock.advance(time_us) == time_us);
  CHECK(clock.behind() == 64);
}

TEST_CASE("two clocks that take turns do not move the time to and fro") {
  constexpr std::int64_t hour_us = 3'600'000'000;
  PacketClock clock;
  for (std::int64_t i = 0; i < 1000; ++i) {
    CHECK(clock.advance(2 * hour_us + i) == 2 * hour_us + i);
    CHECK(clock.advance(hour_us + i) == 2 * hour_us + i);
  }
  CHECK(clock.behind() == 1000);
}

TEST_CASE("time goes on without packets, and never back") {
  PacketClock clock;
  clock.advance(5'000'000);
  clock.pass_until(7'000'000);
  CHECK(clock.now_us() == 7'000'000);
  clock.pass_until(6'000'000);
  CHECK(clock.now_us() == 7'000'000);
  CHECK(clock.advance(6'500'000) == 7'000'000);
  CHECK(clock.behind() == 0);
}
