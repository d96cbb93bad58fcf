#include "agent/plan/rate_limit.hpp"

#include <catch2/catch.hpp>

#include "tests/support/allocation_counter.hpp"

namespace heptap {
namespace {

constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t start = 1'700'000'000 * second;

/// How many of `count` pass that come every `step_us`.
int passed(RateLimit& limit, int count, std::int64_t step_us, std::int64_t from_us = start,
           std::uint64_t key = 1) {
  int out = 0;
  for (int i = 0; i < count; ++i) out += limit.pass(key, from_us + i * step_us) ? 1 : 0;
  return out;
}

}  // namespace

TEST_CASE("as many as allowed pass at once, and no more in the long run") {
  RateLimit limit(10);
  CHECK(passed(limit, 100, 0) == 10);
  CHECK(passed(limit, 1, 0, start + 50'000) == 0);
  CHECK(passed(limit, 1, 0, start + 100'000) == 1);
  RateLimit steady(10);
  CHECK(passed(steady, 1000, 10'000) == Approx(109).margin(1));  // ten seconds, and ten ahead
}

TEST_CASE("what comes slower passes whole") {
  RateLimit limit(10);
  CHECK(passed(limit, 500, 100'000) == 500);
}

TEST_CASE("each key has its own") {
  RateLimit limit(1);
  CHECK(limit.pass(1, start));
  CHECK(limit.pass(2, start));
  CHECK_FALSE(limit.pass(1, start));
}

TEST_CASE("a clock that is set back does not block") {
  RateLimit limit(1);
  CHECK(limit.pass(1, start));
  CHECK(limit.pass(1, start - 3600 * second));
  CHECK_FALSE(limit.pass(1, start - 3600 * second));
}

TEST_CASE("keys are capped, and nothing is allocated for them") {
  RateLimit limit(5);
  const test::AllocationCounter counter;
  for (std::uint64_t key = 0; key < 2 * RateLimit::max_keys; ++key) {
    CHECK(limit.pass(key * 0x9e3779b97f4a7c15ULL, start));
  }
  CHECK(counter.count() == 0);
}

}  // namespace heptap
