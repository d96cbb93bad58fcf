#include "proto/hep/quality_chunk.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

using namespace heptap::hep;

TEST_CASE("a MOS travels as hundredths") {
  CHECK(mos_chunk(4.159) == 416);
  CHECK(mos_chunk(4.409) == 441);
  CHECK(mos_chunk(1) == 100);
  CHECK(mos_chunk(5) == 500);
  CHECK(mos_chunk(0.99) == std::nullopt);
  CHECK(mos_chunk(12.7) == std::nullopt);
  CHECK(mos_chunk(std::nan("")) == std::nullopt);
}

TEST_CASE("an R factor travels as a whole number from 0") {
  CHECK(r_factor_chunk(83.789) == 84);
  CHECK(r_factor_chunk(137.8) == 138);
  CHECK(r_factor_chunk(-41.774) == 0);
  CHECK(r_factor_chunk(-std::numeric_limits<double>::infinity()) == 0);
  CHECK(r_factor_chunk(149) == std::nullopt);
  CHECK(r_factor_chunk(std::nan("")) == std::nullopt);
}
