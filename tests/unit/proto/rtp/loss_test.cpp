#include "proto/rtp/loss.hpp"

#include <catch2/catch.hpp>
#include <limits>

#include "tests/unit/proto/rtp/printed.hpp"

using namespace heptap;
using heptap::test::printed;

TEST_CASE("loss is the share of what was expected") {
  CHECK(printed(loss_percent(3, 100)) == "3.000");
  CHECK(printed(loss_percent(11, 60)) == "18.333");
  CHECK(loss_percent(0, 100) == 0);
  CHECK(loss_percent(5, 0) == 0);
  CHECK(loss_percent(-3, 100) == 0);
  CHECK(loss_percent(200, 100) == 100);
  CHECK(loss_percent(std::numeric_limits<std::int64_t>::max(), 1) == 100);
}

TEST_CASE("a fraction lost is of 256") {
  CHECK(printed(loss_percent_of_fraction(26)) == "10.156");
  CHECK(printed(loss_percent_of_fraction(255)) == "99.609");
  CHECK(loss_percent_of_fraction(0) == 0);
}

TEST_CASE("the burst ratio is how much longer runs of loss are than random loss has them") {
  // Losing after a received packet with p, and recovering with q, gives 1 / (p + q).
  CHECK(printed(burst_ratio(2'000'000, 1'000'000, 52'000'000)) == "1.923");
  CHECK(printed(loss_percent(2'000'000, 52'000'000)) == "3.846");
  CHECK(printed(burst_ratio(980'000'000'000, 960'400'000'000, 49'000'000'000'000)) == "1.000");
  CHECK(printed(burst_ratio(20, 4, 1000)) == "4.900");
}

TEST_CASE("the burst ratio of few losses, and of numbers that cannot be, is that of random loss") {
  CHECK(burst_ratio(4, 1, 1000) == 1);
  CHECK(burst_ratio(5, 1, 1000) > 1);
  CHECK(burst_ratio(100, 0, 1000) == 1);
  CHECK(burst_ratio(100, 10, 50) == 1);
  CHECK(burst_ratio(10, 10, 1000) == 1);
  CHECK(burst_ratio(1000, 1, 1000) == 1);
}
