#include "agent/report/call_report_queue.hpp"

#include "agent/calls/call_times.hpp"

namespace heptap {
LedgerStage stage_of(const CallQueueCounts& counts) {
  LedgerStage stage{.name = "call_queue", .entered = counts.pushed, .held = counts.waiting};
  add_line(stage.absorbed, "taken", counts.taken);
  add_line(stage.dropped, "queue_full", counts.full);
  return stage;
}

void CallReportQueue::push(std::uint64_t call_hash, const CallState& state) noexcept {
  if (!is_session(state)) return;
  const std::lock_guard lock(mutex_);
  ++pushed_;
  make_room();
  if (waiting_.size() == waiting_.capacity()) {
    ++full_;
    return;
  }
  waiting_.push_back({call_hash, state.last_us, summary_of(state)});
  count_.fetch_add(1, std::memory_order_relaxed);
}

// What was taken out is moved over when it is half of all: that is seldom.
void CallReportQueue::make_room() noexcept {
  if (waiting_.size() < waiting_.capacity() || 2 * first_ < waiting_.size()) return;
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(first_));
  first_ = 0;
}

bool CallReportQueue::pop(Over& out) noexcept {
  const std::lock_guard lock(mutex_);
  if (first_ == waiting_.size()) return false;
  out = waiting_[first_++];
  ++taken_;
  count_.fetch_sub(1, std::memory_order_relaxed);
  if (first_ < waiting_.size()) return true;
  waiting_.clear();
  first_ = 0;
  return true;
}

CallQueueCounts CallReportQueue::counts() const {
  const std::lock_guard lock(mutex_);
  return {.pushed = pushed_, .taken = taken_, .full = full_, .waiting = waiting_.size() - first_};
}

}  // namespace heptap
