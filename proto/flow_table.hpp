#pragma once

#include <cassert>
#include <cstdint>
#include <vector>

#include "proto/slot_index.hpp"
#include "proto/table_use.hpp"

namespace heptap {

/// Slots of a FlowTable in an order of the owner's making, such as that of their last use.
struct SlotList {
  std::uint32_t first = SlotIndex::none;
  std::uint32_t last = SlotIndex::none;
};

/// A fixed number of entries, found by a key that has a keyed hash(seed). A slot keeps its number as
/// long as its entry lives, and its entry is as the last one left it when it is taken. Nothing is
/// allocated after the start; memory is touched when it is used for the first time.
template <class Key, class Entry>
class FlowTable {
 public:
  static constexpr std::uint32_t none = SlotIndex::none;

  /// max_entries   of those that can be found; one more may be detached
  /// seed          a secret: no stranger shall aim at one chain of the index
  FlowTable(std::size_t max_entries, std::uint64_t seed)
      : max_entries_(max_entries), seed_(seed), index_(max_entries + 1) {
    slots_.reserve(max_entries + 1);
    free_.reserve(max_entries + 1);
  }

  [[nodiscard]] std::size_t size() const noexcept { return index_.size(); }
  [[nodiscard]] bool is_full() const noexcept { return size() == max_entries_; }
  [[nodiscard]] TableUse use() const noexcept {
    return {.entries = size(),
            .max_entries = max_entries_,
            .memory_bytes = index_.memory_bytes() + slots_.capacity() * sizeof(Slot) +
                            free_.capacity() * sizeof(std::uint32_t)};
  }

  /// gives     what prefetch() and find() take
  [[nodiscard]] std::uint64_t hash(const Key& key) const noexcept { return key.hash(seed_); }

  // Whoever knows some keys at once lets memory come for all of them before the first find().
  void prefetch(std::uint64_t hash) const noexcept { index_.prefetch(hash); }
  void prefetch_entry(std::uint64_t hash) const noexcept {
    const std::uint32_t slot = index_.prefetch_first(hash);
    if (slot == none) return;
    const auto* const begin = reinterpret_cast<const char*>(&slots_[slot]);  // NOLINT: of any type
    for (std::size_t at = 0; at < sizeof(Slot); at += cache_line) __builtin_prefetch(begin + at);
  }

  /// gives     the slot of the entry, or none
  [[nodiscard]] std::uint32_t find(const Key& key) const noexcept { return find(key, hash(key)); }
  [[nodiscard]] std::uint32_t find(const Key& key, std::uint64_t hash) const noexcept {
    const std::uint32_t slot = index_.find(hash);
    return slot != none && slots_[slot].key == key ? slot : none;
  }

  /// key       not in the table, which is not full
  /// gives     the slot of its entry, which is in no list yet; none: another key has the same hash,
  ///           once in 2^64
  [[nodiscard]] std::uint32_t add(const Key& key) noexcept {
    assert(!is_full());
    const std::uint64_t hash = this->hash(key);
    if (index_.find(hash) != none) return none;
    std::uint32_t slot = static_cast<std::uint32_t>(slots_.size());
    if (free_.empty()) {
      slots_.emplace_back();
    } else {
      slot = free_.back();
      free_.pop_back();
    }
    slots_[slot].key = key;
    index_.insert(hash, slot);
    return slot;
  }

  /// Lets its key be added again while the entry lives on.
  void detach(std::uint32_t slot) noexcept { index_.erase(slot); }

  /// slot      detached, and in no list
  void free(std::uint32_t slot) noexcept { free_.push_back(slot); }

  /// slot      in no list
  void remove(std::uint32_t slot) noexcept {
    detach(slot);
    free(slot);
  }

  [[nodiscard]] Entry& operator[](std::uint32_t slot) noexcept { return slots_[slot].entry; }
  [[nodiscard]] const Entry& operator[](std::uint32_t slot) const noexcept {
    return slots_[slot].entry;
  }
  [[nodiscard]] const Key& key(std::uint32_t slot) const noexcept { return slots_[slot].key; }

  /// slot      in no list
  void append(SlotList& list, std::uint32_t slot) noexcept {
    slots_[slot].previous = list.last;
    slots_[slot].next = none;
    (list.last == none ? list.first : slots_[list.last].next) = slot;
    list.last = slot;
  }

  /// slot      in this list
  void unlink(SlotList& list, std::uint32_t slot) noexcept {
    const Slot& gone = slots_[slot];
    (gone.previous == none ? list.first : slots_[gone.previous].next) = gone.next;
    (gone.next == none ? list.last : slots_[gone.next].previous) = gone.previous;
  }

 private:
  static constexpr std::size_t cache_line = 64;

  struct Slot {
    Key key{};
    std::uint32_t previous = none;
    std::uint32_t next = none;
    Entry entry{};
  };

  std::size_t max_entries_;
  std::uint64_t seed_;
  SlotIndex index_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
};

}  // namespace heptap
