#include "proto/slot_pool.hpp"

#include <catch2/catch.hpp>

#include "tests/support/allocation_counter.hpp"

using namespace heptap;

TEST_CASE("a value keeps its number until it is removed") {
  SlotPool<int> pool(3);
  const std::uint32_t one = pool.add(1);
  const std::uint32_t two = pool.add(2);
  CHECK(one != two);
  CHECK(pool.use().entries == 2);
  CHECK(pool.use().max_entries == 3);
  pool.remove(one);
  CHECK(pool.use().entries == 1);
  CHECK(pool[two] == 2);
  CHECK(pool[pool.add(3)] == 3);
  CHECK(pool[two] == 2);
}

TEST_CASE("a pool may be filled again and again, and allocates nothing") {
  SlotPool<int> pool(100);
  const test::AllocationCounter counter;
  for (int round = 0; round < 3; ++round) {
    std::uint32_t numbers[100];
    for (int i = 0; i < 100; ++i) numbers[i] = pool.add(i);
    for (int i = 0; i < 100; ++i) {
      CHECK(pool[numbers[i]] == i);
      pool.remove(numbers[i]);
    }
  }
  CHECK(counter.count() == 0);
  CHECK(pool.use().entries == 0);
}
