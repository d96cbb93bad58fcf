#include "agent/calls/chain_pool.hpp"

#include <catch2/catch.hpp>
#include <vector>

using namespace heptap;

namespace {

struct Node {
  std::uint32_t next = 0;
  int value = 0;
};
using Near = NearNodes<Node, 2>;
using Owned = NearChains<Node, 2>;

std::vector<int> values_of(const Owned& chains, std::uint32_t head) {
  std::vector<int> values;
  for (; head != no_node; head = chains[head].next) values.push_back(chains[head].value);
  return values;
}

}  // namespace

TEST_CASE("chains keep their order, wherever their nodes lie") {
  ChainPool<Node> pool(10);
  Near near;
  Owned chains(near, pool);
  std::uint32_t head = no_node;
  chains[chains.push_back(head)].value = 2;
  chains[chains.push_back(head)].value = 3;
  chains[chains.push_front(head)].value = 1;
  CHECK(pool.size() == 1);
  CHECK(values_of(chains, head) == std::vector{1, 2, 3});
  CHECK(chains.length(head) == 3);
  chains.erase(head, chains[head].next);
  CHECK(values_of(chains, head) == std::vector{1, 3});
  chains[chains.push_back(head)].value = 4;  // where the erased one was
  CHECK(pool.size() == 1);
  CHECK(values_of(chains, head) == std::vector{1, 3, 4});
}

TEST_CASE("nodes that are used up are not given, and what comes back is as new") {
  ChainPool<Node> pool(1);
  Near near;
  Owned chains(near, pool);
  std::uint32_t head = no_node;
  for (int i = 1; i <= 3; ++i) chains[chains.push_front(head)].value = i;
  CHECK(pool.left() == 0);
  CHECK(chains.push_back(head) == no_node);
  CHECK(values_of(chains, head) == std::vector{3, 2, 1});
  chains.clear(head);
  CHECK(head == no_node);
  CHECK(pool.size() == 0);
  for (int i = 0; i < 3; ++i) chains.push_back(head);
  CHECK(values_of(chains, head) == std::vector{0, 0, 0});
}

TEST_CASE("owners share a pool") {
  ChainPool<Node> pool(2);
  Near one_near;
  Near other_near;
  Owned one(one_near, pool);
  Owned other(other_near, pool);
  std::uint32_t one_head = no_node;
  std::uint32_t other_head = no_node;
  for (int i = 1; i <= 3; ++i) one[one.push_back(one_head)].value = i;
  for (int i = 7; i <= 9; ++i) other[other.push_back(other_head)].value = i;
  CHECK(values_of(one, one_head) == std::vector{1, 2, 3});
  CHECK(values_of(other, other_head) == std::vector{7, 8, 9});
  one.clear(one_head);
  CHECK(values_of(other, other_head) == std::vector{7, 8, 9});
}
