#include "proto/recent_table.hpp"

#include <catch2/catch.hpp>
#include <tuple>
#include <vector>

#include "proto/hash.hpp"
#include "tests/support/allocation_counter.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

struct Number {
  std::uint32_t value = 0;

  friend bool operator==(const Number&, const Number&) = default;
  [[nodiscard]] std::uint64_t hash(std::uint64_t seed) const noexcept {
    return hash_parts::fold(value ^ seed, hash_parts::key_a);
  }
};

using Table = RecentTable<Number, int>;

void put(Table& table, std::uint32_t key, int value, std::int64_t now_us) {
  table.find_or_add({key}, now_us) = value;
}

}  // namespace

TEST_CASE("entries are told in the order in which they were used last") {
  Table table(3, 1);
  for (std::uint32_t key = 0; key < 4; ++key) put(table, key, static_cast<int>(10 * key), key);
  CHECK(table.find({1}, 7) != nullptr);
  std::vector<std::tuple<std::uint32_t, std::int64_t, int>> told;
  table.for_each([&](const Number& key, std::int64_t last_us, int value) {
    told.emplace_back(key.value, last_us, value);
  });
  CHECK(told == decltype(told){{2, 2, 20}, {3, 3, 30}, {1, 7, 10}});
}

TEST_CASE("an entry is found again until it was idle too long, and is new then") {
  const std::int64_t direction = GENERATE(1, -1);  // of the clock
  Table table(4, 1, 10);
  CHECK(table.find({1}, 0) == nullptr);
  put(table, 1, 7, 0);
  REQUIRE(table.find({1}, direction * 10) != nullptr);
  CHECK(*table.find({1}, direction * 20) == 7);
  CHECK(table.find({1}, direction * 31) == nullptr);
  CHECK(table.find_or_add({1}, direction * 31) == 0);
}

TEST_CASE("of too many entries the longest idle one makes room") {
  Table table(2, 1);
  put(table, 1, 1, 0);
  put(table, 2, 2, 1);
  REQUIRE(table.find({1}, 2) != nullptr);
  put(table, 3, 3, 3);
  CHECK(table.find({2}, 4) == nullptr);
  CHECK(*table.find({1}, 4) == 1);
  CHECK(*table.find({3}, 4) == 3);
  CHECK(table.use().entries == 2);
}

TEST_CASE("whoever is idle leaves as others come, and nothing is allocated") {
  Table table(100, 1, 10);
  std::size_t full = 0;
  const AllocationCounter counter;
  for (std::uint32_t key = 0; key < 100; ++key) static_cast<void>(table.find_or_add({key}, 0));
  full = table.use().entries;
  for (std::uint32_t key = 200; key < 250; ++key) static_cast<void>(table.find_or_add({key}, 11));
  CHECK(counter.count() == 0);
  CHECK(full == 100);
  CHECK(table.use().entries == 50);
}
