#include "transport/pool.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "proto/hash.hpp"

namespace heptap {
namespace {

constexpr std::uint64_t everyone = ~std::uint64_t{0};
constexpr TextHash hash{0};

constexpr std::uint64_t bit(unsigned index) { return std::uint64_t{1} << index; }

PoolMember member(const std::string& name, unsigned index) {
  return {.bit = index, .name_hash = hash(name)};
}

// gives     collectors with bits 3, 4, 5… that are named after them
Pool pool_of(PoolPolicy policy, unsigned count) {
  std::vector<PoolMember> members;
  for (unsigned i = 0; i < count; ++i)
    members.push_back(member("homer" + std::to_string(i), i + 3));
  return {policy, members};
}

PoolKey call(unsigned number) {
  return {hash("a84b4c76e66710-" + std::to_string(number) + "@pc33.example.com"), 0};
}

TEST_CASE("a mirror sends to all members, healthy or not") {
  const Pool pool = pool_of(PoolPolicy::mirror, 3);
  CHECK(pool.choose(call(1), everyone) == (bit(3) | bit(4) | bit(5)));
  CHECK(pool.choose(call(1), bit(4)) == pool.members());
}

TEST_CASE("failover takes the first healthy member in the order of priority") {
  const Pool pool{PoolPolicy::failover, {member("z", 9), member("b", 2), member("a", 1)}};
  CHECK(pool.choose(call(1), everyone) == bit(9));
  CHECK(pool.choose(call(1), bit(2) | bit(1)) == bit(2));
  CHECK(pool.choose(call(1), bit(1)) == bit(1));
  CHECK(pool.choose(call(1), bit(9) | bit(1)) == bit(9));
}

TEST_CASE("where no member is healthy, one is chosen as if all were") {
  const std::uint64_t others_only = ~std::uint64_t{0xff};
  for (const auto policy : {PoolPolicy::failover, PoolPolicy::hash, PoolPolicy::round_robin}) {
    const Pool pool = pool_of(policy, 5);
    for (unsigned i = 0; i < 100; ++i) {
      CHECK(pool.choose(call(i), others_only) == pool.choose(call(i), everyone));
    }
  }
}

TEST_CASE("calls are spread evenly over five members") {
  for (const auto policy : {PoolPolicy::hash, PoolPolicy::round_robin}) {
    const Pool pool = pool_of(policy, 5);
    std::map<std::uint64_t, unsigned> calls;
    for (unsigned i = 0; i < 10'000; ++i) ++calls[pool.choose(call(i), everyone)];
    REQUIRE(calls.size() == 5);
    for (const auto& [chosen, count] : calls) {
      CHECK((chosen & pool.members()) == chosen);
      CHECK(count >= 1900);
      CHECK(count <= 2100);
    }
  }
}

TEST_CASE("losing a member moves its calls alone, to all of the others") {
  const Pool pool = pool_of(PoolPolicy::hash, 5);
  const std::uint64_t lost = bit(5);
  std::map<std::uint64_t, unsigned> heirs;
  for (unsigned i = 0; i < 10'000; ++i) {
    const std::uint64_t before = pool.choose(call(i), everyone);
    const std::uint64_t after = pool.choose(call(i), everyone & ~lost);
    if (before == lost) {
      ++heirs[after];
    } else {
      CHECK(after == before);
    }
  }
  REQUIRE(heirs.size() == 4);
  for (const auto& [heir, count] : heirs) CHECK(count > 400);
}

TEST_CASE("adding a member moves to it the calls that it takes, and no others") {
  const Pool four = pool_of(PoolPolicy::hash, 4);
  const Pool five = pool_of(PoolPolicy::hash, 5);
  unsigned moved = 0;
  for (unsigned i = 0; i < 10'000; ++i) {
    const std::uint64_t after = five.choose(call(i), everyone);
    if (after == four.choose(call(i), everyone)) continue;
    CHECK(after == bit(7));
    ++moved;
  }
  CHECK(moved >= 1900);
  CHECK(moved <= 2100);
}

TEST_CASE("who gets a call depends on names, not on the order or the bits of an agent") {
  const Pool here{PoolPolicy::hash, {member("a", 0), member("b", 1), member("c", 2)}};
  const Pool there{PoolPolicy::hash, {member("c", 7), member("a", 8), member("b", 9)}};
  const std::map<std::uint64_t, std::uint64_t> same{
      {bit(0), bit(8)}, {bit(1), bit(9)}, {bit(2), bit(7)}};
  for (unsigned i = 0; i < 1000; ++i) {
    CHECK(there.choose(call(i), everyone) == same.at(here.choose(call(i), everyone)));
  }
}

TEST_CASE("who gets a call stays the same from one release to the next") {
  const Pool pool = pool_of(PoolPolicy::hash, 5);
  std::string chosen;
  for (unsigned i = 0; i < 20; ++i) {
    const std::uint64_t one = pool.choose(call(i), everyone);
    for (unsigned at = 3; at < 8; ++at) {
      if (one == bit(at)) chosen += std::to_string(at);
    }
  }
  CHECK(chosen == "67356646333473353455");
}

TEST_CASE("frames of no call go in turn to those that are healthy") {
  const Pool pool = pool_of(PoolPolicy::round_robin, 3);
  std::vector<std::uint64_t> all;
  std::vector<std::uint64_t> two;
  for (std::uint64_t turn = 0; turn < 4; ++turn) {
    all.push_back(pool.choose({0, turn}, everyone));
    two.push_back(pool.choose({0, turn}, bit(3) | bit(5)));
  }
  CHECK(all == std::vector{bit(3), bit(4), bit(5), bit(3)});
  CHECK(two == std::vector{bit(3), bit(5), bit(3), bit(5)});
}

TEST_CASE("with hash, frames of no call have one place, too") {
  const Pool pool = pool_of(PoolPolicy::hash, 3);
  CHECK(pool.choose({0, 1}, everyone) == pool.choose({0, 2}, everyone));
}

// gives     calls of 40,000 by who has them
std::map<std::uint64_t, unsigned> calls_of(const Pool& pool, std::uint64_t healthy) {
  std::map<std::uint64_t, unsigned> calls;
  for (unsigned i = 0; i < 40'000; ++i) ++calls[pool.choose(call(i), healthy)];
  return calls;
}

std::vector<PoolMember> weighted() {
  return {{1, hash("a"), 0, 0.5}, {2, hash("b"), 0, 1.5}, {3, hash("c"), 0, 2}};
}

TEST_CASE("who has a larger weight has as much more of the calls") {
  const auto calls = calls_of({PoolPolicy::hash, weighted()}, everyone);
  REQUIRE(calls.size() == 3);
  CHECK(calls.at(bit(1)) == Approx(5'000).epsilon(0.05));
  CHECK(calls.at(bit(2)) == Approx(15'000).epsilon(0.05));
  CHECK(calls.at(bit(3)) == Approx(20'000).epsilon(0.05));
}

TEST_CASE("a weighted member that comes or goes moves only its own share") {
  const std::vector<PoolMember> all = weighted();
  const Pool three{PoolPolicy::hash, all};
  const Pool two{PoolPolicy::hash, {all[2], all[0]}};
  for (unsigned i = 0; i < 5'000; ++i) {
    const auto chosen = three.choose(call(i), everyone);
    if (chosen != bit(2)) CHECK(two.choose(call(i), everyone) == chosen);
  }
}

TEST_CASE(
    "weights that are equal choose as if there were none, and weights of others change nothing") {
  std::vector<PoolMember> equal{member("a", 1), member("b", 2)};
  const Pool plain{PoolPolicy::hash, equal};
  for (PoolMember& one : equal) one.weight = 7;
  const Pool sevens{PoolPolicy::hash, equal};
  equal.push_back({3, hash("c"), 0, 1});
  const Pool beside{PoolPolicy::hash, equal};
  for (unsigned i = 0; i < 2'000; ++i) {
    const auto chosen = plain.choose(call(i), everyone);
    CHECK(sevens.choose(call(i), everyone) == chosen);
    const auto among_more = beside.choose(call(i), everyone);
    if (among_more != bit(3)) CHECK(among_more == chosen);
  }
}

TEST_CASE("a later tier is used only while no member of an earlier one is healthy") {
  const std::vector<PoolMember> members{
      {1, hash("a"), 1, 1}, {2, hash("b"), 0, 1}, {3, hash("c"), 0, 1}};
  for (const auto policy : {PoolPolicy::hash, PoolPolicy::round_robin}) {
    const Pool pool{policy, members};
    CHECK(calls_of(pool, everyone).size() == 2);
    CHECK(calls_of(pool, everyone).count(bit(1)) == 0);
    CHECK(calls_of(pool, bit(1) | bit(3)) == std::map<std::uint64_t, unsigned>{{bit(3), 40'000}});
    CHECK(calls_of(pool, bit(1)) == std::map<std::uint64_t, unsigned>{{bit(1), 40'000}});
  }
  CHECK(Pool{PoolPolicy::mirror, members}.choose(call(1), bit(2)) == (bit(1) | bit(2) | bit(3)));
}

TEST_CASE("turns are shared by weight, too") {
  const Pool pool{PoolPolicy::round_robin, weighted()};
  std::map<std::uint64_t, unsigned> turns;
  for (std::uint64_t i = 0; i < 40'000; ++i) ++turns[pool.choose({0, i}, everyone)];
  CHECK(turns[bit(1)] == Approx(5'000).epsilon(0.05));
  CHECK(turns[bit(3)] == Approx(20'000).epsilon(0.05));
}

}  // namespace
}  // namespace heptap
