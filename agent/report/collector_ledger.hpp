#pragma once

#include <string>
#include <vector>

#include "agent/report/ledger.hpp"
#include "transport/collector_snapshot.hpp"

namespace heptap {

/// Adds a stage for each collector, and one for each spool.
void add_collectors(Ledger& ledger, const std::vector<CollectorSnapshot>& collectors);

/// gives     whether frames were lost, on the way or in the spool, or perhaps were
[[nodiscard]] bool has_lost(const CollectorSnapshot& collector) noexcept;

/// gives     "tcp://…: lost 12 of 100 messages: 12 given_up (connection refused)", and as much of its
///           spool; empty: nothing was lost
[[nodiscard]] std::string describe_loss(const CollectorSnapshot& collector);

/// gives     "tcp://…: 88 messages wait in /var/lib/…"; empty: none does
[[nodiscard]] std::string describe_waiting(const CollectorSnapshot& collector);

/// Who was too slow, and gets everything over its spool for a while, takes frames; who is down does not, though
/// they wait on disk.
/// gives     why nobody takes frames; empty: somebody does
[[nodiscard]] std::string why_none_takes_frames(const std::vector<CollectorSnapshot>& collectors);

}  // namespace heptap
