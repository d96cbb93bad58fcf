#include "proto/slot_index.hpp"

#include <catch2/catch.hpp>
#include <random>
#include <unordered_map>

using heptap::SlotIndex;

TEST_CASE("what is inserted is found, until it is erased") {
  SlotIndex index(3);
  CHECK(index.find(7) == SlotIndex::none);
  index.insert(7, 2);
  CHECK(index.find(7) == 2);
  CHECK(index.hash_of(2) == 7);
  CHECK(index.size() == 1);
  index.erase(2);
  CHECK(index.find(7) == SlotIndex::none);
  CHECK(index.size() == 0);
}

TEST_CASE("hashes that share a chain are told apart") {
  constexpr std::uint64_t low_bits_alike = 1ULL << 32U;
  SlotIndex index(4);
  for (std::uint32_t slot = 0; slot < 4; ++slot) index.insert(slot * low_bits_alike, slot);
  index.erase(GENERATE(0U, 1U, 3U));
  CHECK(index.find(2 * low_bits_alike) == 2);
  CHECK(index.size() == 3);
}

TEST_CASE("it does what a map does") {
  constexpr std::uint32_t slots = 64;
  SlotIndex index(slots);
  std::unordered_map<std::uint64_t, std::uint32_t> map;
  std::vector<std::uint64_t> hash_of(slots, 0);
  std::mt19937_64 random(1);
  for (int step = 0; step < 20'000; ++step) {
    const auto slot = static_cast<std::uint32_t>(random() % slots);
    const std::uint64_t hash = 1 + random() % 100;
    if (hash_of[slot] != 0) {
      index.erase(slot);
      map.erase(std::exchange(hash_of[slot], 0));
    } else if (!map.contains(hash)) {
      index.insert(hash, slot);
      map.emplace(hash_of[slot] = hash, slot);
    }
    const auto found = map.find(hash);
    REQUIRE(index.find(hash) == (found == map.end() ? SlotIndex::none : found->second));
    REQUIRE(index.size() == map.size());
  }
}
