#include "config/units.hpp"

#include <catch2/catch.hpp>

using namespace heptap;

TEST_CASE("sizes and durations are written with the largest unit that loses nothing") {
  CHECK(size_text(0) == "0");
  CHECK(size_text(1000) == "1000");
  CHECK(size_text(64 * 1024) == "64KiB");
  CHECK(size_text(1536 * 1024) == "1536KiB");
  CHECK(size_text(6ULL << 20U) == "6MiB");
  CHECK(size_text(1ULL << 30U) == "1GiB");
  CHECK(size_text(1ULL << 40U) == "1TiB");
  CHECK(duration_text(0) == "0s");
  CHECK(duration_text(500) == "500ms");
  CHECK(duration_text(30'000) == "30s");
  CHECK(duration_text(90'000) == "90s");
  CHECK(duration_text(300'000) == "5m");
  CHECK(duration_text(604'800'000) == "168h");
}
