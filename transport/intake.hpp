#pragma once

#include "transport/frame_ring.hpp"
#include "transport/ring_merger.hpp"
#include "transport/transport_snapshot.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace heptap {

/// The producers' rings, and the one that collectors read. With one producer it is his own, and
/// nothing is moved; with several there is a RingMerger between them.
///
/// Used on the transport's thread, but for input(), flush_only() and close().
class Intake {
 public:
  /// errors    std::runtime_error when `rings` is 0; and as FrameRing's
  Intake(std::size_t ring_bytes, std::size_t rings);

  /// errors    std::out_of_range
  [[nodiscard]] FrameRing& input(std::size_t index) { return *inputs_.at(index); }
  [[nodiscard]] const FrameRing& output() const noexcept {
    return merger_ ? merger_->output() : *inputs_.front();
  }

  /// FrameRing::fault_in() of all rings. Call it before the first frame.
  void fault_in() noexcept;

  /// Flushes the ring of the producer whose thread this is, if there is but one.
  void flush_only() noexcept;
  /// Closes all producers' rings.
  void close() noexcept;

  /// Brings published frames to the output.
  void fetch() noexcept;
  /// gives     true when every published frame has come to the output
  [[nodiscard]] bool empty() const noexcept { return !merger_ || merger_->empty(); }
  /// gives     true when the output may have what sleep_until() was asked for
  [[nodiscard]] bool reached(std::uint64_t position, std::uint64_t seen_flush_mark) const noexcept;

  /// No collector needs the frames before `sequence`.
  /// may_wait  more will be released soon: a producer need not be woken for a little
  void release_until(std::uint64_t sequence, bool may_wait) noexcept;

  /// As FrameRing::sleep_until(), for the output; an input's wake_fd() becomes readable.
  [[nodiscard]] bool sleep_until(std::uint64_t position, std::uint64_t seen_flush_mark) noexcept;

  /// head      of the output: frames published later are not counted where it is an input too
  [[nodiscard]] std::vector<RingSnapshot> snapshot(std::uint64_t head) const;

 private:
  std::vector<std::unique_ptr<FrameRing>> inputs_;
  std::optional<RingMerger> merger_;
};

}  // namespace heptap
