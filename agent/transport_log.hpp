#pragma once

#include <string>

#include "transport/collector_options.hpp"
#include "transport/collector_snapshot.hpp"

namespace heptap {

/// gives     what sends the transport's events to the log
[[nodiscard]] EventSink transport_log();

/// Writes an event of the agent itself to the log, as a warning when it is a bad one.
void log_event(bool is_bad, const std::string& text);

/// Says at the end what a collector has lost, and what waits for the next run.
void log_outcome(const CollectorSnapshot& collector);

}  // namespace heptap
