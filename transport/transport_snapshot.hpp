#pragma once

#include "transport/collector_snapshot.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace heptap {

/// One producer's ring, in frames: entered = moved + held.
struct RingSnapshot {
  std::uint64_t entered = 0;       ///< published by the producer
  std::uint64_t moved = 0;         ///< gone from it, and their space is free again
  std::uint64_t passed = 0;        ///< come to where collectors are; of one ring alone: all
  std::uint64_t held = 0;          ///< in it
  std::uint64_t bytes = 0;         ///< of those held
  std::size_t capacity_bytes = 0;  ///< full of bytes or full of frames: it takes no more
  std::size_t capacity_frames = 0;
};

/// The transport at one moment. The rings' `entered` together are `offered` and what waits in the
/// rings for its turn.
struct TransportSnapshot {
  std::vector<RingSnapshot> rings;  ///< as Transport::ring() counts them
  std::uint64_t offered = 0;        ///< frames that came to the collectors, whomever they name
  std::vector<CollectorSnapshot> collectors;  ///< in the order of the options

  /// Those that have left, or leave and still have something to send: one for each name. All times
  /// that a collector of this name was there are added up; `passed_before` are then all frames that
  /// it did not take before it left for the last time.
  std::vector<CollectorSnapshot> departed;
};

}  // namespace heptap
