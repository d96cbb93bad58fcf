#include "agent/plan/plan_scopes.hpp"

#include <algorithm>

#include "agent/random_seed.hpp"

namespace heptap {
namespace {

constexpr std::size_t shards = 64;

}  // namespace

PlanScopes::PlanScopes(std::size_t max_calls, std::int64_t max_idle_us)
    : calls_(true, shards, [&](std::size_t count) {
        const std::size_t share = std::max<std::size_t>((max_calls + count - 1) / count, 1);
        return RecentTable<Key, Entry>(share, random_seed(), max_idle_us);
      }) {}

bool PlanScopes::find(std::uint64_t call_hash, std::int64_t now_us, ScopedRule& out) noexcept {
  return calls_.with(call_hash, [&](RecentTable<Key, Entry>& calls) {
    const Entry* const known = calls.find(Key{call_hash}, now_us);
    const bool is_set = known != nullptr && known->is_set;
    if (is_set) out = known->rule;
    return is_set;
  });
}

void PlanScopes::set(std::uint64_t call_hash, std::int64_t now_us,
                     const ScopedRule& rule) noexcept {
  calls_.with(call_hash, [&](RecentTable<Key, Entry>& calls) {
    Entry& entry = calls.find_or_add(Key{call_hash}, now_us);
    if (!entry.is_set) entry = {rule, true};
  });
}

void PlanScopes::forget(std::uint64_t call_hash, std::int64_t now_us) noexcept {
  calls_.with(call_hash, [&](RecentTable<Key, Entry>& calls) {
    if (Entry* const entry = calls.find(Key{call_hash}, now_us)) *entry = {};
  });
}

void PlanScopes::renumber(std::uint64_t call_hash, std::int64_t now_us,
                          const ScopedRule& rule) noexcept {
  calls_.with(call_hash, [&](RecentTable<Key, Entry>& calls) {
    Entry* const entry = calls.find(Key{call_hash}, now_us);
    if (entry != nullptr) entry->rule = rule;
  });
}

TableUse PlanScopes::use() const {
  return calls_.sum([](const RecentTable<Key, Entry>& calls) { return calls.use(); });
}

}  // namespace heptap
