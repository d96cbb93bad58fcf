#pragma once

#include "transport/collector_options.hpp"
#include "transport/disk_thread.hpp"
#include "transport/frame_inbox.hpp"
#include "transport/frame_sink.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>

namespace heptap {

/// What became of the frames that a FrameWriter was given.
struct WriterProgress {
  enum class State : std::uint8_t {
    trying,
    writing,  ///< it has what it writes to, as far as it knows
    failed,   ///< waits for try_again(); frames that it could not write are kept
    ended,
  };
  State state = State::trying;
  std::uint64_t written = 0;  ///< frames
  std::error_code error;      ///< when it has failed
  std::string why;            ///< the same for people, with its place
};

/// Hands frames to a sink on a thread of its own. The other calls are for one other thread.
class FrameWriter final : public DiskThread {
 public:
  using MakeSink = std::function<std::unique_ptr<FrameSink>(FrameSink::Warn)>;

  /// Tries at once.
  /// make      called at once; what it makes is valid until the destructor
  /// changed   called on the thread that writes, when progress() says something else; not again until
  ///           progress() was called
  /// events    called on the same thread
  FrameWriter(const MakeSink& make, std::string name, EventSink events,
              std::function<void()> changed);
  /// end(), and waits for that.
  ~FrameWriter() override;
  FrameWriter(const FrameWriter&) = delete;
  FrameWriter& operator=(const FrameWriter&) = delete;

  /// gives     false when there is no room: `changed` tells when there may be some
  [[nodiscard]] bool put(const TimedFrame& frame) { return inbox_.put(frame); }
  /// What was put is written soon, though it is not much.
  void hand_over() { inbox_.hand_over(); }
  void try_again();

  [[nodiscard]] WriterProgress progress();

  /// No more frames come: ends when all is written, or cannot be. progress() tells it.
  void finish();
  /// The same, and waits for no reader of a pipe.
  void end();
  /// end(), and its end is nobody's concern. Nothing is told of it any more.
  static void let_go(std::unique_ptr<FrameWriter> one);
  /// When it has ended.
  /// gives     the next block that was not written, the one that was written in part first; null: none
  [[nodiscard]] FrameInbox::Block take_rest();

 private:
  void run();
  [[nodiscard]] std::error_code step();
  [[nodiscard]] bool is_asked();
  [[nodiscard]] bool wait_to_try_again();
  void note(const std::error_code& error, std::uint64_t written);
  void note_end();

  const std::unique_ptr<FrameSink> sink_;
  static constexpr std::size_t max_blocks = 64;  ///< 20 MiB

  FrameInbox inbox_{FrameRecords::small_block_bytes, max_blocks};
  FrameInbox::Block block_;  ///< being written; the thread's until it has ended
  std::atomic<bool> ends_{false};
  std::mutex mutex_;
  std::condition_variable asked_;  ///< with mutex_
  WriterProgress progress_;
  bool is_told_ = false;  ///< that progress_ has changed
};

}  // namespace heptap
