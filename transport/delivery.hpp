#pragma once

#include "transport/collector_snapshot.hpp"
#include "transport/frame_ring.hpp"
#include "transport/lag_histogram.hpp"

#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace heptap {

/// Frames to write next: runs of adjacent bytes in the ring.
struct FrameRuns {
  static constexpr std::size_t max_runs = 64;
  std::array<iovec, max_runs> runs;
  std::size_t count = 0;
  std::size_t bytes = 0;
  std::size_t frames = 0;
};

/// One collector's place in the ring, and its ledger.
///
///         tail        released      confirmed       next           head
///     ------|------------|--------------|-------------|--------------|----
///            (others')      peer's kernel   in the         not yet
///                           has them, kept  kernel here    written
///
/// A frame is queued when it enters, in doubt when it was handed to the kernel, and sent (or lost)
/// when it leaves the cursor. It may go back from doubt to the queue any number of times.
/// Knows no sockets: what they told is passed in.
class DeliveryCursor {
 public:
  /// bit       of this collector in FrameSlot::collectors
  /// first     frame that it takes; at most ring.head()
  DeliveryCursor(const FrameRing& ring, unsigned bit, std::size_t resend_bytes,
                 std::uint64_t first = 0) noexcept;

  /// Takes all published frames onto the ledger, or those before `head`.
  void enter() noexcept { enter(ring_.head()); }
  void enter(std::uint64_t head) noexcept;

  /// Takes frames before `end` onto the ledger, and none from there on.
  /// end       not before a frame that has entered
  void leave(std::uint64_t end) noexcept;

  /// gives     whole frames from the next one on, with the rest of a partly written frame first;
  ///           at least one, else at most `max_bytes` and `max_frames`
  void gather(FrameRuns& out, std::size_t max_bytes, std::size_t max_frames) const noexcept;

  /// gives     datagram i of the next `out.size()` frames; their number
  [[nodiscard]] std::size_t gather_frames(std::span<iovec> out) const noexcept;

  /// `bytes` more were handed to the kernel on the present connection, in gather()'s order.
  /// now_us    since 1970, UTC
  void written(std::size_t bytes, std::int64_t now_us) noexcept;

  /// All but the last `unacknowledged` bytes written on this connection have arrived at the peer.
  /// gives     true when a frame was confirmed that never was before
  bool confirm(std::uint64_t unacknowledged) noexcept;

  /// The connection ended, and the peer has read all it acknowledged: the rest is queued again.
  void settle_confirmed() noexcept;
  /// The connection ended, and nobody knows what the peer has read: all that is kept is queued
  /// again.
  void rewind() noexcept;
  /// The connection ended, and the peer has read all of it.
  void settle_all() noexcept;
  /// Everything that entered and is held in the ring is lost.
  void abandon() noexcept;

  // What follows asks for nothing in doubt that is still in the ring: see rewind().

  /// The oldest are lost until less than this share of the ring is kept, because others need the room.
  void make_way(double share) noexcept;
  /// All are lost for this reason.
  void lose_waiting(std::uint64_t DeliveryLosses::*reason) noexcept { lose_held(reason); }
  /// Hands the frames that wait to `take`, the oldest first, until it gives false: it has not taken that
  /// one.
  template <class Take>
  void spool(Take take) {
    for (; released_ < entered_; ++released_) {
      const FrameSlot& frame = ring_.slot(released_);
      if (!mine(frame)) continue;
      if (!take(std::span(ring_.bytes(frame), frame.size), frame.time_us)) break;
      ++counters_.spooled;
      --counters_.queued;
      if (released_ < once_written_) ++counters_.resent;
    }
    next_ = released_;
    begin_connection();
  }

  // Where what was written is not taken back (datagrams, records of Kafka), frames leave the ring when
  // they are handed over, and stay in doubt for a while.

