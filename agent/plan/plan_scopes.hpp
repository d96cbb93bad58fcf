#pragma once

#include <cstddef>
#include <cstdint>

#include "agent/calls/shards.hpp"
#include "proto/hash.hpp"
#include "proto/recent_table.hpp"
#include "proto/table_use.hpp"

namespace heptap {

/// The rule that has decided about a call. Rules are known by their names, so that a call keeps its rule
/// when a plan is read again.
struct ScopedRule {
  std::uint64_t plan = 0;  ///< number of the plan that `index` is of
  std::uint64_t name = 0;  ///< a hash
  std::uint16_t index = 0;
};

/// Which rule holds for which call, for all threads: capped, aged by packet time, in shards with a lock
/// each. Nothing is allocated after the start. When an entry is gone, the plan is asked again.
class PlanScopes {
 public:
  PlanScopes(std::size_t max_calls, std::int64_t max_idle_us);

  /// gives     false: there is none; else `out` is set
  [[nodiscard]] bool find(std::uint64_t call_hash, std::int64_t now_us, ScopedRule& out) noexcept;
  /// The first rule stays.
  void set(std::uint64_t call_hash, std::int64_t now_us, const ScopedRule& rule) noexcept;
  /// The rule is no more.
  void forget(std::uint64_t call_hash, std::int64_t now_us) noexcept;
  /// The same rule, as another plan has it.
  void renumber(std::uint64_t call_hash, std::int64_t now_us, const ScopedRule& rule) noexcept;

  [[nodiscard]] TableUse use() const;

 private:
  struct Key {
    std::uint64_t call_hash = 0;
    friend bool operator==(const Key&, const Key&) = default;
    [[nodiscard]] std::uint64_t hash(std::uint64_t seed) const noexcept {
      return hash_parts::fold(call_hash ^ seed, hash_parts::key_b ^ seed);
    }
  };
  struct Entry {
    ScopedRule rule;
    bool is_set = false;
  };

  Shards<RecentTable<Key, Entry>> calls_;
};

}  // namespace heptap
