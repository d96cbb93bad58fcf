#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace heptap {

/// Finds the slot of a hash among a fixed number of slots, by chains. Everything is allocated at
/// the start: a general map moves all its entries now and then when old ones make room for new
/// ones, in the middle of the packets.
class SlotIndex {
 public:
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  explicit SlotIndex(std::size_t max_slots)
      : heads_(std::bit_ceil(max_slots), none), links_(max_slots) {}

  /// gives     the slot that `hash` was inserted with; none: it is not here
  [[nodiscard]] std::uint32_t find(std::uint64_t hash) const noexcept {
    std::uint32_t slot = heads_[chain_of(hash)];
    while (slot != none && this->hash(slot) != hash) slot = links_[slot].next;
    return slot;
  }

  /// Lets find() of this hash be quick in a little while.
  void prefetch(std::uint64_t hash) const noexcept { __builtin_prefetch(&heads_[chain_of(hash)]); }

  /// The same once more, when that while has passed.
  /// gives     the slot that find() looks at first, or none
  [[nodiscard]] std::uint32_t prefetch_first(std::uint64_t hash) const noexcept {
    const std::uint32_t slot = heads_[chain_of(hash)];
    if (slot != none) __builtin_prefetch(&links_[slot]);
    return slot;
  }

  /// hash      mixed already, and not in the index
  /// slot      below max_slots, and not in the index
  void insert(std::uint64_t hash, std::uint32_t slot) noexcept {
    std::uint32_t& head = heads_[chain_of(hash)];
    links_[slot] = {static_cast<std::uint32_t>(hash), static_cast<std::uint32_t>(hash >> 32U),
                    head};
    head = slot;
    ++size_;
  }

  /// slot      in the index
  void erase(std::uint32_t slot) noexcept {
    std::uint32_t* link = &heads_[chain_of(hash(slot))];
    while (*link != slot) link = &links_[*link].next;
    *link = links_[slot].next;
    --size_;
  }

  /// slot      in the index
  /// gives     what it was inserted with
  [[nodiscard]] std::uint64_t hash(std::uint32_t slot) const noexcept {
    return std::uint64_t{links_[slot].hash_high} << 32U | links_[slot].hash_low;
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return heads_.capacity() * sizeof(std::uint32_t) + links_.capacity() * sizeof(Link);
  }

 private:
  struct Link {
    std::uint32_t hash_low = 0;
    std::uint32_t hash_high = 0;
    std::uint32_t next = none;
  };

  [[nodiscard]] std::size_t chain_of(std::uint64_t hash) const noexcept {
    return static_cast<std::size_t>(hash) & (heads_.size() - 1);
  }

  std::vector<std::uint32_t> heads_;  // a power of two
  std::vector<Link> links_;           // by slot
  std::size_t size_ = 0;
};

}  // namespace heptap
