#include "transport/delivery.hpp"

#include <algorithm>
#include <cassert>

namespace heptap {

DeliveryCursor::DeliveryCursor(const FrameRing& ring, unsigned bit, std::size_t resend_bytes,
                               std::uint64_t first) noexcept
    : ring_(ring), mask_(std::uint64_t{1} << bit), resend_bytes_(resend_bytes), first_(first) {}

void DeliveryCursor::enter(std::uint64_t head) noexcept {
  std::uint64_t taken = 0;
  const std::uint64_t before = entered_;
  for (head = std::min(head, end_); entered_ < head; ++entered_) {
    taken += mine(ring_.slot(entered_)) ? 1U : 0U;
  }
  counters_.entered += taken;
  counters_.elsewhere += entered_ - before - taken;
  counters_.queued += taken;
  pass_foreign();
}

void DeliveryCursor::leave(std::uint64_t end) noexcept {
  assert(end >= entered_ && end <= end_);
  end_ = end;
  enter(end);
}

/// Leaves behind, at each of the three places, frames that are for other collectors.
void DeliveryCursor::pass_foreign() noexcept {
  if (partial_ == 0) {
    while (next_ < entered_ && !mine(ring_.slot(next_))) ++next_;
  }
  while (confirmed_ < next_ && !mine(ring_.slot(confirmed_))) ++confirmed_;
  release_confirmed();
}

void DeliveryCursor::gather(FrameRuns& out, std::size_t max_bytes,
                            std::size_t max_frames) const noexcept {
  out.count = out.bytes = out.frames = 0;
  std::size_t skip = partial_;
  for (auto sequence = next_; sequence < entered_ && out.frames < max_frames; ++sequence) {
    const FrameSlot& frame = ring_.slot(sequence);
    if (!mine(frame)) continue;
    const std::size_t size = frame.size - skip;
    if (out.frames > 0 && out.bytes + size > max_bytes) break;
    // writev(2) takes the ring's bytes as mutable and leaves them alone
    auto* const begin = const_cast<std::uint8_t*>(ring_.bytes(frame)) + skip;
    skip = 0;
    iovec* const last = out.count > 0 ? &out.runs[out.count - 1] : nullptr;
    if (last != nullptr && static_cast<std::uint8_t*>(last->iov_base) + last->iov_len == begin) {
      last->iov_len += size;
    } else if (out.count < FrameRuns::max_runs) {
      out.runs[out.count++] = {begin, size};
    } else {
      break;
    }
    out.bytes += size;
    ++out.frames;
  }
}

std::size_t DeliveryCursor::gather_frames(std::span<iovec> out) const noexcept {
  std::size_t count = 0;
  for (auto sequence = next_; sequence < entered_ && count < out.size(); ++sequence) {
    const FrameSlot& frame = ring_.slot(sequence);
    if (!mine(frame)) continue;
    out[count++] = {const_cast<std::uint8_t*>(ring_.bytes(frame)), frame.size};
  }
  return count;
}

void DeliveryCursor::written(std::size_t bytes, std::int64_t now_us) noexcept {
  written_bytes_ += bytes;
  counters_.bytes += bytes;
  std::size_t rest = partial_ + bytes;
  for (; next_ < entered_; ++next_) {
    const FrameSlot& frame = ring_.slot(next_);
    if (!mine(frame)) continue;
    if (frame.size > rest) break;
    rest -= frame.size;
    --counters_.queued;
    ++counters_.in_doubt;
    if (next_ < once_written_) {
      ++counters_.resent;
    } else {
      once_written_ = next_ + 1;
      lag_.add(now_us - frame.time_us);
    }
  }
  partial_ = rest;
}

bool DeliveryCursor::confirm(std::uint64_t unacknowledged) noexcept {
  const std::uint64_t arrived = written_bytes_ - std::min(written_bytes_, unacknowledged);
  for (; confirmed_ < next_; ++confirmed_) {
    const FrameSlot& frame = ring_.slot(confirmed_);
    if (!mine(frame)) continue;
    if (confirmed_bytes_ + frame.size > arrived) break;
    confirmed_bytes_ += frame.size;
  }
  release_confirmed();
  const bool first_time = confirmed_ > once_confirmed_;
  once_confirmed_ = std::max(once_confirmed_, confirmed_);
  return first_time;
}

/// The ring's own limits count other collectors' frames too: a collector that gets one frame in a
/// thousand must not hold the ring for the sake of its last ones.
bool DeliveryCursor::keeps_too_much() const noexcept {
  const FrameSlot& oldest = ring_.slot(released_);
  const FrameSlot& newest = ring_.slot(confirmed_ - 1);
  return confirmed_bytes_ - released_bytes_ > resend_bytes_ ||
         newest.position - oldest.position > ring_.size_bytes() / 2 ||
         confirmed_ - released_ > ring_.slot_count() / 2;
}

void DeliveryCursor::release_confirmed() noexcept {
  for (; released_ < confirmed_; ++released_) {
    const FrameSlot& frame = ring_.slot(released_);
    if (!mine(frame)) continue;
    if (!keeps_too_much()) break;
    released_bytes_ += frame.size;
    --counters_.in_doubt;
    ++counters_.sent;
  }
}

void DeliveryCursor::begin_connection() noexcept {
  assert(released_ == next_);
  confirmed_ = next_;
  partial_ = 0;
  written_bytes_ = confirmed_bytes_ = released_bytes_ = 0;
  pass_foreign();
}

void DeliveryCursor::settle_confirmed() noexcept {
  std::uint64_t settled = 0;
  for (; released_ < confirmed_; ++released_) settled += mine(ring_.slot(released_)) ? 1U : 0U;
  counters_.sent += settled;
  counters_.in_doubt -= settled;
  rewind();
}

void DeliveryCursor::rewind() noexcept {
  counters_.queued += counters_.in_doubt;
  counters_.in_doubt = 0;
  next_ = released_;
  begin_connection();
}

void DeliveryCursor::settle_all() noexcept {
  assert(all_written());
  counters_.sent += counters_.in_doubt;
  counters_.in_doubt = 0;
  released_ = next_;
  begin_connection();
}

void DeliveryCursor::abandon() noexcept {
  rewind();
  lose_held(&DeliveryLosses::given_up);
}

void DeliveryCursor::make_way(double share) noexcept {
  lose_held(&DeliveryLosses::too_slow, share);
}

void DeliveryCursor::lose_held(std::uint64_t DeliveryLosses::*never_written,
                               double share) noexcept {
  for (; released_ < entered_ && kept_share() >= share; ++released_) {
    if (!mine(ring_.slot(released_))) continue;
    ++(released_ < once_written_ ? counters_.lost.unconfirmed : counters_.lost.*never_written);
    --counters_.queued;
  }
  next_ = released_;
  begin_connection();
}

void DeliveryCursor::handed_over(std::size_t frames, std::int64_t now_us,
                                 std::size_t longest) noexcept {
  for (; frames > 0; ++next_) {
    const FrameSlot& frame = ring_.slot(next_);
    if (!mine(frame)) continue;
    counters_.bytes += frame.size;
    counters_.fragmented += frame.size > longest ? 1U : 0U;
    lag_.add(now_us - frame.time_us);
    --counters_.queued;
    ++counters_.in_doubt;
    --frames;
  }
  pass_foreign();
  released_ = confirmed_ = next_;
}

void DeliveryCursor::lose_next(std::uint64_t DeliveryLosses::*reason) noexcept {
  pass_foreign();
  assert(next_ < entered_);
  ++next_;
  --counters_.queued;
  pass_foreign();
  released_ = confirmed_ = next_;
  ++(counters_.lost.*reason);
}

void DeliveryCursor::doubts_sent(std::uint64_t frames) noexcept {
  counters_.in_doubt -= frames;
  counters_.sent += frames;
}

void DeliveryCursor::doubts_lost(std::uint64_t frames,
                                 std::uint64_t DeliveryLosses::*reason) noexcept {
  counters_.in_doubt -= frames;
  counters_.lost.*reason += frames;
}

void DeliveryCursor::doubt_spooled(bool may_be_there) noexcept {
  --counters_.in_doubt;
  ++counters_.spooled;
  if (may_be_there) ++counters_.resent;
}

std::uint64_t DeliveryCursor::backlog_bytes() const noexcept {
  if (all_written()) return 0;
  return bytes_from(next_) - partial_;
}

std::uint64_t DeliveryCursor::kept_bytes() const noexcept {
  return released_ == entered_ ? 0 : bytes_from(released_);
}

double DeliveryCursor::share_from(std::uint64_t sequence) const noexcept {
  if (sequence == entered_) return 0;
  const auto share = [](auto part, auto whole) {
    return static_cast<double>(part) / static_cast<double>(whole);
  };
  return std::max(share(bytes_from(sequence), ring_.size_bytes()),
                  share(entered_ - sequence, ring_.slot_count()));
}

std::uint64_t DeliveryCursor::bytes_from(std::uint64_t sequence) const noexcept {
  const FrameSlot& last = ring_.slot(entered_ - 1);
  return last.position + last.size - ring_.slot(sequence).position;
}

}  // namespace heptap
