#include "transport/lag_histogram.hpp"

#include <catch2/catch.hpp>

#include <limits>

namespace heptap {
namespace {

/// gives     the one bucket that has something; bucket_count: it is longer
std::size_t bucket_of(std::int64_t lag_us) {
  LagHistogram histogram;
  histogram.add(lag_us);
  std::size_t bucket = 0;
  while (bucket < LagHistogram::bucket_count && histogram.count(bucket) == 0) ++bucket;
  if (bucket == LagHistogram::bucket_count) REQUIRE(histogram.longer() == 1);
  return bucket;
}

TEST_CASE("a lag is in the first bucket that allows it") {
  CHECK(bucket_of(0) == 0);
  CHECK(bucket_of(1000) == 0);
  for (std::size_t bucket = 1; bucket < LagHistogram::bucket_count; ++bucket) {
    CAPTURE(bucket);
    const std::chrono::microseconds most = LagHistogram::at_most(bucket);
    const std::chrono::microseconds less = LagHistogram::at_most(bucket - 1);
    CHECK(bucket_of(most.count()) == bucket);
    CHECK(bucket_of(less.count() + 1) == bucket);
  }
  CHECK(bucket_of(65'536'001) == LagHistogram::bucket_count);
}

TEST_CASE("the sum and the total are those of all lags") {
  LagHistogram histogram;
  for (const std::int64_t lag_us : {7, 2500, 100'000'000}) histogram.add(lag_us);
  CHECK(histogram.sum() == std::chrono::microseconds{100'002'507});
  CHECK(histogram.total() == 3);
}

TEST_CASE("clocks that do not agree make no lag below 0 and none above an hour") {
  LagHistogram histogram;
  histogram.add(-1);
  histogram.add(std::numeric_limits<std::int64_t>::min());
  CHECK(histogram.count(0) == 2);
  CHECK(histogram.sum() == std::chrono::microseconds{0});
  histogram.add(std::numeric_limits<std::int64_t>::max());
  CHECK(histogram.longer() == 1);
  CHECK(histogram.sum() == std::chrono::hours{1});
}

TEST_CASE("lags of two histograms are added up") {
  LagHistogram sum;
  LagHistogram other;
  sum.add(500);
  other.add(700);
  other.add(3000);
  sum += other;
  CHECK(sum.count(0) == 2);
  CHECK(sum.count(2) == 1);
  CHECK(sum.total() == 3);
  CHECK(sum.sum() == std::chrono::microseconds(4200));
}

}  // namespace
}  // namespace heptap
