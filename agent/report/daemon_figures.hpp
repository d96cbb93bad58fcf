#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/report/kpi_figures.hpp"
#include "agent/report/loss_watch.hpp"
#include "agent/report/plan_figures.hpp"
#include "agent/report/table_figures.hpp"
#include "transport/collector_snapshot.hpp"

namespace heptap {

/// What the ledger does not say of a collector.
struct CollectorFigures {
  std::string name;  ///< as in the ledger
  bool connected = false;
  std::optional<bool> healthy = {};  ///< for its pools; unset: it is in none
  std::string address = {};  ///< of the connection, or tried last; a name as long as none is known
  std::uint64_t connects = 0;
  std::uint64_t disconnects = 0;
  std::uint64_t sent_bytes = 0;  ///< what was sent again included
  std::uint64_t held_bytes = 0;  ///< in the ring for it, frames of others in between included
  LagHistogram lag;              ///< of frames when they were handed to the kernel first
  std::optional<std::uint64_t> spool_bytes;  ///< on disk; unset: it has no spool
};

/// A collector that stands for all places of a name.
struct NameFigures {
  std::string collector;
  std::size_t members = 0;  ///< that its records name, those that are left out too
  bool is_known = false;    ///< the last look-up did not fail, in no part
};

/// What waits in folders of the spool whose collectors have gone.
struct OrphanFigures {
  std::size_t folders = 0;
  std::uint64_t frames = 0;
  std::uint64_t bytes = 0;
  std::uint64_t sent = 0;  ///< since the start, frames that another member of the name got
  std::uint64_t lost = 0;  ///< the same, that nobody got: too old, damaged, or refused
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

/// What a running daemon knows of itself beside its ledger, as of one moment. No two rows of a list
/// are of the same thing.
struct DaemonFigures {
  std::string version;
  std::chrono::system_clock::time_point started;
  std::vector<CollectorFigures> collectors;
  std::vector<NameFigures> names = {};
  std::optional<OrphanFigures> orphans = {};  ///< unset: nothing spools
  std::vector<CaptureFigures> captures;
  std::vector<InterfaceLoss> losses;
  std::vector<RingFigures> rings;
  std::vector<TableFigures> tables;
  PlanFigures plan;
  const KpiFigures* kpis = nullptr;  ///< null: they are not counted
};

[[nodiscard]] CollectorFigures collector_figures(const CollectorSnapshot& collector);

}  // namespace heptap
