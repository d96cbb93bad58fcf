#include "proto/rtp/arrival.hpp"

#include <catch2/catch.hpp>
#include <limits>

using namespace heptap;

namespace {

constexpr std::int64_t ms = 1'000'000;

}  // namespace

TEST_CASE("times between packets have mean and maximum, with pauses and without") {
  RtpArrivals arrivals;
  arrivals.begin(100 * ms);
  arrivals.add(120 * ms, true);
  arrivals.add(1120 * ms, false);
  arrivals.add(1160 * ms + 499, true);
  CHECK(arrivals.total(3).mean_ms == Approx(1060.0 / 3));
  CHECK(arrivals.total(3).max_ms == 1000);
  CHECK(arrivals.total(3).max_talk_ms == 40);
  CHECK(arrivals.first_ns() == 100 * ms);
  CHECK(arrivals.last_ns() == 1160 * ms + 499);
}

TEST_CASE("a period begins with the last packet of the one before") {
  RtpArrivals arrivals;
  arrivals.begin(0);
  arrivals.add(60 * ms, true);
  CHECK(arrivals.take_period(1, true).mean_ms == 60);
  arrivals.add(80 * ms, true);
  arrivals.add(120 * ms, true);
  const DeltaFigures period = arrivals.take_period(2, false);
  CHECK(period.mean_ms == 30);
  CHECK(period.max_ms == 40);
  CHECK(arrivals.take_period(0, false).mean_ms == 0);
  CHECK(arrivals.total(3).max_ms == 60);
}

TEST_CASE("one packet has no time between packets") {
  RtpArrivals arrivals;
  arrivals.begin(5);
  CHECK(arrivals.total(0).mean_ms == 0);
  CHECK(arrivals.take_period(0, true).mean_ms == 0);
  CHECK(arrivals.total(0).mean_ms == 0);
}

TEST_CASE("times that go back, or far ahead, are held") {
  RtpArrivals arrivals;
  arrivals.begin(100 * ms);
  arrivals.add(90 * ms, true);
  CHECK(arrivals.total(1).max_ms == 0);
  CHECK(arrivals.total(1).mean_ms == 0);
  arrivals.add(std::numeric_limits<std::int64_t>::max(), true);
  CHECK(arrivals.total(2).max_ms == Approx(4294967.295));
  arrivals.add(std::numeric_limits<std::int64_t>::min(), true);
  CHECK(arrivals.total(3).mean_ms == 0);
}
