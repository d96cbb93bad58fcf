#include "proto/packed_time.hpp"

#include <catch2/catch.hpp>
#include <limits>

using namespace heptap;

namespace {

constexpr std::int64_t most_us = std::numeric_limits<std::int64_t>::max() / 1000;

}  // namespace

TEST_CASE("a packed time is seven bytes, and any time of nanoseconds is in it") {
  STATIC_REQUIRE(sizeof(PackedTime) == 7);
  const std::int64_t us = GENERATE(as<std::int64_t>{}, 0, 1, -1, 255, 256, -256,
                                   1'700'000'000'000'001, most_us, -most_us - 1);
  CHECK(std::int64_t{PackedTime(us)} == us);
}

TEST_CASE("a packed time that nobody set is 0") { CHECK(std::int64_t{PackedTime()} == 0); }
