#include "agent/report/lost_times.hpp"

#include <catch2/catch.hpp>

using namespace heptap;

TEST_CASE("a time counts from its first to its last microsecond") {
  LostTimes times;
  CHECK_FALSE(times.any_between(0, 1'000'000));
  times.add(100, 200);
  times.add(400, 500);
  CHECK_FALSE(times.any_between(0, 99));
  CHECK(times.any_between(0, 100));
  CHECK(times.any_between(150, 150));
  CHECK(times.any_between(200, 300));
  CHECK_FALSE(times.any_between(201, 399));
  CHECK(times.any_between(0, 1000));
  CHECK_FALSE(times.any_between(501, 1000));
}

TEST_CASE("times that touch are one, so that they fill nothing") {
  LostTimes times;
  times.add(0, 50);
  for (std::int64_t i = 10; i < 1000; ++i) times.add(i * 10, i * 10 + 10);
  CHECK_FALSE(times.any_between(51, 99));
  CHECK(times.any_between(100, 100));
  CHECK(times.any_between(9'999, 20'000));
}

TEST_CASE("what is older than all that is remembered may have been lost") {
  LostTimes times;
  const auto begin_of = [](std::size_t i) { return static_cast<std::int64_t>(i) * 100; };
  for (std::size_t i = 1; i <= LostTimes::max_count; ++i) times.add(begin_of(i), begin_of(i) + 10);
  CHECK_FALSE(times.any_between(0, 99));
  times.add(begin_of(LostTimes::max_count + 1), begin_of(LostTimes::max_count + 1) + 10);
  CHECK(times.any_between(0, 99));
  CHECK(times.any_between(110, 110));
  CHECK_FALSE(times.any_between(111, 199));
  CHECK(times.any_between(200, 200));
}

TEST_CASE("a clock that was stepped back leaves what was lost before") {
  LostTimes times;
  times.add(3'600'000, 3'600'100);
  times.add(0, 100);
  CHECK(times.any_between(50, 60));
  CHECK(times.any_between(3'600'050, 3'600'060));
  CHECK_FALSE(times.any_between(101, 3'599'999));
}
