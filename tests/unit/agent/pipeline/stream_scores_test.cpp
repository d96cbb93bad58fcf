#include "agent/pipeline/stream_scores.hpp"

#include <catch2/catch.hpp>
#include <charconv>
#include <random>
#include <string>

#include "tests/support/test_random.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

/// As reports have it.
std::string printed(double value) {
  std::array<char, 32> room{};
  const auto end = std::to_chars(room.begin(), room.end(), value, std::chars_format::fixed, 3).ptr;
  return {room.begin(), end};
}

}  // namespace

TEST_CASE("scores have a mean, and the lowest and the highest of all") {
  StreamScores scores;
  CHECK(scores.count() == 0);
  CHECK(scores.mean_mos() == 0);
  scores.add(4, 90);
  scores.add(2, 40);
  scores.add(3, -12.5);
  CHECK(scores.count() == 3);
  CHECK(scores.mean_mos() == 3);
  CHECK(scores.mean_r() == Approx(117.5 / 3));
  CHECK(scores.mos().min == 2);
  CHECK(scores.mos().max == 4);
  CHECK(scores.r().min == -12.5);
  CHECK(scores.r().max == 90);
}

TEST_CASE("the digits of a score are those of the float that it was") {
  std::mt19937_64 random = test_random();
  std::uniform_real_distribution<double> any_mos(1, 5);
  std::uniform_real_distribution<double> any_r(-20, 150);
  for (int i = 0; i < 20'000; ++i) {
    const double mos = any_mos(random);
    const double r = any_r(random);
    StreamScores scores;
    scores.add(mos, r);
    REQUIRE(printed(scores.mos().min) == printed(double{static_cast<float>(mos)}));
    REQUIRE(printed(scores.r().max) == printed(double{static_cast<float>(r)}));
  }
}

TEST_CASE("between two digits the even one is printed") {
  const double r = GENERATE(0.0625, 0.1875, -0.0625, 93.5625, 93.4375);
  StreamScores scores;
  scores.add(1.0625, r);
  CHECK(printed(scores.mos().max) == printed(1.0625));
  CHECK(printed(scores.r().min) == printed(r));
}
