#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "proto/rtp/burst_gap.hpp"
#include "proto/rtp/dtmf.hpp"
#include "proto/rtp/sequence.hpp"
#include "proto/table_use.hpp"

namespace heptap {

/// What is kept of a stream that is more than packets one behind the other: its numbers from the first
/// that was lost, late or there twice, and its digits.
struct RtpExtra {
  RtpSequence sequence;
  BurstGap losses;
  RtpCounts earlier;  ///< of `sequence`, when the period began
  DtmfTracker digits;
  std::uint8_t digits_clock_khz = 0;
};

/// The extras of many streams, for those that need one. There is place for all of them, whose memory is
/// touched when it is used for the first time. Nothing is allocated after the start.
class RtpExtras {
 public:
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  explicit RtpExtras(std::size_t max_streams) : max_streams_(max_streams) {
    all_.reserve(max_streams);
    free_.reserve(max_streams);
  }

  /// Of a stream that has none yet.
  /// gives     its number
  [[nodiscard]] std::uint32_t add(const RtpExtra& extra) noexcept {
    if (free_.empty()) {
      assert(all_.size() < max_streams_);
      all_.push_back(extra);
      return static_cast<std::uint32_t>(all_.size() - 1);
    }
    const std::uint32_t number = free_.back();
    free_.pop_back();
    all_[number] = extra;
    return number;
  }
  void remove(std::uint32_t number) noexcept { free_.push_back(number); }

  [[nodiscard]] RtpExtra& operator[](std::uint32_t number) noexcept { return all_[number]; }
  [[nodiscard]] const RtpExtra& operator[](std::uint32_t number) const noexcept {
    return all_[number];
  }

  [[nodiscard]] TableUse use() const noexcept {
    return {.entries = all_.size() - free_.size(),
            .max_entries = max_streams_,
            .memory_bytes =
                all_.capacity() * sizeof(RtpExtra) + free_.capacity() * sizeof(std::uint32_t)};
  }

 private:
  std::size_t max_streams_;
  std::vector<RtpExtra> all_;
  std::vector<std::uint32_t> free_;
};

}  // namespace heptap
