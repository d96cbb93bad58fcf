#include "config/ports.hpp"

#include <catch2/catch.hpp>

using namespace heptap;

TEST_CASE("ports are single ones, ranges, or some of both") {
  struct Row {
    std::string_view text;
    PortRanges want;
  };
  const auto row = GENERATE(values<Row>({
      {"5060", {{5060, 5060}}},
      {"5060-5091", {{5060, 5091}}},
      {"5060-5060", {{5060, 5060}}},
      {"1-65535", {{1, 65'535}}},
      {"05060", {{5060, 5060}}},
      {"5060,5070-5080,5091", {{5060, 5060}, {5070, 5080}, {5091, 5091}}},
      {" 5060 , 5070-5080 ", {{5060, 5060}, {5070, 5080}}},
  }));
  CAPTURE(row.text);
  PortRanges ports{{1, 2}};
  CHECK(parse_ports(row.text, ports).empty());
  CHECK(ports == row.want);
}

TEST_CASE("ranges are sorted, and joined when no port is between them") {
  struct Row {
    std::string_view text;
    PortRanges want;
  };
  const auto row = GENERATE(values<Row>({
      {"5070,5060", {{5060, 5060}, {5070, 5070}}},
      {"5060,5061", {{5060, 5061}}},
      {"5060,5062", {{5060, 5060}, {5062, 5062}}},
      {"5060-5070,5065-5080", {{5060, 5080}}},
      {"5060-5080,5065-5070", {{5060, 5080}}},
      {"5060,5060", {{5060, 5060}}},
      {"65535,1-65534,65535", {{1, 65'535}}},
      {"65535,65535", {{65'535, 65'535}}},
  }));
  CAPTURE(row.text);
  PortRanges ports;
  CHECK(parse_ports(row.text, ports).empty());
  CHECK(ports == row.want);
}

TEST_CASE("what are no ports is said, and nothing is stored") {
  struct Row {
    std::string_view text;
    std::string_view want;
  };
  const std::string_view neither = "is neither a port nor a range of ports";
  const std::string_view cannot_be = "has a port that cannot be";
  const auto row = GENERATE_COPY(values<Row>({
      {"", neither},
      {" ", neither},
      {"sip", neither},
      {"5060x", neither},
      {"5060-", neither},
      {"-5060", neither},
      {"5060-5070-5080", neither},
      {"5060 - 5070", neither},
      {"5060..5070", neither},
      {"5060:5070", neither},
      {"+5060", neither},
      {"5060,", neither},
      {",5060", neither},
      {"5060 5061", neither},
      {"0", cannot_be},
      {"0-5060", cannot_be},
      {"65536", cannot_be},
      {"5060-65536", cannot_be},
      {"99999999999999999999", cannot_be},
      {"5091-5060", "ends before it starts"},
      {"5060,5091-5080", "ends before it starts"},
  }));
  CAPTURE(row.text);
  PortRanges ports{{7, 7}};
  CHECK(parse_ports(row.text, ports) == row.want);
  CHECK(ports == PortRanges{{7, 7}});
}
