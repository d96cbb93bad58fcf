#pragma once

#include <cstddef>
#include <cstdint>

#include "proto/net/flow_key.hpp"
#include "proto/slot_pool.hpp"

namespace heptap {

/// What makes a stream of RTP another one.
struct RtpStreamKey {
  FlowKey flow;
  std::uint32_t ssrc = 0;

  friend bool operator==(const RtpStreamKey&, const RtpStreamKey&) = default;
  [[nodiscard]] std::uint64_t hash(std::uint64_t seed) const noexcept {
    return hash_parts::fold(flow.hash(seed) ^ seed, ssrc ^ hash_parts::key_d ^ seed);
  }
  [[nodiscard]] bool is_v6() const noexcept { return flow.source.family == IpFamily::v6; }
};

/// The same in 16 bytes. Its owner knows whether it is IPv6: then its addresses are in StreamKeys.
struct PackedStreamKey {
  std::uint32_t source =
      0;  ///< octets as they are in memory; IPv6: number of the pair of addresses
  std::uint32_t destination = 0;
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint32_t ssrc = 0;
};

/// Packs the keys of streams, and has the addresses of those that are IPv6: 32 bytes each. Nothing is
/// allocated after the start.
class StreamKeys {
 public:
  explicit StreamKeys(std::size_t max_streams) : pairs_(max_streams) {}

  /// Of a stream that begins.
  [[nodiscard]] PackedStreamKey hold(const RtpStreamKey& key) noexcept;
  void release(const PackedStreamKey& packed, bool is_v6) noexcept {
    if (is_v6) pairs_.remove(packed.source);
  }

  [[nodiscard]] RtpStreamKey unpacked(const PackedStreamKey& packed, bool is_v6) const noexcept;
  [[nodiscard]] bool are_same(const PackedStreamKey& packed, bool is_v6,
                              const RtpStreamKey& key) const noexcept;

  [[nodiscard]] TableUse use() const noexcept { return pairs_.use(); }

 private:
  struct Pair {
    std::array<std::uint8_t, 16> source{};
    std::array<std::uint8_t, 16> destination{};
  };

  SlotPool<Pair> pairs_;
};

}  // namespace heptap
