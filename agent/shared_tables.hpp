#pragma once

#include <cstddef>
#include <memory>

#include "agent/calls/call_table.hpp"
#include "agent/calls/media_book.hpp"
#include "agent/calls/media_calls.hpp"
#include "agent/calls/seen_sessions.hpp"
#include "agent/calls/tracked_calls.hpp"
#include "agent/pipeline/duplicates.hpp"
#include "agent/report/call_report_queue.hpp"

namespace heptap {

struct RunOptions;

/// What the pipelines of all workers have in common.
struct SharedTables {
  CallTable calls;
  DuplicateWindow duplicates;
  std::unique_ptr<MediaCalls> media = nullptr;              ///< null: nothing is known of media
  std::unique_ptr<SeenSessions> sessions = nullptr;         ///< null: one worker sees all media
  std::unique_ptr<CallReportQueue> call_reports = nullptr;  ///< null: none are sent
  std::unique_ptr<MediaBook> media_book = nullptr;          ///< for them
  std::unique_ptr<TrackedCalls> tracked = nullptr;          ///< null: there are no KPIs
  bool shows_kpis = true;                                   ///< and not only counts them
};

/// workers   that capture
/// threads   the same, and what receives HEP: for more than one the tables have locks
[[nodiscard]] SharedTables make_tables(const RunOptions& options, std::size_t workers,
                                       std::size_t threads);

}  // namespace heptap
