#include "agent/pipeline/rtcp_receptions.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "agent/random_seed.hpp"
#include "proto/rtp/rtcp.hpp"
#include "proto/rtp/rtcp_xr.hpp"

namespace heptap {
namespace {

/// Both directions are one pair.
FlowKey pair_of(const Packet& datagram) noexcept {
  FlowKey key = flow_of(datagram);
  const auto rank = [](const IpAddress& address, std::uint16_t port) {
    return std::pair(address.octets, port);
  };
  if (rank(key.source, key.source_port) > rank(key.destination, key.destination_port)) {
    std::swap(key.source, key.destination);
    std::swap(key.source_port, key.destination_port);
  }
  return key;
}

/// The VoIP metrics of a compound, which come in packets of their own.
class VoipBlocks {
 public:
  struct Said {
    std::uint32_t reporter = 0;
    XrVoipMetrics metrics;
  };

  explicit VoipBlocks(Bytes compound) noexcept {
    for (auto packet = next_rtcp(compound); packet; packet = next_rtcp(compound)) {
      if (packet->type == RtcpType::xr) add(*packet);
    }
  }
  [[nodiscard]] std::optional<XrVoipMetrics> take(std::uint32_t ssrc) noexcept {
    for (std::size_t i = 0; i < count_; ++i) {
      if (blocks_[i].metrics.ssrc != ssrc) continue;
      return std::exchange(blocks_[i], blocks_[--count_]).metrics;
    }
    return {};
  }
  /// What nobody has taken.
  [[nodiscard]] std::span<const Said> rest() const noexcept { return {blocks_.data(), count_}; }

 private:
  void add(const RtcpPacketView& packet) noexcept {
    const auto xr = parse_xr(packet);
    if (!xr) return;
    Bytes blocks = xr->blocks;
    for (auto block = next_xr_block(blocks); block; block = next_xr_block(blocks)) {
      const auto voip = parse_xr_voip_metrics(*block);
      if (voip && count_ < blocks_.size()) blocks_[count_++] = Said{xr->ssrc, *voip};
    }
  }

  std::array<Said, 8> blocks_{};
  std::size_t count_ = 0;
};

/// Of the first format that is media: others of one line have the same clock, or nobody could change
/// between them within a stream.
std::uint32_t clock_of(const MediaMatch& match) noexcept {
  const auto formats = match.formats();
  const auto found = std::find_if(formats.begin(), formats.end(),
                                  [](const PayloadFormat& format) { return format.clock_hz != 0; });
  return found == formats.end() ? 0 : found->clock_hz;
}

}  // namespace

RtcpReceptions::RtcpReceptions(MediaObserver& observer, std::size_t max_pairs)
    : observer_(observer), pairs_(std::max<std::size_t>(max_pairs, 1), random_seed()) {}

void RtcpReceptions::take(const Packet& datagram, const MediaMatch& match,
                          std::int64_t time_us) noexcept {
  ReceptionReport report{.owner = {.call_hash = match.call_hash,
                                   .call_id = match.call_id,
                                   .sender = opposite(match.sender),
                                   .type = match.type,
                                   .media = match.media},
                         .time_us = time_us,
                         .clock_hz = clock_of(match),
                         .rtt_ms = round_trip_ms(datagram, time_us)};
  VoipBlocks voip(datagram.payload);
  Bytes rest = datagram.payload;
  for (auto packet = next_rtcp(rest); packet; packet = next_rtcp(rest)) {
    const auto view = parse_rtcp_report(*packet);
    if (!view) continue;
    report.reporter = view->ssrc;
    Bytes blocks = view->blocks;
    for (auto block = next_report_block(blocks); block; block = next_report_block(blocks)) {
      report.ssrc = block->ssrc;
      report.block = *block;
      report.voip = voip.take(block->ssrc);
      observer_.on_reception(report);
    }
  }
  report.block.reset();
  for (const VoipBlocks::Said& one : voip.rest()) {
    report.reporter = one.reporter;
    report.ssrc = one.metrics.ssrc;
    report.voip = one.metrics;
    observer_.on_reception(report);
  }
}

std::optional<double> RtcpReceptions::round_trip_ms(const Packet& datagram,
                                                    std::int64_t time_us) noexcept {
  constexpr double us_per_ms = 1000;
  Pair& pair = pairs_.find_or_add(pair_of(datagram), time_us);
  const auto trip = pair.trips.add(datagram.payload, time_us);
  if (trip && trip->call_us) pair.rtt_ms = *trip->call_us / us_per_ms;
  if (pair.rtt_ms) return pair.rtt_ms;
  const auto reported_ms = pair.trips.reported_ms();
  return reported_ms ? std::optional<double>(*reported_ms) : std::nullopt;
}

}  // namespace heptap
