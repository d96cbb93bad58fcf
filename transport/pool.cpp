// Rendezvous hashing: each member has a weight for each call, and the heaviest gets it. When one is lost, only
// its calls move, each to the next heaviest; when it is back, they return.
// source: Thaler, Ravishankar: Using Name-Based Mappings to Increase Hit Rates, IEEE/ACM ToN 6(1), 1998
#include "transport/pool.hpp"

#include <bit>
#include <utility>

namespace heptap {
namespace {

std::uint64_t bit_of(const PoolMember& member) noexcept { return std::uint64_t{1} << member.bit; }

/// source    the finalizer of Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014
std::uint64_t mixed(std::uint64_t value) noexcept {
  value = (value ^ value >> 30U) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ value >> 27U) * 0x94d049bb133111ebULL;
  return value ^ value >> 31U;
}

}  // namespace

Pool::Pool(PoolPolicy policy, std::vector<PoolMember> members)
    : policy_(policy), members_(std::move(members)) {
  for (const PoolMember& one : members_) all_ |= bit_of(one);
}

std::uint64_t Pool::choose(PoolKey key, std::uint64_t healthy) const noexcept {
  const std::uint64_t candidates = (all_ & healthy) != 0 ? all_ & healthy : all_;
  switch (policy_) {
    case PoolPolicy::mirror: return all_;
    case PoolPolicy::failover: return first_of(candidates);
    case PoolPolicy::hash: return by_call(key.call, candidates);
    case PoolPolicy::round_robin:
      return key.call == 0 ? by_turn(key.turn, candidates) : by_call(key.call, candidates);
  }
  return all_;
}

std::uint64_t Pool::first_of(std::uint64_t candidates) const noexcept {
  for (const PoolMember& one : members_) {
    if ((candidates & bit_of(one)) != 0) return bit_of(one);
  }
  return all_;
}

std::uint64_t Pool::by_call(std::uint64_t call, std::uint64_t candidates) const noexcept {
  std::uint64_t chosen = 0;
  std::uint64_t heaviest = 0;
  for (const PoolMember& one : members_) {
    if ((candidates & bit_of(one)) == 0) continue;
    const std::uint64_t weight = mixed(mixed(call) ^ one.name_hash);
    if (chosen != 0 && weight <= heaviest) continue;
    chosen = bit_of(one);
    heaviest = weight;
  }
  return chosen;
}

std::uint64_t Pool::by_turn(std::uint64_t turn, std::uint64_t candidates) const noexcept {
  std::uint64_t before = turn % static_cast<std::uint64_t>(std::popcount(candidates));
  for (const PoolMember& one : members_) {
    if ((candidates & bit_of(one)) != 0 && before-- == 0) return bit_of(one);
  }
  return all_;
}

}  // namespace heptap
