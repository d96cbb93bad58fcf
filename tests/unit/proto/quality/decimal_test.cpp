#include "proto/quality/decimal.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace heptap;

TEST_CASE("a decimal is a sign, digits and a point") {
  struct Row {
    std::string_view text;
    double value;
  };
  const auto row = GENERATE(values<Row>({{"0", 0},
                                         {"1.25", 1.25},
                                         {"-127", -127},
                                         {"+4", 4},
                                         {"007", 7},
                                         {".5", 0.5},
                                         {"5.", 5},
                                         {"4294967296", 4294967296.0}}));
  CAPTURE(row.text);
  const Result<double> value = parse_decimal(row.text);
  REQUIRE(value.ok());
  CHECK(*value == row.value);
}

TEST_CASE("what is no decimal is malformed") {
  const auto text =
      GENERATE(values<std::string_view>({"", "-", "+", ".", "+-1", "--1", "1e5", "nan", "inf",
                                         "-inf", "0x10", "1.2.3", "1,5", "20ms", " 1", "1 "}));
  CAPTURE(text);
  CHECK(parse_decimal(text).error() == Errc::malformed);
  CHECK(parse_decimal(std::string(400, '9')).error() == Errc::malformed);
}
