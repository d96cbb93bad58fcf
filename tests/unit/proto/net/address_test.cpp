#include "proto/net/address.hpp"

#include <catch2/catch.hpp>

#include "tests/support/hex.hpp"

using namespace heptap;
using heptap::test::from_hex;

TEST_CASE("addresses print as RFC 5952 wants, with brackets only beside a port") {
  const auto v4 = IpAddress::from(from_hex("c0000201"));
  const auto v6 = IpAddress::from(from_hex("20010db8000000000001000000000001"));
  CHECK(to_string(v4) == "192.0.2.1");
  CHECK(to_string(v4, 5060) == "192.0.2.1:5060");
  CHECK(to_string(v6) == "2001:db8::1:0:0:1");
  CHECK(to_string(v6, 5060) == "[2001:db8::1:0:0:1]:5060");
}

TEST_CASE("addresses of different families never compare equal") {
  const auto v4 = IpAddress::from(from_hex("20010db8"));
  const auto v6 = IpAddress::from(from_hex("20010db8000000000000000000000000"));
  CHECK(v4 != v6);
  CHECK(v4.bytes().size() == 4);
  CHECK(v6.bytes().size() == 16);
  CHECK(IpAddress::from(from_hex("20")) == IpAddress{});
}
