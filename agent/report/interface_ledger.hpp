#pragma once

#include "agent/capture/live_capture.hpp"
#include "agent/report/ledger.hpp"
#include "agent/report/loss_watch.hpp"

namespace heptap {

/// Makes the capture stage of a way count what the kernel had for us, too: what it dropped, what it
/// holds, and what was lost with the interface when it went away.
/// capture   what was read of the interface has entered it and left it
void add_interface(LedgerStage& capture, const InterfaceCounts& interface);

/// gives     what LossWatch wants to know of one worker of an interface
/// ring_full   messages of it that its ring had no room for
[[nodiscard]] LossTotals loss_totals(const std::string& interface, const InterfaceCounts& counts,
                                     std::uint64_t ring_full);

}  // namespace heptap
