#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "proto/table_use.hpp"

namespace heptap {

/// Which calls claim an address: many calls may claim one, and one may do it several times. Keys are
/// keyed hashes, as in SlotIndex. A fixed number of entries; nothing is allocated after the start.
class ClaimIndex {
 public:
  static constexpr std::size_t max_calls_per_key = 8;

  explicit ClaimIndex(std::size_t max_entries);

  /// Lets what follows be quick for this key in a little while. Any thread may call it.
  void prefetch(std::uint64_t key) const noexcept {
    __builtin_prefetch(&heads_[static_cast<std::size_t>(key) & (heads_.size() - 1)]);
  }

  /// Adds a claim. Of too many calls for one key the oldest leaves.
  /// gives     how many calls lost their entry: that of the oldest, or this one's for want of room
  std::size_t add(std::uint64_t key, std::uint64_t call) noexcept;

  /// Takes a claim back. One that is not here was crowded out.
  void remove(std::uint64_t key, std::uint64_t call) noexcept;

  /// out       takes max_calls_per_key
  /// gives     how many calls claim the key, youngest first
  [[nodiscard]] std::size_t find(std::uint64_t key, std::uint64_t* out) const noexcept;

  [[nodiscard]] TableUse use() const noexcept;

 private:
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  struct Entry {
    std::uint64_t key = 0;
    std::uint64_t call = 0;
    std::uint32_t next = none;
    std::uint32_t claims = 0;
  };

  [[nodiscard]] std::uint32_t& head_of(std::uint64_t key) noexcept {
    return heads_[static_cast<std::size_t>(key) & (heads_.size() - 1)];
  }
  std::size_t make_room(std::uint64_t key) noexcept;
  void unlink(std::uint32_t* link) noexcept;

  std::size_t max_entries_;
  std::vector<std::uint32_t> heads_;
  std::vector<Entry> entries_;
  std::uint32_t free_ = none;
  std::size_t size_ = 0;
};

}  // namespace heptap
