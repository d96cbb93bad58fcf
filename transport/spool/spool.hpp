#pragma once

#include "transport/collector_options.hpp"
#include "transport/frame_inbox.hpp"
#include "transport/spool/spool_counters.hpp"
#include "transport/spool/spool_sender.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace heptap {

/// What a collector cannot take now: written to disk, and sent to it later, by a thread of its own.
/// put() to close() are for the transport's thread.
class Spool {
 public:
  /// Returns before the folder was looked at.
  /// collector  with a spool
  /// events     called on the thread of the spool
  Spool(CollectorOptions collector, std::string name, EventSink events);
  ~Spool();
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  /// gives     false when it cannot have the frame now: it has no folder that it can use, or the disk is
  ///           slower than the frames come
  [[nodiscard]] bool put(const TimedFrame& frame);
  /// As put(), but waits for the folder to be looked at, and for the disk.
  [[nodiscard]] bool put(const TimedFrame& frame, std::chrono::steady_clock::time_point until);
  /// What was put goes to disk soon, though it is not much. Who has no folder is left to sleep.
  void hand_over() {
    if (usable_) inbox_.wake();
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

  /// Writes what was put, makes the disk have it, and ends the thread.
  void close();

  /// Any thread may call it.
  [[nodiscard]] SpoolCounters counters() const;

 private:
  [[nodiscard]] bool note_put(bool is_in) noexcept;
  void run();
  void note_look();
  [[nodiscard]] bool open();
  void work(SpoolStore& store);
  void write_and_send(SpoolStore& store);
  void send(SpoolSender& sender, SpoolPace pace);
  void write(SpoolStore& store, FrameInbox::Block block);
  void sync_when_due(SpoolStore& store, bool now);
  void publish(const SpoolStore& store);
  void note_error(const std::error_code& error);
  void note_losses(const SpoolLosses& lost);
  void tell(EventLevel level, const std::string& text) const;

  const CollectorOptions collector_;
  const std::string name_;
  const EventSink events_;
  FrameInbox inbox_;
  std::atomic<std::uint64_t> put_{0};  ///< frames
  std::atomic<bool> usable_{false};
  std::atomic<bool> has_looked_{false};
  std::condition_variable looked_;         ///< with mutex_
  std::atomic<std::uint64_t> arrived_{0};  ///< see SpoolSender
  std::atomic<bool> ends_{false};
  std::atomic<SpoolPace> pace_{SpoolPace::none};

  mutable std::mutex mutex_;
  SpoolCounters counters_;  ///< the store's when they were last looked at

  // Of the spool's thread.
  std::unique_ptr<SpoolStore> store_;
  SpoolSending sending_;
  std::error_code last_error_;
  std::string last_failure_;  ///< to send; empty: none
  std::chrono::steady_clock::time_point send_again_at_;
  std::chrono::steady_clock::time_point last_sync_;
  bool unsynced_ = false;
  SpoolLosses told_;  ///< of them somebody was told
  std::chrono::steady_clock::time_point last_told_;
  std::thread thread_;
};

}  // namespace heptap
