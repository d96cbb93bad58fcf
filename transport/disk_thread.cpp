#include "transport/disk_thread.hpp"

#include <utility>
#include <vector>

namespace heptap {

DiskThread::DiskThread(std::string name, EventSink events, std::function<void()> changed)
    : name_(std::move(name)), events_(std::move(events)), changed_(std::move(changed)) {}

void DiskThread::begin(std::function<void()> work) {
  thread_ = std::thread([this, work = std::move(work)] {
    work();
    {
      const std::lock_guard lock(mutex_);
      has_ended_ = true;
      ended_.notify_one();
    }
    tell_of_change();
  });
}

void DiskThread::join() {
  if (thread_.joinable()) thread_.join();
}

bool DiskThread::has_ended() const {
  const std::lock_guard lock(mutex_);
  return has_ended_;
}

bool DiskThread::ends_within(std::chrono::milliseconds longest) {
  std::unique_lock lock(mutex_);
  return ended_.wait_for(lock, longest, [this] { return has_ended_; });
}

/// They stay here: a destructor would wait.
void DiskThread::leave_behind(std::unique_ptr<DiskThread> one) {
  static std::mutex mutex;
  static auto& left = *new std::vector<std::unique_ptr<DiskThread>>;  // NOLINT: never destroyed
  {
    const std::lock_guard lock(one->told_);
    one->events_ = nullptr;
    one->changed_ = nullptr;
  }
  const std::lock_guard lock(mutex);
  std::erase_if(left, [](const auto& each) { return each->has_ended(); });
  left.push_back(std::move(one));
}

void DiskThread::tell(EventLevel level, const std::string& text) {
  const std::lock_guard lock(told_);
  if (events_) events_(level, name_.empty() ? text : name_ + ": " + text);
}

void DiskThread::tell_of_change() {
  const std::lock_guard lock(told_);
  if (changed_) changed_();
}

}  // namespace heptap
