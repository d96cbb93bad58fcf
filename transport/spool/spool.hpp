#pragma once

#include "transport/collector_options.hpp"
#include "transport/disk_thread.hpp"
#include "transport/frame_inbox.hpp"
#include "transport/spool/spool_counters.hpp"
#include "transport/spool/spool_sender.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>

namespace heptap {

/// What a collector cannot take now: written to disk, and sent to it later, by a thread of its own.
/// put() to finish() are for the transport's thread.
class Spool final : public DiskThread {
 public:
  /// Returns before the folder was looked at.
  /// collector  with a spool
  /// events     called on the thread of the spool
  /// ended      the same, when finish() is done
  Spool(CollectorOptions collector, std::string name, EventSink events,
        std::function<void()> ended);
  /// Waits for the disk, unless it has ended.
  ~Spool() override;

  /// Puts several frames, and counts them at its end.
  class Batch {
   public:
    /// bytes     about as many will be put, if there is room
    explicit Batch(Spool& spool, std::size_t bytes = 0)
        : spool_(spool), frames_(spool.inbox_, bytes), usable_(spool.usable_ && !spool.ends_) {}
    ~Batch() { spool_.put_.fetch_add(count_, std::memory_order_relaxed); }
    Batch(const Batch&) = delete;
    Batch& operator=(const Batch&) = delete;

    /// gives     false when it cannot have the frame now: it has no folder that it can use, the disk is
    ///           slower than the frames come, or finish() was called
    [[nodiscard]] bool put(const TimedFrame& frame) {
      const bool is_in = usable_ && frames_.put(frame);
      count_ += is_in ? 1U : 0U;
      return is_in;
    }

   private:
    Spool& spool_;
    FrameInbox::Batch frames_;
    bool usable_;
    std::uint64_t count_ = 0;
  };

  /// As Batch::put(), of one frame.
  [[nodiscard]] bool put(const TimedFrame& frame) { return Batch(*this).put(frame); }
  /// What was put goes to disk soon, though it is not much. Who has no folder is left to sleep.
  void hand_over() {
    if (usable_) inbox_.hand_over();
  }

  void set_pace(SpoolPace pace);
  /// gives     frames that were put
  [[nodiscard]] std::uint64_t put_count() const noexcept { return put_; }
  /// gives     true when the spool was empty after the first `count` were put: they have arrived, or are lost
  [[nodiscard]] bool was_empty_after(std::uint64_t count) const noexcept {
    return arrived_ >= count;
  }

  /// gives     whether counters() say what waits; false only before it has tried to open its folder
  [[nodiscard]] bool has_looked() const noexcept { return has_looked_; }

  /// gives     false when it has looked for its folder, and has none
  [[nodiscard]] bool may_take() const noexcept { return usable_ || !has_looked_; }

  /// No more frames come: it writes what was put, makes the disk have it, lets go of the folder, and ends.
  void finish();

  /// Any thread may call these.
  [[nodiscard]] SpoolCounters counters() const;
  /// The same for when its disk is waited for no more: what is not known to be written is lost.
  [[nodiscard]] SpoolCounters counters_without_disk() const;

 private:
  [[nodiscard]] SpoolCounters written() const;
  void run();
  [[nodiscard]] bool open();
  void work(SpoolStore& store);
  void write_and_send(SpoolStore& store);
  void write_rest(SpoolStore& store);
  void send(SpoolSender& sender, SpoolPace pace);
  void write(SpoolStore& store, FrameInbox::Block block);
  [[nodiscard]] SpoolHaste haste(const SpoolStore& store);
  void sync_when_due(SpoolStore& store, bool now);
  void publish(const SpoolStore& store);
  void note_error(const std::error_code& error);
  void note_losses(const SpoolLosses& lost);

  const CollectorOptions collector_;
  /// What a disk cannot take at once waits in the ring, too. More memory costs more than it gives: it is
  /// cleared when it is used for the first time, and is in no cache.
  static constexpr std::size_t max_blocks = 4;

  FrameInbox inbox_{FrameRecords::large_block_bytes, max_blocks};
  std::atomic<std::uint64_t> put_{0};  ///< frames
  std::atomic<bool> usable_{false};
  std::atomic<bool> has_looked_{false};
  std::atomic<std::uint64_t> arrived_{0};  ///< see SpoolSender
  std::atomic<bool> ends_{false};
  std::atomic<SpoolPace> pace_{SpoolPace::none};

  mutable std::mutex mutex_;
  SpoolCounters counters_;  ///< the store's when they were last looked at

  // Of the spool's thread.
  std::unique_ptr<SpoolStore> store_;
  std::chrono::steady_clock::time_point hurries_until_;
  SpoolSending sending_;
  std::error_code last_error_;
  std::string last_failure_;  ///< to send; empty: none
  std::chrono::steady_clock::time_point send_next_at_;
  std::chrono::steady_clock::time_point last_sync_;
  bool unsynced_ = false;
  SpoolLosses told_;  ///< of them somebody was told
  std::chrono::steady_clock::time_point last_told_;
};

}  // namespace heptap
