#include "proto/rtp/rtcp_sanity.hpp"

#include <algorithm>

namespace heptap {
namespace {

constexpr std::uint64_t longest_jitter_s = 10;
constexpr std::uint32_t fastest_clock_hz = 90'000;
constexpr std::uint32_t longest_delay = 0x80000000;
constexpr std::int64_t cycle = 0x10000;

bool is_jitter(std::uint32_t jitter, std::uint32_t clock_hz) noexcept {
  const std::uint64_t clock = clock_hz != 0 ? clock_hz : fastest_clock_hz;
  return jitter < longest_jitter_s * clock;
}

bool is_delay(const ReportBlock& block) noexcept {
  if (block.last_sr == 0) return block.delay_since_last_sr == 0;
  return block.delay_since_last_sr < longest_delay;
}

// A loss in the last interval and a sum below zero are no contradiction: duplicates came before.
bool is_loss(const ReportBlock& block) noexcept {
  const std::int64_t most = (block.extended_highest_sequence / cycle + 1) * cycle;
  if (block.cumulative_lost > most) return false;
  return block.fraction_lost == 0 || block.cumulative_lost > -cycle;
}

bool is_seen(std::uint32_t ssrc, std::span<const std::uint32_t> seen) noexcept {
  return seen.empty() || std::find(seen.begin(), seen.end(), ssrc) != seen.end();
}

}  // namespace

bool is_plausible(const ReportBlock& block, const RtcpSanityContext& context) noexcept {
  return is_jitter(block.jitter, context.clock_hz) && is_delay(block) && is_loss(block) &&
         is_seen(block.ssrc, context.rtp_ssrcs);
}

bool is_plausible_rtcp(Bytes compound, const RtcpSanityContext& context) noexcept {
  for (auto packet = next_rtcp(compound); packet; packet = next_rtcp(compound)) {
    const auto report = parse_rtcp_report(*packet);
    if (!report) continue;
    Bytes rest = report->blocks;
    for (auto block = next_report_block(rest); block; block = next_report_block(rest)) {
      if (!is_plausible(*block, context)) return false;
    }
  }
  return true;
}

}  // namespace heptap
