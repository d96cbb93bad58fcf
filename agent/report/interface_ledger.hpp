#pragma once

#include "agent/capture/live_capture.hpp"
#include "agent/report/ledger.hpp"

namespace heptap {

/// Makes the capture stage of a way count what the kernel had for us, too: what it dropped, what it
/// holds, and what was lost with the interface when it went away.
/// capture   what was read of the interface has entered it and left it
void add_interface(LedgerStage& capture, const InterfaceCounts& interface);

}  // namespace heptap
