#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "proto/hash.hpp"
#include "proto/net/packet.hpp"
#include "proto/table_use.hpp"

namespace heptap {

/// Tells a packet that a mirror shows twice from one that was sent twice. A copy has the addresses,
/// the ports, the IP identification and all the bytes of the other, and comes within the window;
/// what is around it, and its time to live, do not matter. Keeps nearly all packets of the window at
/// 200,000 messages a second, which is more than a gigabit carries; of more, the youngest. One that
/// several threads share has a lock for every 64th bucket.
class DuplicateWindow {
 public:
  enum class Use : std::uint8_t { one_thread, several_threads };

  /// window_us   0: nothing is a copy; takes 32 KiB for 5 ms, and never more than 1 MiB
  DuplicateWindow(std::int64_t window_us, std::uint64_t seed, Use use = Use::one_thread)
      : window_us_(window_us),
        seed_(seed),
        buckets_(bucket_count(window_us)),
        locks_(use == Use::one_thread ? nullptr : std::make_unique<Locks>()) {}

  /// content   BytesHash of the payload
  /// gives     true: this packet was here a moment ago
  [[nodiscard]] bool is_copy(const Packet& packet, std::uint64_t content,
                             std::int64_t time_us) noexcept;

  [[nodiscard]] TableUse use() const noexcept {
    return {.memory_bytes = buckets_.capacity() * sizeof(Bucket) + (locks_ ? sizeof(Locks) : 0)};
  }

  /// Nothing was here yet. Not while other threads ask.
  void forget() noexcept { std::fill(buckets_.begin(), buckets_.end(), Bucket{}); }

 private:
  struct Seen {
    std::uint64_t hash = 0;
    std::int64_t time_us = 0;
  };
  using Bucket = std::array<Seen, 4>;  // a cache line
  struct alignas(64) Lock {
    std::mutex mutex;
  };
  using Locks = std::array<Lock, 64>;

  // At that rate each has two packets of the window, and room for four.
  static constexpr std::size_t bucket_count(std::int64_t window_us) noexcept {
    constexpr std::int64_t bucket_us = 10;
    constexpr std::int64_t max_buckets = 1 << 14;
    return std::bit_ceil(static_cast<std::size_t>(std::min(window_us / bucket_us, max_buckets)));
  }
  [[nodiscard]] std::uint64_t hash_of(const Packet& packet, std::uint64_t content) const noexcept;
  [[nodiscard]] bool is_in(Bucket& bucket, std::uint64_t hash, std::int64_t time_us) const noexcept;

  std::int64_t window_us_;
  std::uint64_t seed_;
  std::vector<Bucket> buckets_;
  std::unique_ptr<Locks> locks_;  ///< null: one thread
};

}  // namespace heptap
