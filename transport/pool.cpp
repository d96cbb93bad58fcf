// Rendezvous hashing: each member has a weight for each call, and the heaviest gets it. When one is lost, only
// its calls move, each to the next heaviest; when it is back, they return.
// A member that shall have a larger share has heavier weights: scaled so that the shares are exact, and that
// those of others do not matter to the choice between two.
// source: Thaler, Ravishankar: Using Name-Based Mappings to Increase Hit Rates, IEEE/ACM ToN 6(1), 1998;
// Schindelhauer, Schomaker: Weighted Distributed Hash Tables, SPAA 2005 (the logarithmic method)
#include "transport/pool.hpp"

#include <bit>
#include <cmath>
#include <map>
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

// gives     the lightest of which is chosen; value: all that there are, with equal chances
double lightness(std::uint64_t value, double weight) noexcept {
  constexpr double steps = 0x1p53;
  return -std::log((static_cast<double>(value >> 11U) + 0.5) / steps) / weight;
}

}  // namespace

Pool::Pool(PoolPolicy policy, std::vector<PoolMember> members)
    : policy_(policy), members_(std::move(members)) {
  std::map<unsigned, std::uint64_t> tiers;
  for (const PoolMember& one : members_) {
    all_ |= bit_of(one);
    tiers[one.tier] |= bit_of(one);
    is_weighted_ = is_weighted_ || one.weight != members_.front().weight;
  }
  for (const auto& [tier, bits] : tiers) tiers_.push_back(bits);
}

std::uint64_t Pool::choose(PoolKey key, std::uint64_t healthy) const noexcept {
  const std::uint64_t candidates = (all_ & healthy) != 0 ? all_ & healthy : all_;
  switch (policy_) {
    case PoolPolicy::mirror: return all_;
    case PoolPolicy::failover: return first_of(candidates);
    case PoolPolicy::hash: return by_call(key.call, in_first_tier(candidates));
    case PoolPolicy::round_robin:
      return key.call == 0 ? by_turn(key.turn, in_first_tier(candidates))
                           : by_call(key.call, in_first_tier(candidates));
  }
  return all_;
}

std::uint64_t Pool::first_of(std::uint64_t candidates) const noexcept {
  for (const PoolMember& one : members_) {
    if ((candidates & bit_of(one)) != 0) return bit_of(one);
  }
  return all_;
}

std::uint64_t Pool::in_first_tier(std::uint64_t candidates) const noexcept {
  for (const std::uint64_t tier : tiers_) {
    if ((candidates & tier) != 0) return candidates & tier;
  }
  return candidates;
}

std::uint64_t Pool::by_call(std::uint64_t call, std::uint64_t candidates) const noexcept {
  std::uint64_t chosen = 0;
  std::uint64_t heaviest = 0;
  double lightest = 0;
  for (const PoolMember& one : members_) {
    if ((candidates & bit_of(one)) == 0) continue;
    const std::uint64_t value = mixed(mixed(call) ^ one.name_hash);
    const double light = is_weighted_ ? lightness(value, one.weight) : 0;
    const bool is_behind = is_weighted_ ? light >= lightest : value <= heaviest;
    if (chosen != 0 && is_behind) continue;
    chosen = bit_of(one);
    heaviest = value;
    lightest = light;
  }
  return chosen;
}

// Where shares differ, turns are drawn rather than counted.
std::uint64_t Pool::by_turn(std::uint64_t turn, std::uint64_t candidates) const noexcept {
  if (is_weighted_) return by_call(mixed(turn + 1), candidates);
  std::uint64_t before = turn % static_cast<std::uint64_t>(std::popcount(candidates));
  for (const PoolMember& one : members_) {
    if ((candidates & bit_of(one)) != 0 && before-- == 0) return bit_of(one);
  }
  return all_;
}

}  // namespace heptap
