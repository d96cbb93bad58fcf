#pragma once

#include <catch2/catch.hpp>
#include <numeric>

#include "proto/net/decode.hpp"
#include "proto/net/link.hpp"
#include "tests/support/fragment_builder.hpp"

namespace heptap::test {

/// A decoder whose counters are held against what it gave.
class FragmentTap {
 public:
  explicit FragmentTap(const DefragLimits& limits = {}) : decoder_(limits) {}

  /// gives     Decoded::packet: see packet(). Every fragment that gave no datagram is counted once.
  Decoded take(const Frame& frame, std::uint32_t link = link_type::raw) {
    const Decoded got = decoder_.decode(link, frame, now_us_, packet_);
    if (got == Decoded::ip_fragment) ++fragments_;
    const DefragCounts& counts = decoder_.fragments();
    REQUIRE(std::accumulate(counts.fates.begin(), counts.fates.end(), counts.held) == fragments_);
    return got;
  }

  void pass(std::int64_t time_us) { now_us_ += time_us; }

  [[nodiscard]] const Packet& packet() const { return packet_; }
  [[nodiscard]] const DefragCounts& counts() const { return decoder_.fragments(); }
  [[nodiscard]] std::uint64_t fate(FragmentFate fate) const { return counts()[fate]; }
  [[nodiscard]] std::uint64_t fragments() const { return fragments_; }

 private:
  Decoder decoder_;
  Packet packet_;
  std::int64_t now_us_ = 0;
  std::uint64_t fragments_ = 0;
};

/// Bytes that differ from place to place.
inline Frame numbered(std::size_t size, unsigned first = 0) {
  Frame out(size);
  for (std::size_t i = 0; i < size; ++i)
    out[i] = static_cast<std::uint8_t>(i * 7 + i / 256 + first);
  return out;
}

}  // namespace heptap::test
