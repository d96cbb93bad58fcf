#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

#include "agent/calls/call_summary.hpp"
#include "agent/report/ledger.hpp"

namespace heptap {

/// What became of calls that were over; as of one moment.
struct CallQueueCounts {
  std::uint64_t pushed = 0;
  std::uint64_t taken = 0;
  std::uint64_t full = 0;  ///< found no room
  std::uint64_t waiting = 0;
};

/// gives     `call_queue`: what is taken from it enters `call_reports`
[[nodiscard]] LedgerStage stage_of(const CallQueueCounts& counts);

/// Calls that are over and are to be reported, first come first served. Any thread puts them in, and any
/// takes them out. Nothing is allocated after the start.
class CallReportQueue {
 public:
  struct Over {
    std::uint64_t call_hash = 0;
    std::int64_t last_us = no_time;  ///< its last message
    CallSummary summary;
  };

  explicit CallReportQueue(std::size_t max_calls) { waiting_.reserve(max_calls); }

  /// Takes the state of a call that is over, when it was a session: registrations and the like have no
  /// report. What finds the queue full is dropped, and counted.
  void push(std::uint64_t call_hash, const CallState& state) noexcept;

  /// Without a lock: whether pop() may give something.
  [[nodiscard]] bool has_any() const noexcept {
    return count_.load(std::memory_order_relaxed) != 0;
  }

  /// gives     false: none waits
  bool pop(Over& out) noexcept;

  [[nodiscard]] CallQueueCounts counts() const;

 private:
  void make_room() noexcept;

  mutable std::mutex mutex_;
  std::vector<Over> waiting_;  // from first_ on; never more than its capacity
  std::size_t first_ = 0;
  std::atomic<std::size_t> count_{0};
  std::uint64_t pushed_ = 0;
  std::uint64_t taken_ = 0;
  std::uint64_t full_ = 0;
};

}  // namespace heptap
