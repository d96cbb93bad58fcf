#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "transport/collector_options.hpp"

namespace heptap {

/// What the ledger does not say of a collector.
struct CollectorFigures {
  std::string name;  ///< as in the ledger
  bool connected = false;
  std::uint64_t connects = 0;
  std::uint64_t disconnects = 0;
  std::uint64_t sent_bytes = 0;             ///< what was sent again included
  std::optional<std::uint64_t> held_bytes;  ///< empty: not known, and left out
};

/// One worker's capture handle. Counts are those since the daemon started, not since the handle was
/// opened.
struct CaptureFigures {
  std::string interface;
  std::uint32_t worker = 0;  ///< of this interface
  bool up = false;           ///< the handle is open and the interface is there
  std::uint64_t received_packets = 0;
  std::uint64_t kernel_dropped_packets = 0;
  std::uint64_t interface_dropped_packets = 0;
};

/// A ring between a worker and the transport.
struct RingFigures {
  std::string name;
  std::uint64_t used_bytes = 0;
  std::uint64_t size_bytes = 0;
};

struct TableFigures {
  std::string name;
  std::uint64_t memory_bytes = 0;
};

/// How many frames took up to `at_most`, and longer than the bucket before it allows.
struct LagBucket {
  std::chrono::microseconds at_most{0};
  std::uint64_t count = 0;
};

/// From the time of capture to the time a frame is handed to the kernel.
struct LagFigures {
  std::vector<LagBucket> buckets;  ///< in ascending order; empty: nobody measures
  std::uint64_t longer = 0;        ///< than the last bucket allows
  std::chrono::microseconds sum{0};
};

/// What a running daemon knows of itself beside its ledger, as of one moment. No two rows of a list
/// are of the same thing.
struct DaemonFigures {
  std::string version;
  std::chrono::system_clock::time_point started;
  std::vector<CollectorFigures> collectors;
  std::vector<CaptureFigures> captures;
  std::vector<RingFigures> rings;
  std::vector<TableFigures> tables;
  LagFigures lag;
};

[[nodiscard]] CollectorFigures collector_figures(const CollectorSnapshot& collector);

}  // namespace heptap
