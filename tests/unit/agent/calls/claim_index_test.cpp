#include "agent/calls/claim_index.hpp"

#include <catch2/catch.hpp>
#include <vector>

using namespace heptap;

namespace {

std::vector<std::uint64_t> calls_of(const ClaimIndex& index, std::uint64_t key) {
  std::vector<std::uint64_t> calls(ClaimIndex::max_calls_per_key);
  calls.resize(index.find(key, calls.data()));
  return calls;
}

}  // namespace

TEST_CASE("an address gives the calls that claim it, youngest first") {
  ClaimIndex index(100);
  for (const std::uint64_t call : {1U, 2U, 3U}) CHECK(index.add(77, call) == 0);
  index.add(78, 9);
  CHECK(calls_of(index, 77) == std::vector<std::uint64_t>{3, 2, 1});
  CHECK(calls_of(index, 79).empty());
  index.remove(77, 2);
  CHECK(calls_of(index, 77) == std::vector<std::uint64_t>{3, 1});
  CHECK(index.use().entries == 3);
}

TEST_CASE("a call that claims an address twice has it until it takes both back") {
  ClaimIndex index(100);
  index.add(77, 1);
  index.add(77, 1);
  CHECK(calls_of(index, 77).size() == 1);
  index.remove(77, 1);
  CHECK(calls_of(index, 77).size() == 1);
  index.remove(77, 1);
  CHECK(calls_of(index, 77).empty());
  index.remove(77, 1);
  CHECK(index.use().entries == 0);
}

TEST_CASE("of too many calls for one address the oldest leaves") {
  ClaimIndex index(100);
  std::size_t crowded_out = 0;
  for (std::uint64_t call = 0; call < 20; ++call) crowded_out += index.add(77, call);
  CHECK(crowded_out == 20 - ClaimIndex::max_calls_per_key);
  CHECK(calls_of(index, 77).front() == 19);
  CHECK(calls_of(index, 77).back() == 12);
  CHECK(index.use().entries == ClaimIndex::max_calls_per_key);
}

TEST_CASE("a full index takes no more, and room that comes free is used again") {
  ClaimIndex index(4);
  for (std::uint64_t key = 0; key < 4; ++key) CHECK(index.add(key, 1) == 0);
  CHECK(index.add(4, 1) == 1);
  CHECK(calls_of(index, 4).empty());
  index.remove(2, 1);
  CHECK(index.add(4, 1) == 0);
  CHECK(calls_of(index, 4).size() == 1);
  CHECK(index.use().entries == 4);
}
