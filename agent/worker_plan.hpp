#pragma once

#include <vector>

#include "agent/capture_worker.hpp"
#include "agent/run.hpp"

namespace heptap {

/// gives     the workers of a run: for each interface as many as it has threads, which share its packets
///           among them. What may be kept for packets that are not whole is shared out evenly, but each
///           worker has room for one stream of the longest.
[[nodiscard]] std::vector<WorkerOptions> plan_workers(const RunOptions& options);

}  // namespace heptap
