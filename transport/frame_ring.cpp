// Sleeping and waking. Each side announces that it is about to sleep, then looks once more; each
// side publishes, then looks whether the other one sleeps. With sequentially consistent stores and
// loads at least one of the two sees the other, so no wake-up is lost, and none costs a system call
// while both sides are busy.
#include "transport/frame_ring.hpp"

#include "transport/prefetch.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cerrno>
#include <system_error>

namespace heptap {

FrameRing::FrameRing(std::size_t size_bytes)
    : size_bytes_(std::clamp(size_bytes, min_bytes, max_bytes)),
      slot_mask_(std::bit_ceil(size_bytes_ / 256) - 1),
      area_(std::make_unique_for_overwrite<std::uint8_t[]>(size_bytes_)),
      slots_(std::make_unique_for_overwrite<FrameSlot[]>(slot_mask_ + 1)),
      wake_fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      limit_(size_bytes_) {
  if (wake_fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

FrameRing::~FrameRing() { ::close(wake_fd_); }

void FrameRing::fault_in() noexcept {
  constexpr std::size_t page_bytes = 4096;  // or more: then some are written twice
  for (std::size_t at = 0; at < size_bytes_; at += page_bytes) area_[at] = 0;
  for (std::size_t at = 0; at <= slot_mask_; at += page_bytes / sizeof(FrameSlot)) slots_[at] = {};
}

bool FrameRing::make_space(std::size_t bytes) noexcept {
  if (bytes > max_frame_bytes || closed()) return false;
  seen_tail_ = tail_.load(std::memory_order_seq_cst);
  const std::uint64_t used = head_ - seen_tail_;
  if (used == 0) {  // start over at the front: its cache lines are the warmest
    write_offset_ = 0;
    limit_ = size_bytes_;
    return true;
  }
  if (used == slot_count()) return false;
  const std::size_t oldest = slot(seen_tail_).offset;
  if (write_offset_ <= oldest) {
    limit_ = oldest;
  } else if (bytes <= size_bytes_ - write_offset_) {
    limit_ = size_bytes_;
  } else if (bytes <= oldest) {
    write_offset_ = 0;
    limit_ = oldest;
  }
  return bytes <= limit_ - write_offset_;
}

void FrameRing::commit(std::size_t size, std::uint64_t collectors, std::int64_t time_us) noexcept {
  if (size == 0) return;
  assert(size <= limit_ - write_offset_ && size <= max_frame_bytes);
  slots_[head_ & slot_mask_] =
      FrameSlot{collectors, committed_bytes_, time_us, static_cast<std::uint32_t>(write_offset_),
                static_cast<std::uint16_t>(size)};
  ++head_;
  write_offset_ += size;
  __builtin_prefetch(&slots_[(head_ + slots_ahead) & slot_mask_], 1);
  // What comes next is in the collectors' cache, or in none: to wait for it while it is written would take
  // as long as encoding a frame.
  prefetch_to_fill({area_.get(), size_bytes_}, write_offset_, size);
  committed_bytes_ += size;
  unpublished_bytes_ += size;
  if (unpublished_bytes_ >= publish_bytes) publish();
}

void FrameRing::publish() noexcept {
  if (unpublished_bytes_ == 0) return;
  unpublished_bytes_ = 0;
  published_head_.store(head_, std::memory_order_release);
  published_bytes_.store(committed_bytes_, std::memory_order_seq_cst);
  if (committed_bytes_ >= wake_position_.load(std::memory_order_seq_cst)) wake_consumer();
}

void FrameRing::flush() noexcept {
  publish();
  if (flush_mark_.load(std::memory_order_relaxed) == head_) return;
  flush_mark_.store(head_, std::memory_order_seq_cst);
  if (wake_position_.load(std::memory_order_seq_cst) != awake) wake_consumer();
}

bool FrameRing::wait_for_space(std::size_t bytes) noexcept {
  if (bytes > max_frame_bytes) return false;
  while (reserve(bytes).empty()) {
    flush();
    const auto epoch = space_epoch_.load(std::memory_order_seq_cst);
    producer_saw_tail_.store(seen_tail_, std::memory_order_relaxed);
    producer_wants_tail_.store(seen_tail_ + std::max<std::uint64_t>(1, (head_ - seen_tail_) / 8),
                               std::memory_order_seq_cst);
    const bool gone_on = tail_.load(std::memory_order_seq_cst) != seen_tail_;
    if (closed_.load(std::memory_order_seq_cst)) return false;
    if (!gone_on) space_epoch_.wait(epoch, std::memory_order_seq_cst);
    producer_wants_tail_.store(never, std::memory_order_seq_cst);
  }
  return true;
}

void FrameRing::release_until(std::uint64_t sequence) noexcept {
  if (sequence == tail_.load(std::memory_order_relaxed)) return;
  assert(sequence > tail() && sequence <= head());
  tail_.store(sequence, std::memory_order_seq_cst);
  if (sequence >= producer_wants_tail_.load(std::memory_order_seq_cst)) wake_producer();
}

void FrameRing::nudge_producer() noexcept {
  if (producer_wants_tail_.load(std::memory_order_seq_cst) == never) return;
  if (tail() != producer_saw_tail_.load(std::memory_order_relaxed)) wake_producer();
}

bool FrameRing::sleep_until(std::uint64_t position, std::uint64_t seen_flush_mark) noexcept {
  wake_position_.store(std::min(position, asleep_until_flush), std::memory_order_seq_cst);
  const bool awaited = published_bytes_.load(std::memory_order_seq_cst) >= position;
  if (!awaited && flush_mark_.load(std::memory_order_seq_cst) == seen_flush_mark) return true;
  wake_position_.store(awake, std::memory_order_seq_cst);
  return false;
}

void FrameRing::close() noexcept {
  closed_.store(true, std::memory_order_seq_cst);
  wake_producer();
}

void FrameRing::wake_consumer() noexcept {
  // The consumer may have woken by itself in the meantime; a wake-up too many does no harm.
  if (wake_position_.exchange(awake, std::memory_order_seq_cst) == awake) return;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_fd_, &one, sizeof one);
}

void FrameRing::wake_producer() noexcept {
  space_epoch_.fetch_add(1, std::memory_order_seq_cst);
  space_epoch_.notify_all();
}

}  // namespace heptap
