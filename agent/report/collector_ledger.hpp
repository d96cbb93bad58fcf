#pragma once

#include <string>
#include <vector>

#include "agent/report/ledger.hpp"
#include "transport/collector_snapshot.hpp"

namespace heptap {

/// gives     a ledger stage for each collector
[[nodiscard]] std::vector<LedgerStage> collector_stages(
    const std::vector<CollectorSnapshot>& collectors);

/// gives     "tcp://…: lost 12 of 100 messages: 12 given_up (connection refused)"
[[nodiscard]] std::string describe_loss(const CollectorSnapshot& collector);

}  // namespace heptap
