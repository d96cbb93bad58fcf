#pragma once

#include <cstddef>
#include <cstdint>

#include "agent/calls/shards.hpp"
#include "proto/hash.hpp"
#include "proto/recent_table.hpp"

namespace heptap {

/// Lets so many a second pass of each key, by packet time: as many at once, and from then on one when its
/// share of a second is over. Threads share it, in shards with a lock each. Nothing is allocated after the
/// start; of too many keys, the one that has been idle longest begins anew.
class RateLimit {
 public:
  static constexpr std::size_t max_keys = 65'536;

  /// per_second  at least 1
  /// has_keys    false: all keys are one and the same
  explicit RateLimit(std::uint32_t per_second, bool has_keys = true);

  /// key       a keyed hash; one and the same: all together
  /// gives     whether this one passes; then it counts
  [[nodiscard]] bool pass(std::uint64_t key, std::int64_t now_us) noexcept;

 private:
  struct Key {
    std::uint64_t value = 0;
    friend bool operator==(const Key&, const Key&) = default;
    [[nodiscard]] std::uint64_t hash(std::uint64_t seed) const noexcept {
      return hash_parts::fold(value ^ seed, hash_parts::key_a ^ seed);
    }
  };
  /// When the next one would be due if all came evenly.
  struct Due {
    std::int64_t at_us = 0;
    bool is_known = false;
  };

  std::int64_t share_us_;
  Shards<RecentTable<Key, Due>> keys_;
};

}  // namespace heptap
