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

/// Two in a row that are not plausible make a port suspect of SRTCP, and it stays so: send nothing
/// from it any more.
class RtcpSuspicion {
 public:
  /// gives     whether the datagram may be sent
  [[nodiscard]] bool add(bool is_plausible) noexcept {
    if (is_suspect()) return false;
    failures_ = is_plausible ? 0 : failures_ + 1;
    return is_plausible;
  }
  [[nodiscard]] bool is_suspect() const noexcept { return failures_ >= enough; }

 private:
  static constexpr unsigned enough = 2;
  unsigned failures_ = 0;
};

}  // namespace heptap
