#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "proto/hash.hpp"
#include "proto/net/packet.hpp"

namespace heptap {

/// Tells a packet that a mirror shows twice from one that was sent twice. A copy has the addresses,
/// the ports, the IP identification and all the bytes of the other, and comes within the window;
/// what is around it, and its time to live, do not matter. Keeps some thousand packets: those of the
/// window at more messages a second than one worker takes.
class DuplicateWindow {
 public:
  /// window_us   0: nothing is a copy
  DuplicateWindow(std::int64_t window_us, std::uint64_t seed)
      : window_us_(window_us), seed_(seed), buckets_(bucket_count) {}

  /// content   BytesHash of the payload
  /// gives     true: this packet was here a moment ago
  [[nodiscard]] bool is_copy(const Packet& packet, std::uint64_t content,
                             std::int64_t time_us) noexcept;

  /// Nothing was here yet.
  void forget() noexcept { std::fill(buckets_.begin(), buckets_.end(), Bucket{}); }

 private:
  static constexpr std::size_t bucket_count = 512;

  struct Seen {
    std::uint64_t hash = 0;
    std::int64_t time_us = 0;
  };
  using Bucket = std::array<Seen, 4>;  // a cache line

  [[nodiscard]] std::uint64_t hash_of(const Packet& packet, std::uint64_t content) const noexcept;

  std::int64_t window_us_;
  std::uint64_t seed_;
  std::vector<Bucket> buckets_;
};

}  // namespace heptap
