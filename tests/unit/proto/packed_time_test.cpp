#include "proto/packed_time.hpp"

#include <catch2/catch.hpp>
#include <limits>

using namespace heptap;

namespace {

constexpr std::int64_t most_us = std::numeric_limits<std::int64_t>::max() / 1000;

}  // namespace

TEST_CASE("a packed time is seven bytes, and any time of nanoseconds is in it") {
  STATIC_REQUIRE(sizeof(PackedTime) == 7);
  const std::int64_t us =
      GENERATE(as<std::int64_t>{}, 0, 1, -1, 255, 256, -256, 1'700'000'000'000'001, most_us,
               -most_us - 1, PackedTime::least, PackedTime::most);
  CHECK(std::int64_t{PackedTime(us)} == us);
}

TEST_CASE("a packed time that nobody set is 0") { CHECK(std::int64_t{PackedTime()} == 0); }

TEST_CASE("an optional time is seven bytes, and every time but none is one") {
  STATIC_REQUIRE(sizeof(OptionalTime) == 7);
  const std::int64_t us = GENERATE(as<std::int64_t>{}, 0, -1, most_us, -most_us - 1);
  CHECK(std::optional<std::int64_t>(OptionalTime(us)) == us);
  CHECK_FALSE(std::optional<std::int64_t>(OptionalTime(std::nullopt)));
  CHECK_FALSE(std::optional<std::int64_t>(OptionalTime()));
}

TEST_CASE(
    "a near time is four bytes, and known up to an hour before another and four minutes behind") {
  STATIC_REQUIRE(sizeof(NearTime) == 4);
  constexpr std::int64_t minute = 60'000'000;
  const std::int64_t other = GENERATE(as<std::int64_t>{}, 0, -1, 1'700'000'000'000'001, most_us / 2,
                                      (std::int64_t{1} << 32U) - 1);
  const std::int64_t away = GENERATE(as<std::int64_t>{}, 0, 1, -1, -61 * minute, 4 * minute);
  CHECK(NearTime(other + away).near(other) == other + away);
}

TEST_CASE("what is far away from another time is taken for something near it") {
  constexpr std::int64_t hour = 3'600'000'000;
  const std::int64_t far_us = GENERATE(as<std::int64_t>{}, 2 * hour, -2 * hour, most_us, -most_us);
  const std::int64_t got = NearTime(far_us).near(0);
  CHECK(got > -hour - hour / 4);
  CHECK(got < hour / 12);
}
