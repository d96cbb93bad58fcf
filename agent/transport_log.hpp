#pragma once

#include "transport/collector_options.hpp"
#include "transport/collector_snapshot.hpp"

namespace heptap {

/// gives     what sends the transport's events to the log
[[nodiscard]] EventSink transport_log();

/// Says at the end what a collector has lost, and what waits for the next run.
void log_outcome(const CollectorSnapshot& collector);

}  // namespace heptap
