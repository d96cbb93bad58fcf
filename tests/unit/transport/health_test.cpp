#include "transport/health.hpp"

#include <catch2/catch.hpp>

namespace heptap {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr HealthOptions options{.fail_after = seconds(1), .return_after = seconds(10)};
constexpr Health::Time start{};
constexpr auto good = HealthSign::good;
constexpr auto unproven = HealthSign::unproven;
constexpr auto bad = HealthSign::bad;

// gives     whether it is healthy after looks of one kind, ten in a second, both ends included
bool after(Health& health, HealthSign sign, milliseconds from, milliseconds until) {
  for (auto at = from; at <= until; at += milliseconds(100)) health.note(sign, start + at);
  return health.healthy();
}

}  // namespace

TEST_CASE("a collector is healthy until it was bad for fail_after") {
  Health health{options};
  CHECK(health.healthy());
  CHECK(after(health, bad, seconds(0), milliseconds(900)));
  CHECK_FALSE(after(health, bad, seconds(1), seconds(1)));
}

TEST_CASE("a good look in between begins fail_after anew") {
  Health health{options};
  CHECK(after(health, bad, seconds(0), milliseconds(900)));
  CHECK(after(health, good, seconds(1), seconds(1)));
  CHECK(after(health, bad, milliseconds(1100), milliseconds(2000)));
  CHECK_FALSE(after(health, bad, milliseconds(2100), milliseconds(2100)));
}

TEST_CASE("what is unproven after something bad does not make it good") {
  Health health{options};
  CHECK(after(health, bad, seconds(0), milliseconds(100)));
  CHECK(after(health, unproven, milliseconds(200), milliseconds(900)));
  CHECK_FALSE(after(health, unproven, seconds(1), seconds(1)));
}

TEST_CASE("what is unproven from the start is no failure") {
  Health health{options};
  CHECK(after(health, unproven, seconds(0), seconds(60)));
}

TEST_CASE("one that was good returns when it was not bad for return_after") {
  const auto sign = GENERATE(good, unproven);
  Health health{options};
  health.note(good, start);
  CHECK_FALSE(after(health, bad, seconds(1), seconds(3)));
  CHECK_FALSE(after(health, sign, seconds(4), milliseconds(13'900)));
  CHECK(after(health, sign, seconds(14), seconds(14)));
  CHECK(after(health, unproven, seconds(15), seconds(60)));
}

TEST_CASE("one that comes and goes does not return") {
  Health health{options};
  health.note(good, start);
  CHECK_FALSE(after(health, bad, seconds(1), seconds(3)));
  for (seconds at{4}; at < seconds(60); at += seconds(8)) {
    CHECK_FALSE(after(health, good, at, at + seconds(7)));
    CHECK_FALSE(after(health, bad, at + milliseconds(7100), at + milliseconds(7100)));
  }
}

TEST_CASE("one that was never good is taken at once") {
  Health health{options};
  CHECK_FALSE(after(health, bad, seconds(0), seconds(5)));
  CHECK(after(health, good, seconds(6), seconds(6)));
}

}  // namespace heptap
