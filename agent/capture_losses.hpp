#pragma once

#include <cstdint>

#include "agent/capture/live_capture.hpp"
#include "agent/report/lost_times.hpp"

namespace heptap {

/// When packets were lost that one worker should have had, to the time between two looks at what the
/// kernel counts. One thread uses it.
class CaptureLosses {
 public:
  /// now_us    of the clock that packets have their time from, as all times here
  explicit CaptureLosses(std::int64_t now_us) noexcept : looked_us_(now_us) {}

  /// counts    what the kernel says at this time, or has said a moment later
  void look(const InterfaceCounts& counts, std::int64_t now_us);

  /// gives     whether the last look is too long ago to know of what was lost until now. The kernel loses
  ///           packets when its ring is full, and what is in there is older by more than that
  [[nodiscard]] bool is_due(std::int64_t now_us) const noexcept;

  /// from_us, to_us   packet time, both included
  [[nodiscard]] bool any_between(std::int64_t from_us, std::int64_t to_us) const noexcept {
    return times_.any_between(from_us, to_us);
  }

 private:
  LostTimes times_;
  std::uint64_t lost_ = 0;
  std::int64_t looked_us_;
};

}  // namespace heptap
