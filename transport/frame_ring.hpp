#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>

namespace heptap {

/// A frame in the ring, as the consumer sees it.
struct FrameSlot {
  std::uint64_t collectors = 0;  ///< bit i set: collector i gets it
  std::uint64_t position = 0;    ///< bytes committed before this frame since the ring was made
  std::int64_t time_us = 0;      ///< of its packet
  std::uint32_t offset = 0;      ///< where it lies in the byte area
  std::uint16_t size = 0;
};

/// Carries finished frames from one producer to one consumer, and keeps them until the consumer
/// needs them no longer: it is the queue and the retention buffer in one, and frames are sent from
/// the place they were encoded into.
///
///     byte area   |frame 7|frame 8|frame 9|   free   |frame 4|frame 5|frame 6| pad |
///     slots        4 5 6 7 8 9                        tail = 4, head = 10
///
/// Frames lie back to back, so neighbours leave in one write; none straddles the end of the area.
/// Sequence numbers are 64 bits wide and never wrap. Nothing allocates after construction.
///
/// Either side makes a system call only when the other one sleeps. The producer's frames become
/// visible each 32 KiB, at publish(), and at flush().
class FrameRing {
 public:
  static constexpr std::size_t max_frame_bytes = 65535;
  static constexpr std::size_t min_bytes = std::size_t{1} << 20U;
  static constexpr std::size_t max_bytes = std::size_t{1} << 31U;
  static constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

  /// size_bytes   of the byte area, clamped to [min_bytes, max_bytes]; the slots (one per 256
  ///              bytes, 32 bytes each) come on top
  /// errors       std::system_error when the process has no file descriptor left
  explicit FrameRing(std::size_t size_bytes);
  ~FrameRing();
  FrameRing(const FrameRing&) = delete;
  FrameRing& operator=(const FrameRing&) = delete;

  /// Has all its memory at once. Otherwise each page is given when it is written for the first time,
  /// which takes microseconds and comes when collectors fall behind. Call it before the first frame.
  void fault_in() noexcept;

  // The producer's side.

  /// gives     space for one frame, valid until commit(); empty when the ring is full or closed,
  ///           or when more than max_frame_bytes are asked for
  [[nodiscard]] std::span<std::uint8_t> reserve(std::size_t bytes) noexcept {
    const bool room = bytes <= max_frame_bytes && bytes <= limit_ - write_offset_ &&
                      head_ - seen_tail_ < slot_count() && !closed_.load(std::memory_order_relaxed);
    if (!room && !make_space(bytes)) return {};
    return {area_.get() + write_offset_, bytes};
  }

  /// Makes the first `size` bytes of the reserved space a frame for `collectors`, as in FrameSlot.
  /// Size 0 takes the reservation back.
  /// time_us   of its packet since 1970, UTC
  void commit(std::size_t size, std::uint64_t collectors, std::int64_t time_us) noexcept;

  /// Lets the consumer see every committed frame. Call it when a batch of packets is done.
  void publish() noexcept;

  /// publish(), and asks the collectors not to wait for a fuller write. Call it when no more frames
  /// are to be expected soon.
  void flush() noexcept;

  /// Blocks until reserve(bytes) has space.
  /// gives     false when the ring was closed, or for more than max_frame_bytes
  [[nodiscard]] bool wait_for_space(std::size_t bytes) noexcept;

  // The consumer's side. Readable are the sequence numbers in [tail(), head()).

  [[nodiscard]] std::uint64_t tail() const noexcept {
    return tail_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t head() const noexcept {
    return published_head_.load(std::memory_order_acquire);
  }
  [[nodiscard]] const FrameSlot& slot(std::uint64_t sequence) const noexcept {
    return slots_[sequence & slot_mask_];
  }
  [[nodiscard]] const std::uint8_t* bytes(const FrameSlot& frame) const noexcept {
    return area_.get() + frame.offset;
  }
  /// gives     bytes published since the ring was made; a head() read later covers all of them
  [[nodiscard]] std::uint64_t published_bytes() const noexcept {
    return published_bytes_.load(std::memory_order_acquire);
  }
  /// gives     frames before this sequence number are to leave without waiting for more
  [[nodiscard]] std::uint64_t flush_mark() const noexcept {
    return flush_mark_.load(std::memory_order_acquire);
  }

  /// Gives the space of all frames before `sequence` back to the producer.
  void release_until(std::uint64_t sequence) noexcept;

  /// Wakes a producer that waits for space, if any was released since it began to wait. Without
  /// this call it is woken only when an eighth of the ring was released, which saves switches.
  void nudge_producer() noexcept;

  /// Asks for wake_fd() to become readable when `position` bytes are published or flush_mark()
  /// is no longer `seen_flush_mark`. `never` asks for the flush alone.
  /// gives     false when that is so already: there will be no wake-up, go on working
  [[nodiscard]] bool sleep_until(std::uint64_t position, std::uint64_t seen_flush_mark) noexcept;

  /// gives     an eventfd; read 8 bytes from it after a wake-up. The ring keeps it.
  [[nodiscard]] int wake_fd() const noexcept { return wake_fd_; }

  /// No more frames are taken; wakes a waiting producer. Either side may call it.
  void close() noexcept;
  [[nodiscard]] bool closed() const noexcept { return closed_.load(std::memory_order_acquire); }

  [[nodiscard]] std::size_t size_bytes() const noexcept { return size_bytes_; }
  [[nodiscard]] std::size_t slot_count() const noexcept { return slot_mask_ + 1; }

 private:
  static constexpr std::size_t cache_line = 64;
  static constexpr std::size_t publish_bytes = 32 * 1024;
  static constexpr std::uint64_t slots_ahead = 8;
  static constexpr std::uint64_t awake = never;  ///< in wake_position_: nobody sleeps
  static constexpr std::uint64_t asleep_until_flush = never - 1;

  bool make_space(std::size_t bytes) noexcept;
  void wake_consumer() noexcept;
  void wake_producer() noexcept;

  std::size_t size_bytes_;
  std::size_t slot_mask_;
  std::unique_ptr<std::uint8_t[]> area_;
  std::unique_ptr<FrameSlot[]> slots_;
  int wake_fd_;
  std::atomic<bool> closed_{false};

  // Touched by the producer alone.
  alignas(cache_line) std::uint64_t head_ = 0;
  std::uint64_t committed_bytes_ = 0;
  std::uint64_t unpublished_bytes_ = 0;
  std::uint64_t seen_tail_ = 0;
  std::size_t write_offset_ = 0;
  std::size_t limit_;  ///< end of the free run that starts at write_offset_

  // Written by the producer.
  alignas(cache_line) std::atomic<std::uint64_t> published_head_{0};
  std::atomic<std::uint64_t> published_bytes_{0};
  std::atomic<std::uint64_t> flush_mark_{0};
  std::atomic<std::uint64_t> producer_wants_tail_{never};  ///< never: it does not wait
  std::atomic<std::uint64_t> producer_saw_tail_{0};

  // Written by the consumer.
  alignas(cache_line) std::atomic<std::uint64_t> tail_{0};
  std::atomic<std::uint64_t> wake_position_{awake};
  std::atomic<std::uint32_t> space_epoch_{0};  ///< a producer that waits, waits for its change
};

}  // namespace heptap
