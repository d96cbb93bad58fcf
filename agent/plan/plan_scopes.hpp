#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "agent/calls/shards.hpp"
#include "agent/plan/rule.hpp"
#include "config/plan_limits.hpp"
#include "proto/hash.hpp"
#include "proto/recent_table.hpp"
#include "proto/table_use.hpp"

namespace heptap {

/// Rules that hold for a call: one that decides, and others beside it. They are known by their names, so
/// that a call keeps its rules when a plan is read again.
struct HeldRules {
  static constexpr std::size_t most = 1 + max_rules_beside;
  static constexpr std::uint8_t none = most;

  std::array<std::uint64_t, most> names{};  ///< hashes
  std::uint8_t count = 0;
  std::uint8_t decides = none;  ///< index of the one that sends or drops
  std::array<std::uint8_t, most> suffix_bytes{};
  std::array<std::array<char, max_node_suffix_bytes>, most> suffixes{};

  /// gives     the index of a rule; none: it does not hold
  [[nodiscard]] std::uint8_t find(std::uint64_t name) const noexcept;
  /// gives     what the rule's script has set for the call; empty: nothing
  [[nodiscard]] std::string_view suffix(std::uint8_t index) const noexcept {
    return {suffixes[index].data(), suffix_bytes[index]};
  }
  /// text      at most max_node_suffix_bytes
  void set_suffix(std::uint8_t index, std::string_view text) noexcept;
  void remove(std::uint8_t index) noexcept;
};

/// Which rules hold for which call, for all threads: capped, aged by packet time, in shards with a lock
/// each. Nothing is allocated after the start. When an entry is gone, the plan is asked again.
class PlanScopes {
 public:
  PlanScopes(std::size_t max_calls, std::int64_t max_idle_us);

  /// gives     those of a call, as they are now
  [[nodiscard]] HeldRules find(std::uint64_t call_hash, std::int64_t now_us) noexcept;
  /// From now on, a rule holds; but of those that decide, the first one stays.
  /// suffix    what its script has set, at most max_node_suffix_bytes
  void add(std::uint64_t call_hash, std::int64_t now_us, std::uint64_t name, bool decides,
           std::string_view suffix) noexcept;
  /// A thread has this plan from now on; others may have an older one yet.
  void begin_plan(std::uint64_t plan_number) noexcept;
  /// The rule is no more in this plan, or does something else: holds where no thread has a later one.
  void forget(std::uint64_t call_hash, std::int64_t now_us, std::uint64_t name,
              std::uint64_t plan_number) noexcept;
  /// The call is over, another one has its Call-ID.
  void forget(std::uint64_t call_hash, std::int64_t now_us) noexcept;

  /// take      is given the hash of each call, when it was used last, and its HeldRules
  template <class Take>
  void for_each(Take take) const {
    calls_.for_each([&](const RecentTable<Key, HeldRules>& calls) {
      calls.for_each([&](const Key& key, std::int64_t last_us, const HeldRules& held) {
        take(key.call_hash, last_us, held);
      });
    });
  }
  /// Takes the rules of a call of an earlier run.
  /// gives     false: it is too old
  bool restore(std::uint64_t call_hash, std::int64_t last_us, const HeldRules& held,
               std::int64_t now_us) noexcept;

  [[nodiscard]] TableUse use() const;

 private:
  struct Key {
    std::uint64_t call_hash = 0;
    friend bool operator==(const Key&, const Key&) = default;
    [[nodiscard]] std::uint64_t hash(std::uint64_t seed) const noexcept {
      return hash_parts::fold(call_hash ^ seed, hash_parts::key_b ^ seed);
    }
  };
  std::int64_t max_idle_us_;
  Shards<RecentTable<Key, HeldRules>> calls_;
  std::atomic<std::uint64_t> newest_plan_{0};
};

}  // namespace heptap
