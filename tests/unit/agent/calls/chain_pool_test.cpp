#include "agent/calls/chain_pool.hpp"

#include <catch2/catch.hpp>
#include <vector>

using namespace heptap;

namespace {

struct Node {
  std::uint32_t next = 0;
  int value = 0;
};
using Pool = ChainPool<Node>;

std::vector<int> values_of(const Pool& pool, std::uint32_t head) {
  std::vector<int> values;
  for (; head != Pool::none; head = pool[head].next) values.push_back(pool[head].value);
  return values;
}

}  // namespace

TEST_CASE("chains of a pool keep their order") {
  Pool pool(10);
  std::uint32_t head = Pool::none;
  pool[pool.push_back(head)].value = 2;
  pool[pool.push_back(head)].value = 3;
  pool[pool.push_front(head)].value = 1;
  CHECK(values_of(pool, head) == std::vector{1, 2, 3});
  CHECK(pool.length(head) == 3);
  pool.erase(head, pool[head].next);
  CHECK(values_of(pool, head) == std::vector{1, 3});
}

TEST_CASE("a pool that is used up gives none, and what comes back is as new") {
  Pool pool(3);
  std::uint32_t head = Pool::none;
  for (int i = 1; i <= 3; ++i) pool[pool.push_front(head)].value = i;
  CHECK(pool.left() == 0);
  CHECK(pool.push_back(head) == Pool::none);
  CHECK(values_of(pool, head) == std::vector{3, 2, 1});
  pool.clear(head);
  CHECK(head == Pool::none);
  CHECK(pool.size() == 0);
  CHECK(pool[pool.push_back(head)].value == 0);
}
