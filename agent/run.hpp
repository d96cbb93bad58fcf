#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <vector>

#include "agent/calls/call.hpp"
#include "agent/calls/link_rule.hpp"
#include "agent/calls/media_call.hpp"
#include "agent/calls/tracked_calls.hpp"
#include "agent/capture/live_source.hpp"
#include "agent/exit_code.hpp"
#include "agent/hep_receiver.hpp"
#include "agent/named_collectors.hpp"
#include "agent/pipeline/pipeline_options.hpp"
#include "agent/plan/plan.hpp"
#include "agent/pool_options.hpp"
#include "config/settings.hpp"
#include "proto/hep/encode.hpp"
#include "transport/collector_options.hpp"

namespace heptap {

struct InterfaceOptions {
  LiveOptions live;
  unsigned threads = 1;  ///< that share its packets
};

struct RunOptions {
  std::vector<InterfaceOptions> interfaces;  ///< at least one, or one of hep
  std::vector<HepSourceOptions> hep;
  std::vector<CollectorOptions>
      collectors;          ///< at least one; those that `names` is about as they were written
  NameOptions names = {};  ///< collectors that stand for all places of a name
  hep::Identity identity;
  CallLimits calls;
  std::optional<MediaLimits> media;  ///< none: nothing is known of media, nor of links
  std::vector<LinkRule> links;       ///< where what links calls is found
  std::optional<KpiOptions> kpi;     ///< none: they are not counted
  bool shows_kpis = true;            ///< false: for reports of calls, or the plan, alone
  bool call_reports = false;         ///< needs `kpi`, too
  PipelineOptions pipeline;
  std::shared_ptr<const Plan> plan = nullptr;  ///< null: everything goes to every collector
  std::vector<PoolOptions> pools = {};         ///< the last names of the plan
  SecuritySettings security;
  std::filesystem::path state_folder = {};  ///< of StateKeeper; empty: calls are forgotten
  bool writes_files = false;  ///< a spool, collectors or the state do, or get to at a reload
  HttpSettings http;
  LogSettings log;
  std::size_t ring_bytes = 64 << 20;          ///< of each thread that captures
  std::chrono::milliseconds stop_wait{5000};  ///< for the collectors, after the signal
};

/// Called at SIGHUP.
/// gives     what is to be so from now on: identity, collectors, log; nothing: all stays as it is, and
///           why was said
using ReadAgain = std::function<std::optional<RunOptions>()>;

/// Captures on interfaces and sends to collectors until SIGINT or SIGTERM. Interfaces and collectors
/// that are not there are waited for. SIGUSR1 writes the ledger to the log.
/// err       the ledger at the end
/// gives     ok; failure when the ledger does not add up; no_capability or bad_config when the process
///           cannot have the privileges it should have
[[nodiscard]] ExitCode run_agent(const RunOptions& options, const ReadAgain& read_again,
                                 std::ostream& err);

}  // namespace heptap
