#include "proto/rtp/burst_gap.hpp"

#include <algorithm>
#include <limits>

namespace heptap {
namespace {

constexpr std::uint32_t least_burst = 2;

void add_held(std::uint32_t& to, std::uint32_t count) noexcept {
  to += std::min(count, std::numeric_limits<std::uint32_t>::max() - to);
}

std::uint8_t density(std::uint64_t lost, std::uint64_t packets) noexcept {
  if (packets == 0) return 0;
  return static_cast<std::uint8_t>(std::min<std::uint64_t>(256 * lost / packets, 255));
}

double mean(double total, std::uint32_t count) noexcept { return count == 0 ? 0 : total / count; }

}  // namespace

double BurstGapFigures::total_burst_ms(double ptime_ms) const noexcept {
  return static_cast<double>(burst_packets) * ptime_ms;
}
double BurstGapFigures::total_gap_ms(double ptime_ms) const noexcept {
  return static_cast<double>(gap_packets) * ptime_ms;
}
double BurstGapFigures::mean_burst_ms(double ptime_ms) const noexcept {
  return mean(total_burst_ms(ptime_ms), bursts);
}
double BurstGapFigures::mean_gap_ms(double ptime_ms) const noexcept {
  return mean(total_gap_ms(ptime_ms), gaps);
}

double LossRuns::burst_ratio(std::uint64_t expected) const noexcept {
  constexpr std::uint32_t least_losses = 5;
  if (lost < least_losses || runs == 0 || lost >= expected) return 1;
  const double mean_run = static_cast<double>(lost) / runs;
  const double received_share = 1 - static_cast<double>(lost) / static_cast<double>(expected);
  return std::max(1.0, mean_run * received_share);
}

void BurstGap::add_lost(std::uint32_t count) noexcept {
  if (count == 0) return;
  const bool is_first = losses_.lost == 0;
  if (is_first && good_run_ == 0) begins_with_loss_ = true;
  if (is_first || good_run_ > 0) add_held(losses_.runs, 1);
  if (is_first || good_run_ == gmin) {
    end_cluster();
  } else {
    add_held(cluster_packets_, good_run_);
  }
  add_held(cluster_lost_, count);
  add_held(cluster_packets_, count);
  add_held(losses_.lost, count);
  good_run_ = 0;
}

void BurstGap::end_cluster() noexcept {
  if (cluster_lost_ >= least_burst) {
    if (bursts_ == 0) begins_with_burst_ = begins_with_loss_;
    add_held(bursts_, 1);
    add_held(burst_lost_, cluster_lost_);
    add_held(burst_packets_, cluster_packets_);
  }
  if (cluster_lost_ == 1) begins_with_loss_ = false;
  cluster_lost_ = 0;
  cluster_packets_ = 0;
}

BurstGapFigures BurstGap::figures(std::uint64_t expected) const noexcept {
  BurstGap ended = *this;
  const bool ends_with_burst = good_run_ == 0 && cluster_lost_ >= least_burst;
  ended.end_cluster();
  BurstGapFigures out;
  out.bursts = ended.bursts_;
  out.burst_packets = std::min<std::uint64_t>(ended.burst_packets_, expected);
  out.gap_packets = expected - out.burst_packets;
  out.burst_lost = ended.burst_lost_;
  out.gap_lost = losses_.lost - ended.burst_lost_;
  if (out.gap_packets > 0) {
    out.gaps = out.bursts + 1 - (ended.begins_with_burst_ ? 1 : 0) - (ends_with_burst ? 1 : 0);
  }
  out.burst_density = density(out.burst_lost, out.burst_packets);
  out.gap_density = density(out.gap_lost, out.gap_packets);
  return out;
}

LossRuns BurstGap::take_losses() noexcept {
  const LossRuns out{losses_.lost - taken_.lost, losses_.runs - taken_.runs};
  taken_ = losses_;
  return out;
}

}  // namespace heptap
