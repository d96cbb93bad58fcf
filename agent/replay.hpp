#pragma once

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/calls/call_table.hpp"
#include "agent/calls/link_rule.hpp"
#include "agent/calls/media_call.hpp"
#include "agent/calls/tracked_calls.hpp"
#include "agent/exit_code.hpp"
#include "agent/named_collectors.hpp"
#include "agent/pipeline/pipeline_options.hpp"
#include "agent/plan/plan.hpp"
#include "agent/pool_options.hpp"
#include "proto/hep/encode.hpp"
#include "transport/collector_options.hpp"

namespace heptap {

/// What collectors have for the rest when a signal came.
inline constexpr std::chrono::seconds patience_after_signal{5};

struct ReplayOptions {
  std::vector<std::string> files;            ///< in this order; `-` is standard input
  std::vector<CollectorOptions> collectors;  ///< none: print the calls
  NameOptions names = {};                    ///< collectors that stand for all places of a name
  hep::Identity identity;
  CallLimits calls;
  std::optional<MediaLimits> media;  ///< none: nothing is known of media, nor of links
  std::vector<LinkRule> links;       ///< where what links calls is found
  KpiOptions kpi;                    ///< used for what is printed, and for reports of calls
  PipelineOptions pipeline;
  std::shared_ptr<const Plan> plan = nullptr;  ///< null: everything goes to every collector
  std::vector<PoolOptions> pools = {};         ///< the last names of the plan
  std::size_t ring_bytes = 16 << 20;
  double speed = 0;              ///< times as fast as it was captured; 0: as fast as possible
  bool time_now = false;         ///< shift all times so that the first packet is of now
  bool call_reports = false;     ///< to the collectors
  bool json = false;             ///< calls as JSON
  std::string ladder;            ///< Call-ID of the call to draw instead; empty: none
  bool quiet = false;            ///< no ledger, no progress
  std::string ledger_json_file;  ///< empty: none
};

/// Replays capture files to collectors, or prints the calls in them.
/// out       calls
/// err       ledger, progress, what went wrong
/// gives     ok; failure when a file is damaged (everything before the damage was replayed), the
///           ledger's file cannot be written, or the call to draw is not there; lost when a
///           collector did not get everything; interrupted when a signal came first; unavailable
///           when a file is not there (nothing was replayed then)
[[nodiscard]] ExitCode run_replay(const ReplayOptions& options, std::ostream& out,
                                  std::ostream& err);

}  // namespace heptap
