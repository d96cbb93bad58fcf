#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace heptap {

/// Work that other threads have for a thread that must not wait for them.
class Mailbox {
 public:
  using Work = std::function<void()>;

  /// Any thread.
  void post(Work work) {
    const std::lock_guard lock(mutex_);
    work_.push_back(std::move(work));
    has_work_.store(true, std::memory_order_release);
  }

  /// The thread itself, between two turns: does what was posted, in that order.
  void do_work() {
    if (!has_work_.load(std::memory_order_acquire)) return;
    std::vector<Work> now;
    {
      const std::lock_guard lock(mutex_);
      now.swap(work_);
      has_work_.store(false, std::memory_order_relaxed);
    }
    for (const Work& work : now) work();
  }

 private:
  std::mutex mutex_;
  std::vector<Work> work_;
  std::atomic<bool> has_work_{false};
};

}  // namespace heptap
