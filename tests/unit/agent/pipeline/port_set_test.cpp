#include "agent/pipeline/port_set.hpp"

#include <catch2/catch.hpp>

using heptap::PortSet;

TEST_CASE("a set holds the ports of its ranges, and no other") {
  struct Row {
    const char* why;
    std::uint16_t first;
    std::uint16_t last;
    std::size_t count;
  };
  const auto row = GENERATE(values<Row>({
      {"one", 5060, 5060, 1},
      {"a range", 5060, 5091, 32},
      {"the lowest", 0, 0, 1},
      {"the highest", 65'535, 65'535, 1},
      {"all", 0, 65'535, 65'536},
  }));
  CAPTURE(row.why);
  PortSet ports;
  ports.add(row.first, row.last);
  std::size_t count = 0;
  for (unsigned port = 0; port <= 65'535; ++port) {
    count += ports.contains(static_cast<std::uint16_t>(port));
  }
  CHECK(count == row.count);
  CHECK(ports.contains(row.first));
  CHECK(ports.contains(row.last));
}

TEST_CASE("ranges add up, and either port of a packet is enough") {
  PortSet ports;
  CHECK_FALSE(ports.contains_either(0, 0));
  ports.add(5060, 5061);
  ports.add(5080, 5080);
  CHECK(ports.contains_either(5080, 1));
  CHECK(ports.contains_either(1, 5061));
  CHECK(ports.contains_either(5060, 5080));
  CHECK_FALSE(ports.contains_either(5062, 5079));
}
