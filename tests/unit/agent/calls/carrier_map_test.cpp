#include "agent/calls/carrier_map.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace heptap;

namespace {

IpAddress v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
  const std::uint8_t octets[] = {a, b, c, d};
  return IpAddress::from(octets);
}

IpAddress v6(std::uint8_t first, std::uint8_t last) {
  const std::uint8_t octets[16] = {first, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last};
  return IpAddress::from(octets);
}

}  // namespace

TEST_CASE("the longest prefix names the carrier, whatever the order") {
  struct Prefix {
    const char* carrier;
    IpAddress address;
    unsigned length;
  };
  std::vector<Prefix> prefixes{{"wide", v4(10, 0, 0, 0), 8},  {"narrow", v4(10, 1, 0, 0), 16},
                               {"host", v4(10, 1, 2, 3), 32}, {"odd", v4(10, 1, 2, 255), 23},
                               {"six", v6(0x20, 0), 16},      {"six host", v6(0x20, 9), 128}};
  const bool reversed = GENERATE(false, true);
  if (reversed) std::reverse(prefixes.begin(), prefixes.end());
  CarrierMap map;
  for (const Prefix& p : prefixes) REQUIRE(map.add(p.carrier, p.address, p.length) == Errc::none);
  const auto name_of = [&](const IpAddress& address) { return map.names()[map.find(address)]; };
  CHECK(name_of(v4(10, 9, 9, 9)) == "wide");
  CHECK(name_of(v4(10, 1, 9, 9)) == "narrow");
  CHECK(name_of(v4(10, 1, 3, 1)) == "odd");
  CHECK(name_of(v4(10, 1, 4, 1)) == "narrow");
  CHECK(name_of(v4(10, 1, 2, 3)) == "host");
  CHECK(name_of(v4(11, 1, 2, 3)) == "default");
  CHECK(name_of(v6(0x20, 1)) == "six");
  CHECK(name_of(v6(0x20, 9)) == "six host");
  CHECK(name_of(v6(0x0a, 9)) == "default");  // no IPv4 prefix holds it
}

TEST_CASE("a prefix of length 0 holds every address of its family") {
  CarrierMap map;
  REQUIRE(map.add("all", v4(1, 2, 3, 4), 0) == Errc::none);
  CHECK(map.names()[map.find(v4(203, 0, 113, 1))] == "all");
  CHECK(map.find(v6(0x20, 1)) == CarrierMap::default_carrier);
}

TEST_CASE("one carrier may have several prefixes, and a prefix may move") {
  CarrierMap map;
  REQUIRE(map.add("a", v4(10, 0, 0, 0), 24) == Errc::none);
  REQUIRE(map.add("a", v4(10, 0, 1, 0), 24) == Errc::none);
  REQUIRE(map.add("b", v4(10, 0, 1, 77), 24) == Errc::none);
  CHECK(map.names() == std::vector<std::string>{"default", "a", "b"});
  CHECK(map.find(v4(10, 0, 0, 1)) == 1);
  CHECK(map.find(v4(10, 0, 1, 1)) == 2);
}

TEST_CASE("carriers and prefixes are bounded") {
  CarrierMap map;
  CHECK(map.add("x", v4(10, 0, 0, 0), 33) == Errc::malformed);
  CHECK(map.add("x", v6(10, 0), 129) == Errc::malformed);
  for (std::size_t i = 1; i < CarrierMap::max_carriers; ++i) {
    REQUIRE(map.add(std::to_string(i), v4(10, 0, 0, static_cast<std::uint8_t>(i)), 32) ==
            Errc::none);
  }
  CHECK(map.add("one more", v4(10, 0, 1, 0), 32) == Errc::over_limit);
  CHECK(map.add("1", v4(10, 0, 1, 0), 32) == Errc::none);
  CHECK(map.names().size() == CarrierMap::max_carriers);
}
