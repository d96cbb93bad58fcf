#pragma once

#include <cstdint>
#include <span>

#include "proto/bytes.hpp"
#include "proto/rtp/rtcp_report.hpp"

namespace heptap {

/// What is known of the medium that a report is about.
struct RtcpSanityContext {
  std::uint32_t clock_hz = 0;                  ///< of its codec; 0: not known
  std::span<const std::uint32_t> rtp_ssrcs{};  ///< seen between the two addresses; empty: not known
};

/// Whether a block can be what a receiver has counted: encrypted bytes that happen to walk as RTCP
/// are not. Jitter below ten seconds; a delay below nine hours, and none without a report that it
/// was since; no more lost than the cycles of the sequence hold, and no loss with duplicates that
/// outnumber a cycle; a stream that was seen.
[[nodiscard]] bool is_plausible(const ReportBlock& block,
                                const RtcpSanityContext& context) noexcept;

/// The same for all blocks of a datagram that count_rtcp() accepts.
[[nodiscard]] bool is_plausible_rtcp(Bytes compound, const RtcpSanityContext& context) noexcept;

/// Two in a row that are not plausible make a port suspect of SRTCP: nothing counts that comes from it,
/// until enough in a row are plausible. A stranger who knows its addresses may have sent the two.
class RtcpSuspicion {
 public:
  /// gives     whether the datagram may be sent
  [[nodiscard]] bool add(bool is_plausible) noexcept {
    in_a_row_ = is_plausible == is_suspect_ ? in_a_row_ + 1 : 0;
    if (in_a_row_ < (is_suspect_ ? enough_good : enough_bad)) return is_plausible && !is_suspect_;
    is_suspect_ = !is_suspect_;
    in_a_row_ = 0;
    return is_plausible;
  }
  [[nodiscard]] bool is_suspect() const noexcept { return is_suspect_; }

 private:
  static constexpr unsigned enough_bad = 2;
  static constexpr unsigned enough_good = 5;
  unsigned in_a_row_ = 0;  // of what would change the mind
  bool is_suspect_ = false;
};

}  // namespace heptap
