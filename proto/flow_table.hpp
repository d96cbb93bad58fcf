#pragma once

#include <bit>
#include <cassert>
#include <cstddef>
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
/// allocated after the start; memory is touched when it is used for the first time. The chains of the
/// index go through the slots, so that an entry is not waited for twice; hashes are not kept.
template <class Key, class Entry>
class FlowTable {
 public:
  static constexpr std::uint32_t none = SlotIndex::none;

  /// max_entries   of those that can be found; one more may be detached
  /// seed          a secret: no stranger shall aim at one chain of the index
  FlowTable(std::size_t max_entries, std::uint64_t seed)
      : max_entries_(max_entries), seed_(seed), heads_(std::bit_ceil(max_entries), none) {
    slots_.reserve(max_entries + 1);
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool is_full() const noexcept { return size() == max_entries_; }
  [[nodiscard]] TableUse use() const noexcept {
    return {.entries = size(),
            .max_entries = max_entries_,
            .memory_bytes =
                heads_.capacity() * sizeof(std::uint32_t) + slots_.capacity() * sizeof(Slot)};
  }

  /// gives     what prefetch() and find() take
  template <class AnyKey = Key>
  [[nodiscard]] std::uint64_t hash(const AnyKey& key) const noexcept {
    return key.hash(seed_);
  }

  // Whoever knows some keys at once lets memory come for all of them before the first find().
  void prefetch(std::uint64_t hash) const noexcept { __builtin_prefetch(&heads_[chain_of(hash)]); }
  void prefetch_entry(std::uint64_t hash) const noexcept {
    const std::uint32_t slot = heads_[chain_of(hash)];
    if (slot == none) return;
    const auto* const begin = reinterpret_cast<const char*>(&slots_[slot]);  // NOLINT: of any type
    for (std::size_t at = 0; at < sizeof(Slot); at += cache_line) __builtin_prefetch(begin + at);
    __builtin_prefetch(begin + sizeof(Slot) - 1);
  }

  /// gives     the slot of the entry, or none
  [[nodiscard]] std::uint32_t find(const Key& key) const noexcept { return find(key, hash(key)); }
  [[nodiscard]] std::uint32_t find(const Key& key, std::uint64_t hash) const noexcept {
    return find_if(hash, [&](std::uint32_t slot) { return slots_[slot].key == key; });
  }
  /// For keys that are kept in another form than they are asked for.
  /// is_of     whether the entry of a slot, of this chain, is the one
  template <class IsOf>
  [[nodiscard]] std::uint32_t find_if(std::uint64_t hash, IsOf is_of) const noexcept {
    std::uint32_t slot = heads_[chain_of(hash)];
    while (slot != none && !is_of(slot)) slot = slots_[slot].chained;
    return slot;
  }

  /// key       not in the table, which is not full
  /// gives     the slot of its entry, which is in no list yet
  [[nodiscard]] std::uint32_t add(const Key& key) noexcept { return add(key, hash(key)); }
  [[nodiscard]] std::uint32_t add(const Key& key, std::uint64_t hash) noexcept {
    assert(!is_full());
    const std::uint32_t slot = take_free();
    std::uint32_t& head = heads_[chain_of(hash)];
    slots_[slot].key = key;
    slots_[slot].chained = head;
    head = slot;
    ++size_;
    return slot;
  }

  /// Lets its key be added again while the entry lives on.
  void detach(std::uint32_t slot) noexcept { detach(slot, hash(slots_[slot].key)); }
  /// hash      that it was added with
  void detach(std::uint32_t slot, std::uint64_t hash) noexcept {
    std::uint32_t* link = &heads_[chain_of(hash)];
    while (*link != slot) link = &slots_[*link].chained;
    *link = slots_[slot].chained;
    --size_;
  }

  /// slot      detached, and in no list
  void free(std::uint32_t slot) noexcept {
    slots_[slot].chained = free_;
    free_ = slot;
  }

  /// slot      in no list
  void remove(std::uint32_t slot) noexcept { remove(slot, hash(slots_[slot].key)); }
  void remove(std::uint32_t slot, std::uint64_t hash) noexcept {
    detach(slot, hash);
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

  /// slot      in a list
  /// gives     the one behind it, or none
  [[nodiscard]] std::uint32_t next_of(std::uint32_t slot) const noexcept {
    return slots_[slot].next;
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
    [[no_unique_address]] Entry entry{};  // what follows may begin in its padding
    [[no_unique_address]] Key key{};
    std::uint32_t chained = none;
    std::uint32_t previous = none;
    std::uint32_t next = none;
  };

  [[nodiscard]] std::size_t chain_of(std::uint64_t hash) const noexcept {
    return static_cast<std::uint32_t>(hash) & (heads_.size() - 1);
  }
  [[nodiscard]] std::uint32_t take_free() noexcept {
    if (free_ == none) {
      slots_.emplace_back();
      return static_cast<std::uint32_t>(slots_.size() - 1);
    }
    const std::uint32_t slot = free_;
    free_ = slots_[slot].chained;
    return slot;
  }

  std::size_t max_entries_;
  std::uint64_t seed_;
  std::vector<std::uint32_t> heads_;  // of chains; a power of two
  std::vector<Slot> slots_;
  std::uint32_t free_ = none;  // the first of a chain, too
  std::size_t size_ = 0;
};

}  // namespace heptap
