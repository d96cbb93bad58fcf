#pragma once

#include <vector>

#include "agent/capture/live_capture.hpp"
#include "agent/report/ledger.hpp"

namespace heptap {

/// Makes the capture stage of a way count what the kernel had for us, too: what it dropped, what it
/// holds, and what was lost with an interface that went away, each by interface.
/// capture   what was read has entered it and left it
void add_interfaces(LedgerStage& capture, const std::vector<InterfaceCounts>& interfaces);

}  // namespace heptap
