#include "agent/plan/plan_scopes.hpp"

#include <algorithm>
#include <cstdlib>

#include "agent/random_seed.hpp"

namespace heptap {
namespace {

constexpr std::size_t shards = 64;

}  // namespace

std::uint8_t HeldRules::find(std::uint64_t name) const noexcept {
  for (std::uint8_t i = 0; i < count; ++i) {
    if (names[i] == name) return i;
  }
  return none;
}

void HeldRules::set_suffix(std::uint8_t index, std::string_view text) noexcept {
  suffix_bytes[index] =
      static_cast<std::uint8_t>(text.copy(suffixes[index].data(), suffixes[index].size()));
}

// The last one takes its place.
void HeldRules::remove(std::uint8_t index) noexcept {
  --count;
  names[index] = names[count];
  suffixes[index] = suffixes[count];
  suffix_bytes[index] = suffix_bytes[count];
  if (decides == index) {
    decides = none;
  } else if (decides == count) {
    decides = index;
  }
}

PlanScopes::PlanScopes(std::size_t max_calls, std::int64_t max_idle_us)
    : max_idle_us_(max_idle_us), calls_(true, shards, [&](std::size_t count) {
        const std::size_t share = std::max<std::size_t>((max_calls + count - 1) / count, 1);
        return RecentTable<Key, HeldRules>(share, random_seed(), max_idle_us);
      }) {}

HeldRules PlanScopes::find(std::uint64_t call_hash, std::int64_t now_us) noexcept {
  return calls_.with(call_hash, [&](RecentTable<Key, HeldRules>& calls) {
    const HeldRules* const known = calls.find(Key{call_hash}, now_us);
    return known != nullptr ? *known : HeldRules{};
  });
}

void PlanScopes::add(std::uint64_t call_hash, std::int64_t now_us, std::uint64_t name, bool decides,
                     std::string_view suffix) noexcept {
  calls_.with(call_hash, [&](RecentTable<Key, HeldRules>& calls) {
    HeldRules& held = calls.find_or_add(Key{call_hash}, now_us);
    if (held.find(name) != HeldRules::none) return;
    if (held.count == HeldRules::most || (decides && held.decides != HeldRules::none)) return;
    held.names[held.count] = name;
    if (decides) held.decides = held.count;
    held.set_suffix(held.count, suffix);
    ++held.count;
  });
}

void PlanScopes::begin_plan(std::uint64_t plan_number) noexcept {
  std::uint64_t newest = newest_plan_.load();
  while (newest < plan_number && !newest_plan_.compare_exchange_weak(newest, plan_number)) {
  }
}

// What an older plan does not know may be a rule that a later one has just begun to hold.
void PlanScopes::forget(std::uint64_t call_hash, std::int64_t now_us, std::uint64_t name,
                        std::uint64_t plan_number) noexcept {
  if (plan_number < newest_plan_.load()) return;
  calls_.with(call_hash, [&](RecentTable<Key, HeldRules>& calls) {
    HeldRules* const held = calls.find(Key{call_hash}, now_us);
    if (held == nullptr) return;
    const std::uint8_t index = held->find(name);
    if (index != HeldRules::none) held->remove(index);
  });
}

void PlanScopes::forget(std::uint64_t call_hash, std::int64_t now_us) noexcept {
  calls_.with(call_hash, [&](RecentTable<Key, HeldRules>& calls) {
    if (HeldRules* const held = calls.find(Key{call_hash}, now_us)) *held = {};
  });
}

bool PlanScopes::restore(std::uint64_t call_hash, std::int64_t last_us, const HeldRules& held,
                         std::int64_t now_us) noexcept {
  if (std::abs(now_us - last_us) > max_idle_us_) return false;
  calls_.with(call_hash, [&](RecentTable<Key, HeldRules>& calls) {
    calls.find_or_add(Key{call_hash}, last_us) = held;
  });
  return true;
}

TableUse PlanScopes::use() const {
  return calls_.sum([](const RecentTable<Key, HeldRules>& calls) { return calls.use(); });
}

}  // namespace heptap
