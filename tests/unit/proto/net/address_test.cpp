#include "proto/net/address.hpp"

#include <catch2/catch.hpp>
#include <set>
#include <vector>

#include "tests/support/hex.hpp"

using namespace heptap;
using heptap::test::from_hex;

namespace {

IpAddress address_of(std::uint64_t first, std::uint64_t second) {
  IpAddress out;
  out.family = IpFamily::v6;
  std::memcpy(out.octets.data(), &first, 8);
  std::memcpy(out.octets.data() + 8, &second, 8);
  return out;
}

}  // namespace

TEST_CASE("addresses print as RFC 5952 wants, with brackets only beside a port") {
  const auto v4 = IpAddress::from(from_hex("c0000201"));
  const auto v6 = IpAddress::from(from_hex("20010db8000000000001000000000001"));
  CHECK(to_string(v4) == "192.0.2.1");
  CHECK(to_string(v4, 5060) == "192.0.2.1:5060");
  CHECK(to_string(v6) == "2001:db8::1:0:0:1");
  CHECK(to_string(v6, 5060) == "[2001:db8::1:0:0:1]:5060");
  const IpAddress longest = IpAddress::from(std::vector<std::uint8_t>(16, 0xee));
  CHECK(AddressText(longest, 65535).view() == "[eeee:eeee:eeee:eeee:eeee:eeee:eeee:eeee]:65535");
}

TEST_CASE("addresses of different families never compare equal") {
  const auto v4 = IpAddress::from(from_hex("20010db8"));
  const auto v6 = IpAddress::from(from_hex("20010db8000000000000000000000000"));
  CHECK(v4 != v6);
  CHECK(v4.bytes().size() == 4);
  CHECK(v6.bytes().size() == 16);
  CHECK(IpAddress::from(from_hex("20")) == IpAddress{});
}

TEST_CASE("no choice of addresses makes hashes the same without the secret") {
  using namespace hash_parts;
  constexpr std::uint64_t seed = 0x0123456789abcdef;
  constexpr std::uint64_t v6 = 1;
  constexpr std::uint64_t count = 1000;
  std::set<std::uint64_t> to_factor;
  std::set<std::uint64_t> from_factor;
  std::set<std::uint64_t> cancelled;
  for (std::uint64_t i = 0; i < count; ++i) {
    to_factor.insert(hash_addresses(address_of(1, 2), address_of(key_b, i), seed));
    from_factor.insert(hash_addresses(address_of(i, key_a ^ v6), address_of(1, 2), seed));
    cancelled.insert(hash_addresses(address_of(i, key_a ^ v6), address_of(key_b, i), seed));
  }
  CHECK(to_factor.size() == count);
  CHECK(from_factor.size() == count);
  CHECK(cancelled.size() == count);
}
