#pragma once

#include <cstdint>

#include "proto/rtp/burst_gap.hpp"

namespace heptap {

/// What the sequence number of a packet says.
enum class SequenceStep : std::uint8_t {
  first,      ///< begins a run, which is a stream when one packet follows its neighbour, or any
              ///< three are in it
  confirmed,  ///< goes on with it: now this is a stream, and all packets of the run count
  next,       ///< the number behind the newest
  ahead,      ///< further on: those between are lost, or late
  late,       ///< behind the newest, and not seen before
  duplicate,
  suspect,    ///< too far away to be of this stream; counts only if the next packet goes on with it
  restarted,  ///< goes on with a suspect: the sender began again, and both packets count
};

/// Counts of a stream, or of a period of one. Expected packets are held below 2^32, which only
/// made-up sequence numbers come near.
/// expected - lost = unique, unless a packet of the period before came in this one: then nothing
/// is lost, and unique is the greater.
struct RtpCounts {
  std::uint32_t expected = 0;  ///< by the numbers of the first and the newest packet
  std::uint32_t unique = 0;    ///< received, without duplicates
  std::uint32_t duplicates = 0;
  std::uint32_t late = 0;      ///< of `unique`: behind a newer one, out of order
  std::uint32_t suspects = 0;  ///< counted nowhere else

  /// All that came.
  [[nodiscard]] std::uint32_t packets() const noexcept { return unique + duplicates + suspects; }
  [[nodiscard]] std::uint32_t lost() const noexcept {
    return expected > unique ? expected - unique : 0;
  }
  [[nodiscard]] double lost_percent() const noexcept;
  /// As RTCP has it, in 1/256.
  [[nodiscard]] std::uint8_t fraction_lost() const noexcept;
};

/// Packets of a source that came one behind the other, from its first one on. That is all there is to
/// know of the numbers of most streams.
struct RtpRun {
  std::uint32_t count = 0;  ///< held below 2^32
  std::uint16_t first = 0;

  /// Whether a packet goes on with it, or begins it.
  [[nodiscard]] bool is_next(std::uint16_t sequence) const noexcept {
    return count == 0 || sequence == static_cast<std::uint16_t>(first + count);
  }
  /// sequence  as is_next() has it
  /// gives     first, confirmed, or next
  SequenceStep add(std::uint16_t sequence) noexcept;
  /// The newest number, its high 16 bits counting the wraps; there is one.
  [[nodiscard]] std::uint32_t newest() const noexcept { return first + (count - 1); }
  /// The same as those of RtpSequence.
  [[nodiscard]] RtpCounts counts() const noexcept;
  [[nodiscard]] BurstGap losses() const noexcept;
};

/// Follows the sequence numbers of one source: what is lost, late, there twice, or not its own.
/// Beyond RFC 3550, on purpose: all packets of the first run count, not only those behind it; a run
/// may have losses, as there are taps that see every second packet; when the sender begins again the
/// counts go on; a late packet from before the first is expected too.
/// Numbers seen are remembered as far back as a packet can be late.
/// source    RFC 3550 section A.1
class RtpSequence {
 public:
  static constexpr unsigned max_dropout = 3000;
  static constexpr unsigned max_misorder = 100;
  /// Packets wait this long, in numbers, until they are received or lost for bursts and gaps.
  static constexpr unsigned reorder_window = 64;

  RtpSequence() = default;
  /// Goes on with a run, as if all of it had come here.
  explicit RtpSequence(const RtpRun& run) noexcept;

  /// losses    of the same stream; takes what leaves the window
  SequenceStep add(std::uint16_t sequence, BurstGap& losses) noexcept;

  /// gives     the losses with those that are still in the window
  [[nodiscard]] BurstGap all_losses(BurstGap losses) const noexcept;

  [[nodiscard]] bool is_confirmed() const noexcept { return state_ >= State::running; }
  [[nodiscard]] const RtpCounts& counts() const noexcept { return counts_; }
  [[nodiscard]] std::uint16_t restarts() const noexcept { return restarts_; }
  /// The newest number, its high 16 bits counting the wraps.
  [[nodiscard]] std::uint32_t extended_max() const noexcept {
    return std::uint32_t{cycles_} << 16U | max_;
  }

 private:
  enum class State : std::uint8_t { empty, probation, running, suspicious };

  SequenceStep begin(std::uint16_t sequence) noexcept;
  SequenceStep probe(std::uint16_t sequence) noexcept;
  SequenceStep confirm() noexcept;
  void count(unsigned expected) noexcept;
  SequenceStep forward(unsigned by, BurstGap& losses) noexcept;
  SequenceStep behind(unsigned by) noexcept;
  SequenceStep suspect(std::uint16_t sequence, BurstGap& losses) noexcept;
  void begin_segment(std::uint16_t sequence) noexcept;
  void shift(unsigned by) noexcept;
  void leave(unsigned by, BurstGap& losses) const noexcept;

  // A bit for each number that was received: the lowest of `newer_` is max_, the bits of `older_`
  // are those before.
  std::uint64_t newer_ = 0;
  std::uint64_t older_ = 0;
  RtpCounts counts_;
  std::uint16_t max_ = 0;
  std::uint16_t cycles_ = 0;
  std::uint16_t restart_at_ = 0;  // the number behind a suspect
  std::uint16_t restarts_ = 0;
  std::uint8_t span_ = 0;      // numbers between the first of the segment and max_, held at 255
  std::uint8_t run_late_ = 0;  // of the first run
  State state_ = State::empty;
};

}  // namespace heptap
