#pragma once

#include <cstdint>
#include <cstdlib>
#include <limits>

#include "proto/flow_table.hpp"

namespace heptap {

/// A FlowTable that forgets: what was not used for too long, by packet time, and of too many entries
/// the one that has been idle longest. Nothing is allocated after the start.
template <class Key, class Entry>
class RecentTable {
 public:
  static constexpr std::int64_t never_us = std::numeric_limits<std::int64_t>::max();

  /// max_entries   at least 1
  /// seed          a secret, as FlowTable has it
  /// max_idle_us   that an entry lives without being used; a clock that was set back by more counts
  RecentTable(std::size_t max_entries, std::uint64_t seed, std::int64_t max_idle_us = never_us)
      : max_idle_us_(max_idle_us), table_(max_entries, seed) {}

  [[nodiscard]] TableUse use() const noexcept { return table_.use(); }

  /// Uses an entry.
  /// gives     null: there is none
  /// lifetime  until the next use
  [[nodiscard]] Entry* find(const Key& key, std::int64_t now_us) noexcept {
    forget_idle(now_us);
    const std::uint32_t slot = table_.find(key);
    if (slot == table_.none) return nullptr;
    table_.unlink(by_use_, slot);
    if (is_idle(slot, now_us)) {
      table_.remove(slot);
      return nullptr;
    }
    return renew(slot, now_us);
  }

  /// The same, with a new entry where there is none.
  [[nodiscard]] Entry& find_or_add(const Key& key, std::int64_t now_us) noexcept {
    if (Entry* const known = find(key, now_us)) return *known;
    if (table_.is_full()) forget(by_use_.first);
    const std::uint32_t slot = table_.add(key);
    table_[slot].entry = {};
    return *renew(slot, now_us);
  }

  /// take      is given key, time of its last use and entry of each, the longest idle first
  template <class Take>
  void for_each(Take&& take) const {
    for (std::uint32_t at = by_use_.first; at != table_.none; at = table_.next_of(at)) {
      take(table_.key(at), table_[at].last_us, table_[at].entry);
    }
  }

 private:
  struct Timed {
    Entry entry{};
    std::int64_t last_us = 0;
  };

  [[nodiscard]] bool is_idle(std::uint32_t slot, std::int64_t now_us) const noexcept {
    return std::abs(now_us - table_[slot].last_us) > max_idle_us_;
  }
  // Two for each use: they go faster than new ones come.
  void forget_idle(std::int64_t now_us) noexcept {
    for (int i = 0; i < 2 && by_use_.first != table_.none; ++i) {
      if (!is_idle(by_use_.first, now_us)) return;
      forget(by_use_.first);
    }
  }
  void forget(std::uint32_t slot) noexcept {
    table_.unlink(by_use_, slot);
    table_.remove(slot);
  }
  Entry* renew(std::uint32_t slot, std::int64_t now_us) noexcept {
    table_.append(by_use_, slot);
    table_[slot].last_us = now_us;
    return &table_[slot].entry;
  }

  std::int64_t max_idle_us_;
  FlowTable<Key, Timed> table_;
  SlotList by_use_;  // the longest idle first
};

}  // namespace heptap
