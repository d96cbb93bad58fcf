#include "transport/frame_inbox.hpp"

#include <algorithm>
#include <utility>

namespace heptap {
namespace {

/// Frames come by the dozen: a thread that is woken for each dozen costs more than what it writes.
constexpr std::chrono::milliseconds more_may_come{5};

}  // namespace

bool FrameInbox::Batch::put(const TimedFrame& frame) {
  if (!inbox_.has_room()) return false;
  if (inbox_.add(frame)) {
    lock_.unlock();
    inbox_.came_.notify_one();
    lock_.lock();
  }
  return true;
}

/// A block to put a frame into is there, or is made.
bool FrameInbox::has_room() {
  if (current_) return true;
  if (!free_.empty()) {
    current_ = std::move(free_.back());
    free_.pop_back();
  } else if (made_ < max_blocks_) {
    current_ = std::make_unique<FrameRecords>(block_bytes_);
    ++made_;
  }
  return current_ != nullptr;
}

/// gives     whether a block is full now
bool FrameInbox::add(const TimedFrame& frame) {
  current_->add(frame);
  if (!current_->full()) return false;
  full_.push_back(std::move(current_));
  return true;
}

void FrameInbox::hand_over() {
  {
    const std::lock_guard lock(mutex_);
    if (!current_ || current_->empty() || std::exchange(handed_over_, true)) return;
  }
  came_.notify_one();
}

void FrameInbox::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  came_.notify_one();
}

FrameInbox::Block FrameInbox::take(std::chrono::milliseconds longest) {
  std::unique_lock lock(mutex_);
  const auto is_due = [this] { return !full_.empty() || woken_; };
  came_.wait_for(lock, longest, [&] { return handed_over_ || is_due(); });
  if (handed_over_) came_.wait_for(lock, std::min(longest, more_may_come), is_due);
  if (!full_.empty()) {
    Block oldest = std::move(full_.front());
    full_.pop_front();
    return oldest;
  }
  handed_over_ = woken_ = false;
  return current_ && !current_->empty() ? std::move(current_) : nullptr;
}

void FrameInbox::recycle(Block block) {
  block->clear();
  const std::lock_guard lock(mutex_);
  free_.push_back(std::move(block));
}

bool FrameInbox::crowded() const {
  const std::lock_guard lock(mutex_);
  return std::max(full_.size(), batch_bytes_ / block_bytes_) >= max_blocks_ / 2;
}

}  // namespace heptap
