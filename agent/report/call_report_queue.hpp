#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

#include "agent/calls/call_summary.hpp"

namespace heptap {

/// Calls that are over and are to be reported, first come first served. Any thread puts them in, and any
/// takes them out. Nothing is allocated after the start.
class CallReportQueue {
 public:
  struct Over {
    std::uint64_t call_hash = 0;
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

  /// gives     how many found the queue full since this was asked last
  std::uint64_t take_full_count() noexcept { return full_.exchange(0, std::memory_order_relaxed); }

 private:
  void make_room() noexcept;

  std::mutex mutex_;
  std::vector<Over> waiting_;  // from first_ on; never more than its capacity
  std::size_t first_ = 0;
  std::atomic<std::size_t> count_{0};
  std::atomic<std::uint64_t> full_{0};
};

}  // namespace heptap
