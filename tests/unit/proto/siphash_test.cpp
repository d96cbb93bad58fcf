#include "proto/siphash.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <numeric>

using namespace heptap;

TEST_CASE("SipHash gives what its paper and its reference code say") {
  constexpr SipHash hash(0x0706050403020100U, 0x0f0e0d0c0b0a0908U);
  struct Row {
    std::size_t bytes;  // 00 01 02 ...
    std::uint64_t want;
  };
  const auto row = GENERATE(values<Row>({
      {0, 0x726fdb47dd0e0e31U},
      {1, 0x74f839c593dc67fdU},
      {7, 0xab0200f58b01d137U},
      {8, 0x93f5f5799a932462U},
      {15, 0xa129ca6149be45e5U},  // Appendix A of the paper
      {63, 0x958a324ceb064572U},
  }));
  CAPTURE(row.bytes);
  std::array<std::uint8_t, 64> text{};
  std::iota(text.begin(), text.end(), std::uint8_t{0});
  CHECK(hash(Bytes(text).first(row.bytes)) == row.want);
}

TEST_CASE("another key gives another SipHash") {
  const Bytes text = as_bytes("alice");
  CHECK(SipHash(1, 2)(text) != SipHash(1, 3)(text));
  CHECK(SipHash(1, 2)(text) != SipHash(2, 2)(text));
}
