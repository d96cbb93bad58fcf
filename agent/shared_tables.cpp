#include "agent/shared_tables.hpp"

#include <utility>

#include "agent/pipeline/call_reports.hpp"
#include "agent/random_seed.hpp"
#include "agent/run.hpp"

namespace heptap {
namespace {

CallLimits call_limits(const RunOptions& options, std::size_t threads) {
  CallLimits limits = options.calls;
  limits.shared = threads > 1;
  limits.keep_details = options.call_reports;
  if (limits.keep_details) limits.max_age += report_slack;
  return limits;
}

std::unique_ptr<MediaCalls> make_media(const RunOptions& options, std::size_t threads) {
  const bool captures = !options.interfaces.empty();
  const bool links_reports = options.call_reports && !options.links.empty();
  if (!options.media || !(captures || links_reports)) return nullptr;
  MediaLimits limits = *options.media;
  limits.shared = threads > 1;
  if (options.call_reports) limits.keep_over = until_reported;
  return std::make_unique<MediaCalls>(limits, options.links);
}

std::unique_ptr<SeenSessions> make_sessions(const RunOptions& options, std::size_t workers) {
  if (!options.media || !options.pipeline.rtp || workers < 2) return nullptr;
  return std::make_unique<SeenSessions>(workers * options.pipeline.rtp->max_streams, random_seed());
}

std::unique_ptr<CallReportQueue> make_call_reports(const RunOptions& options) {
  if (!options.call_reports) return nullptr;
  return std::make_unique<CallReportQueue>(options.kpi->limits.max_calls);
}

std::unique_ptr<MediaBook> make_media_book(const RunOptions& options, std::size_t threads) {
  if (!options.call_reports || !options.media || options.interfaces.empty()) return nullptr;
  return std::make_unique<MediaBook>(
      MediaBookLimits{.max_calls = options.media->max_calls,
                      .max_age_us = call_limits(options, threads).max_age.count(),
                      .shared = threads > 1});
}

// The thread that started the workers looks at it, so it is shared even when only one captures.
std::unique_ptr<TrackedCalls> make_tracked(const RunOptions& options, CallReportQueue* reports) {
  if (!options.kpi) return nullptr;
  KpiOptions kpi = *options.kpi;
  kpi.limits.shared = true;
  OnCallOver on_over;
  if (reports != nullptr) {
    on_over = [reports](std::uint64_t call, const CallState& state) { reports->push(call, state); };
  }
  return std::make_unique<TrackedCalls>(kpi, on_over);
}

}  // namespace

SharedTables make_tables(const RunOptions& options, std::size_t workers, std::size_t threads) {
  auto call_reports = make_call_reports(options);
  auto tracked = make_tracked(options, call_reports.get());
  using Use = DuplicateWindow::Use;
  return {.calls = CallTable(call_limits(options, threads)),
          .duplicates = DuplicateWindow(options.pipeline.duplicate_window_us, random_seed(),
                                        threads > 1 ? Use::several_threads : Use::one_thread),
          .media = make_media(options, threads),
          .sessions = make_sessions(options, workers),
          .call_reports = std::move(call_reports),
          .media_book = make_media_book(options, threads),
          .tracked = std::move(tracked),
          .shows_kpis = options.shows_kpis};
}

}  // namespace heptap
