#pragma once

#include "transport/frame_records.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

namespace heptap {

/// Frames on their way from the transport's thread to the one that writes them, in blocks that are used
/// again. One thread puts, one takes; each may call anything.
class FrameInbox {
 public:
  using Block = std::unique_ptr<FrameRecords>;

  /// block_bytes  see FrameRecords
  /// max_blocks   as many are made, when they are needed
  FrameInbox(std::size_t block_bytes, std::size_t max_blocks)
      : block_bytes_(block_bytes), max_blocks_(max_blocks) {}

  /// Puts several frames; others wait meanwhile, but between blocks.
  class Batch {
   public:
    /// bytes     about as many will be put, if there is room
    explicit Batch(FrameInbox& inbox, std::size_t bytes = 0) : inbox_(inbox), lock_(inbox.mutex_) {
      inbox_.batch_bytes_ = bytes;
    }
    /// gives     false when there is no room
    [[nodiscard]] bool put(const TimedFrame& frame);

   private:
    FrameInbox& inbox_;
    std::unique_lock<std::mutex> lock_;
  };

  /// gives     false when there is no room
  [[nodiscard]] bool put(const TimedFrame& frame) { return Batch(*this).put(frame); }

  /// What was put is taken soon, in a block that more may be put into until then.
  void hand_over();
  /// Ends a take() at once, also with a block that is not full.
  void wake();

  /// Waits until a block is full, something was handed over, wake() is called, or `longest` has passed.
  /// gives     the oldest, which is not full when it is the last one; null when there is none
  [[nodiscard]] Block take(std::chrono::milliseconds longest);
  /// Gives a block back, to be used again.
  void recycle(Block block);

  /// gives     true when half of the blocks wait, or came at once: who writes has to be quick
  [[nodiscard]] bool crowded() const;

 private:
  [[nodiscard]] bool add(const TimedFrame& frame);
  [[nodiscard]] bool has_room();

  const std::size_t block_bytes_;
  const std::size_t max_blocks_;
  mutable std::mutex mutex_;
  std::condition_variable came_;
  Block current_;
  std::deque<Block> full_;
  std::vector<Block> free_;
  std::size_t made_ = 0;
  std::size_t batch_bytes_ = 0;  ///< of the newest batch
  bool handed_over_ = false;
  bool woken_ = false;
};

}  // namespace heptap
