#include "proto/hash.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <vector>

#include "tests/support/test_random.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr std::uint64_t seed = 0x0123456789abcdef;
constexpr std::size_t block_bytes = 64;
constexpr std::size_t max_size = 3 * block_bytes + 9;  // sizes in every relation to a block

std::vector<std::uint8_t> noise(std::size_t size) {
  auto random = test_random();
  std::vector<std::uint8_t> out(size);
  for (auto& byte : out) byte = static_cast<std::uint8_t>(random());
  return out;
}

/// The hash of a whole text, as the two hashes are asked for it.
struct Text {
  static std::uint64_t hash(Bytes in, std::uint64_t key) { return TextHash(key)(as_text(in)); }
};
struct Whole {
  static std::uint64_t hash(Bytes in, std::uint64_t key) { return BytesHash(key)(in); }
};

void put(std::vector<std::uint8_t>& bytes, std::size_t at, std::uint64_t word) {
  std::memcpy(bytes.data() + at, &word, sizeof word);
}

}  // namespace

TEMPLATE_TEST_CASE("every bit of every byte matters", "", Text, Whole) {
  std::vector<std::uint8_t> bytes = noise(max_size);
  for (std::size_t size = 1; size <= max_size; ++size) {
    const Bytes in = Bytes(bytes).first(size);
    const std::uint64_t before = TestType::hash(in, seed);
    for (std::size_t bit = 0; bit < 8 * size; ++bit) {
      bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
      if (TestType::hash(in, seed) == before) FAIL("bit " << bit << " of " << size << " bytes");
      bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    }
  }
}

TEMPLATE_TEST_CASE("every length matters, of the same byte and of any", "", Text, Whole) {
  const std::vector<std::uint8_t> bytes =
      GENERATE(noise(max_size), std::vector<std::uint8_t>(max_size));
  std::set<std::uint64_t> seen;
  for (std::size_t size = 0; size <= max_size; ++size) {
    seen.insert(TestType::hash(Bytes(bytes).first(size), seed));
  }
  CHECK(seen.size() == max_size + 1);
}

TEMPLATE_TEST_CASE("where the bytes lie does not matter", "", Text, Whole) {
  const std::vector<std::uint8_t> bytes = noise(max_size);
  for (std::size_t size = 0; size <= max_size; ++size) {
    for (std::size_t offset = 1; offset <= 8; ++offset) {
      std::vector<std::uint8_t> moved(offset + size + 1, 0xff);
      std::copy_n(bytes.begin(), size, moved.begin() + static_cast<std::ptrdiff_t>(offset));
      REQUIRE(TestType::hash(Bytes(moved).subspan(offset, size), seed) ==
              TestType::hash(Bytes(bytes).first(size), seed));
    }
  }
}

TEMPLATE_TEST_CASE("another secret gives another hash", "", Text, Whole) {
  const std::vector<std::uint8_t> bytes = noise(max_size);
  const std::size_t size = GENERATE(0U, 1U, 8U, 63U, 64U, 65U, 200U);
  std::set<std::uint64_t> seen;
  for (std::uint64_t key = 0; key < 1000; ++key) {
    seen.insert(TestType::hash(Bytes(bytes).first(size), key));
  }
  CHECK(seen.size() == 1000);
}

TEMPLATE_TEST_CASE("words that change places make another hash", "", Text, Whole) {
  std::vector<std::uint8_t> bytes = noise(2 * block_bytes);
  const std::uint64_t before = TestType::hash(bytes, seed);
  for (std::size_t a = 0; a < bytes.size(); a += 8) {
    for (std::size_t b = a + 8; b < bytes.size(); b += 8) {
      const auto at = [&](std::size_t i) { return bytes.begin() + static_cast<std::ptrdiff_t>(i); };
      std::swap_ranges(at(a), at(a + 8), at(b));
      REQUIRE(TestType::hash(bytes, seed) != before);
      std::swap_ranges(at(a), at(a + 8), at(b));
    }
  }
}

TEST_CASE("no bytes make what stands before them not matter") {
  using namespace hash_parts;
  constexpr std::array factors{key_a, key_b, key_c, key_d};
  constexpr std::size_t count = 256;
  std::set<std::uint64_t> seen;
  for (std::size_t first = 0; first < count; ++first) {
    std::vector<std::uint8_t> bytes(3 * block_bytes);
    put(bytes, 0, first);
    for (std::size_t i = 0; i < factors.size(); ++i) {
      put(bytes, block_bytes + 16 * i + 8, factors[i]);  // would make the product 0
    }
    seen.insert(BytesHash(seed)(bytes));
  }
  CHECK(seen.size() == count);
}