  /// gives     the next frame to write; null when all are written
  [[nodiscard]] const FrameSlot* next_frame() const noexcept {
    return counters_.queued == 0 ? nullptr : &ring_.slot(next_);
  }
  /// The next `frames` frames were handed over. They stay in doubt.
  /// longest   of a datagram that leaves in one piece; longer ones are counted
  void handed_over(std::size_t frames, std::int64_t now_us,
                   std::size_t longest = FrameRing::max_frame_bytes) noexcept;
  /// The next frame cannot be sent.
  void lose_next(std::uint64_t DeliveryLosses::*reason) noexcept;
  /// `frames` of those in doubt are sent, or lost.
  void doubts_sent(std::uint64_t frames) noexcept;
  void doubts_lost(std::uint64_t frames, std::uint64_t DeliveryLosses::*reason) noexcept;
  /// One of those in doubt was sent again.
  void doubt_sent_again() noexcept { ++counters_.resent; }
  /// One of those in doubt has gone to the spool.
  /// may_be_there  the peer perhaps has it nevertheless
  void doubt_spooled(bool may_be_there) noexcept;

  /// gives     the first frame this collector still needs; `never` when it has left, and needs none
  [[nodiscard]] std::uint64_t released() const noexcept {
    return released_ == end_ ? FrameRing::never : released_;
  }
  /// gives     the first frame it takes, and the one after its last
  [[nodiscard]] std::uint64_t first() const noexcept { return first_; }
  [[nodiscard]] std::uint64_t end() const noexcept { return end_; }
  [[nodiscard]] bool leaves() const noexcept { return end_ != FrameRing::never; }
  /// gives     bytes in the ring that are not written, those of other collectors included; 0 when
  ///           nothing is left to write
  [[nodiscard]] std::uint64_t backlog_bytes() const noexcept;
  /// gives     bytes that the ring keeps for this collector, those of others in between included
  [[nodiscard]] std::uint64_t kept_bytes() const noexcept;
  /// gives     the same without what was confirmed, and is kept in case the connection breaks
  [[nodiscard]] std::uint64_t unconfirmed_bytes() const noexcept {
    return confirmed_ == entered_ ? 0 : bytes_from(confirmed_);
  }
  /// gives     how much of the ring they are, in bytes or in frames: 1 is all
  [[nodiscard]] double kept_share() const noexcept { return share_from(released_); }
  [[nodiscard]] double unconfirmed_share() const noexcept { return share_from(confirmed_); }
  [[nodiscard]] bool must_flush(std::uint64_t flush_mark) const noexcept {
    return counters_.queued > 0 && next_ < flush_mark;
  }
  [[nodiscard]] bool all_written() const noexcept { return counters_.queued == 0 && partial_ == 0; }
  [[nodiscard]] bool all_confirmed() const noexcept {
    return all_written() && confirmed_bytes_ == written_bytes_;
  }
  [[nodiscard]] const DeliveryCounters& counters() const noexcept { return counters_; }
  /// gives     how late each frame was when it was written whole for the first time
  [[nodiscard]] const LagHistogram& lag() const noexcept { return lag_; }

 private:
  [[nodiscard]] bool mine(const FrameSlot& frame) const noexcept {
    return (frame.collectors & mask_) != 0;
  }
  /// gives     bytes in the ring from this frame, which has entered, to the last that has
  [[nodiscard]] std::uint64_t bytes_from(std::uint64_t sequence) const noexcept;
  [[nodiscard]] double share_from(std::uint64_t sequence) const noexcept;
  void begin_connection() noexcept;
  void lose_held(std::uint64_t DeliveryLosses::*never_written, double share = 0) noexcept;
  void pass_foreign() noexcept;
  void release_confirmed() noexcept;
  [[nodiscard]] bool keeps_too_much() const noexcept;

  const FrameRing& ring_;
  std::uint64_t mask_;
  std::size_t resend_bytes_;

  std::uint64_t first_;
  std::uint64_t end_ = FrameRing::never;
  std::uint64_t released_ = first_;
  std::uint64_t confirmed_ = first_;
  std::uint64_t next_ = first_;
  std::uint64_t entered_ = first_;
  std::size_t partial_ = 0;  ///< bytes of frame next_ already written on this connection

  // Of this connection, in bytes.
  std::uint64_t written_bytes_ = 0;
  std::uint64_t confirmed_bytes_ = 0;  ///< frames before confirmed_
  std::uint64_t released_bytes_ = 0;   ///< frames before released_

  std::uint64_t once_written_ = first_;    ///< frames before it were written whole at least once
  std::uint64_t once_confirmed_ = first_;  ///< frames before it were confirmed at least once
  DeliveryCounters counters_;
  LagHistogram lag_;
};

}  // namespace heptap
