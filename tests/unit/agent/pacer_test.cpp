#include "agent/pacer.hpp"

#include <catch2/catch.hpp>
#include <limits>

using namespace heptap;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t hour_ns = std::chrono::nanoseconds(1h).count();

}  // namespace

TEST_CASE("packets are as far apart as they were captured, divided by the speed") {
  Pacer pacer(4);
  CHECK_FALSE(pacer.due(0));
  const auto first = pacer.due(hour_ns);
  const auto second = pacer.due(3 * hour_ns);
  REQUIRE(first);
  REQUIRE(second);
  CHECK(*second - *first == 30min);
}

TEST_CASE("a packet older than the first is due at once, and shifts nothing") {
  Pacer pacer(1);
  CHECK_FALSE(pacer.due(hour_ns));
  const auto before = pacer.due(2 * hour_ns);
  CHECK_FALSE(pacer.due(0));
  CHECK(pacer.due(2 * hour_ns) == before);
}

TEST_CASE("speed 0 waits for nothing") {
  Pacer pacer(0);
  CHECK_FALSE(pacer.due(0));
  CHECK_FALSE(pacer.due(hour_ns));
}

TEST_CASE("times at the ends of their range stay in the clock's") {
  Pacer pacer(0.001);
  CHECK_FALSE(pacer.due(std::numeric_limits<std::int64_t>::min()));
  const auto latest = pacer.due(std::numeric_limits<std::int64_t>::max());
  REQUIRE(latest);
  CHECK(*latest - Pacer::Clock::now() < 24h * 366 * 4);
}
