#pragma once

#include "transport/collector_options.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace heptap {

/// Work on a thread of its own that a disk may hold up, for ever perhaps. Whoever owns it asks for its end,
/// is told of it, and waits no longer than he wants to: one that hangs is left behind.
class DiskThread {
 public:
  /// How long the end of a collector waits for a disk.
  static constexpr std::chrono::seconds last_wait{5};

  DiskThread(const DiskThread&) = delete;
  DiskThread& operator=(const DiskThread&) = delete;
  virtual ~DiskThread() = default;

  [[nodiscard]] bool has_ended() const;
  /// Waits for the end, which somebody has asked for, so long at most.
  /// gives     false when it has not ended: the disk hangs
  [[nodiscard]] bool ends_within(std::chrono::milliseconds longest);

  /// Lets one that has not ended go on by itself, and tell nobody. The end of the process does not wait for
  /// it.
  static void leave_behind(std::unique_ptr<DiskThread> one);

 protected:
  /// name      before all that is told; empty: nothing is
  /// events, changed   called on the thread; either may be null
  DiskThread(std::string name, EventSink events, std::function<void()> changed);

  /// To be called once, when all that `work` uses is there. When it returns, `changed` is called.
  void begin(std::function<void()> work);
  /// To be called by who is destroyed, before anything that the work uses goes.
  void join();
  void tell(EventLevel level, const std::string& text);
  void tell_of_change();

 private:
  const std::string name_;
  std::mutex told_;                ///< guards who is told
  EventSink events_;               ///< null: nobody
  std::function<void()> changed_;  ///< the same
  mutable std::mutex mutex_;
  std::condition_variable ended_;  ///< with mutex_
  bool has_ended_ = false;         ///< the same
  std::thread thread_;
};

}  // namespace heptap
