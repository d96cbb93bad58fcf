#pragma once

#include "transport/frame_ring.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace heptap {

/// Moves the frames of several producers' rings into one ring, which collectors read.
///
///     producer A --> FrameRing --+
///     producer B --> FrameRing --+--> output (its producer is this) --> collectors
///     producer C --> FrameRing --+
///
/// The inputs take turns of bounded size, and frames of one input stay in order. When the output
/// is full, frames stay where they are, until release_until() has made room. Used on one thread,
/// which is the consumer of all these rings; it never waits.
class RingMerger {
 public:
  /// inputs    at least one; they stay the caller's, and outlive the merger
  /// errors    as FrameRing's
  RingMerger(const std::vector<FrameRing*>& inputs, std::size_t output_bytes);

  [[nodiscard]] const FrameRing& output() const noexcept { return output_; }
  void fault_in() noexcept { output_.fault_in(); }

  /// Moves up to a turn's worth of published frames and publishes them. An input's flush goes on to
  /// the output when the frames before it have come over.
  void move() noexcept;

  /// gives     true when every published frame has come over
  [[nodiscard]] bool empty() const noexcept;

  /// Gives the output's space before `sequence` back.
  /// may_wait  more will be released without any doing of ours: small pieces need not be used
  void release_until(std::uint64_t sequence, bool may_wait) noexcept;

  /// As FrameRing::sleep_until(), for the output's bytes and flush mark: the wake_fd() of an input
  /// becomes readable when there may be enough to move. Where it waits for space there is none.
  [[nodiscard]] bool sleep_until(std::uint64_t position, std::uint64_t seen_flush_mark) noexcept;

 private:
  struct Input {
    FrameRing* ring;
    std::uint64_t moved_bytes = 0;
    std::uint64_t seen_flush_mark = 0;
    std::uint64_t flushed = 0;  ///< frames before it came over and were flushed there
  };

  std::size_t move_some(Input& input) noexcept;
  void pass_on() noexcept;
  [[nodiscard]] static bool is_due(Input& input, std::uint64_t bytes) noexcept;

  std::vector<Input> inputs_;
  std::size_t next_ = 0;  ///< the input whose turn it is
  FrameRing output_;
  bool full_ = false;
  std::uint64_t tail_when_full_ = 0;
};

}  // namespace heptap
