#pragma once

#include <chrono>
#include <iosfwd>
#include <vector>

#include "agent/calls/call_table.hpp"
#include "agent/capture/live_source.hpp"
#include "agent/exit_code.hpp"
#include "agent/pipeline/pipeline_options.hpp"
#include "config/settings.hpp"
#include "proto/hep/encode.hpp"
#include "transport/collector_options.hpp"

namespace heptap {

struct RunOptions {
  std::vector<LiveOptions> interfaces;       ///< at least one
  std::vector<CollectorOptions> collectors;  ///< at least one
  hep::Identity identity;
  CallLimits calls;
  PipelineOptions pipeline;
  SecuritySettings security;
  HttpSettings http;
  std::size_t ring_bytes = 64 << 20;
  std::chrono::milliseconds stop_wait{5000};  ///< for the collectors, after the signal
};

/// Captures on interfaces and sends to collectors until SIGINT or SIGTERM. Interfaces and collectors
/// that are not there are waited for.
/// err       the ledger at the end
/// gives     ok; failure when the ledger does not add up; no_capability or bad_config when the process
///           cannot have the privileges it should have
[[nodiscard]] ExitCode run_agent(const RunOptions& options, std::ostream& err);

}  // namespace heptap
