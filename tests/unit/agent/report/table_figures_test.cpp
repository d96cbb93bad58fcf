#include "agent/report/table_figures.hpp"

#include <catch2/catch.hpp>

using namespace heptap;

TEST_CASE("tables of one name in several workers are one") {
  std::vector<TableFigures> all;
  add_tables(all, {{"fragments", {1, 10, 100, 1000, 5000}}, {"inflaters", {2, 128, 0, 0, 80}}});
  add_tables(all, {{"inflaters", {3, 128, 0, 0, 120}}, {"fragments", {4, 10, 0, 1000, 5000}}});
  REQUIRE(all.size() == 2);
  CHECK(all[0].name == "fragments");
  CHECK(all[0].use == TableUse{5, 20, 100, 2000, 10'000});
  CHECK(all[1].name == "inflaters");
  CHECK(all[1].use == TableUse{5, 256, 0, 0, 200});
}
