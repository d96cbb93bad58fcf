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
/// again. Any thread may call any of these.
class FrameInbox {
 public:
  using Block = std::unique_ptr<FrameRecords>;

  static constexpr std::size_t max_bytes = std::size_t{20} << 20U;

  /// block_bytes  see FrameRecords
  explicit FrameInbox(std::size_t block_bytes)
      : block_bytes_(block_bytes), max_blocks_(max_bytes / (block_bytes + largest_record_bytes)) {}

  /// Puts several frames; others wait meanwhile, but between blocks.
  class Batch {
   public:
    explicit Batch(FrameInbox& inbox) : inbox_(inbox), lock_(inbox.mutex_) {}
    /// gives     false when there is no room
    [[nodiscard]] bool put(const TimedFrame& frame);

   private:
    FrameInbox& inbox_;
    std::unique_lock<std::mutex> lock_;
  };

  /// gives     false when there is no room
  [[nodiscard]] bool put(const TimedFrame& frame) { return Batch(*this).put(frame); }

  /// Ends a take(), also with a block that is not full.
  void wake();

  /// Waits until a block is full, wake() is called, or `longest` has passed.
  /// gives     the oldest, which is not full when it is the last one; null when there is none
  [[nodiscard]] Block take(std::chrono::milliseconds longest);
  /// Gives a block back, to be used again.
  void recycle(Block block);

  /// gives     true when more than half of the blocks wait: it has to be quick
  [[nodiscard]] bool crowded() const;

 private:
  [[nodiscard]] bool add(const TimedFrame& frame);
  [[nodiscard]] bool has_room();

  static constexpr std::size_t largest_record_bytes =
      FrameRecords::header_bytes + FrameRecords::max_frame_bytes;

  const std::size_t block_bytes_;
  const std::size_t max_blocks_;
  mutable std::mutex mutex_;
  std::condition_variable came_;
  Block current_;
  std::deque<Block> full_;
  std::vector<Block> free_;
  std::size_t made_ = 0;
  bool woken_ = false;
};

}  // namespace heptap
