#include "agent/pipeline/rtcp_reports.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <numeric>
#include <optional>
#include <span>

#include "proto/hep/rtcp_json.hpp"
#include "proto/hep/text.hpp"
#include "proto/rtp/rtcp_report.hpp"
#include "proto/rtp/rtcp_sanity.hpp"
#include "proto/rtp/srtcp.hpp"

namespace heptap {
namespace {

constexpr std::size_t max_sources = 16'384;
constexpr std::size_t max_suspects = 4096;

constexpr std::array reports{RtcpType::sr, RtcpType::rr, RtcpType::sdes, RtcpType::xr};

bool has_report(const RtcpCounts& packets) noexcept {
  return std::any_of(reports.begin(), reports.end(),
                     [&](RtcpType type) { return packets[type] != 0; });
}

bool has_too_many(const RtcpCounts& packets) noexcept {
  const auto& all = packets.packets;
  return std::accumulate(all.begin(), all.end(), 0U) > RtcpReports::max_packets;
}

RtcpFate fate_of(MediaMiss miss) noexcept {
  switch (miss) {
    case MediaMiss::ambiguous: return RtcpFate::ambiguous;
    case MediaMiss::call_over: return RtcpFate::call_over;
    default: return RtcpFate::unknown_address;
  }
}

/// The source of each packet, then those that reports are about. Of what does not walk, only the first
/// one is in clear.
class Sources {
 public:
  Sources(Bytes compound, bool walks) noexcept {
    if (!walks) {
      if (const auto head = parse_srtcp_head(compound)) add(head->ssrc);
      return;
    }
    for (auto packet = next_rtcp(compound); packet; packet = next_rtcp(compound)) {
      const auto report = parse_rtcp_report(*packet);
      if (report) add(*report);
    }
  }
  [[nodiscard]] std::span<const std::uint32_t> all() const noexcept {
    return {ssrcs_.data(), count_};
  }

 private:
  void add(const RtcpReportView& report) noexcept {
    add(report.ssrc);
    Bytes blocks = report.blocks;
    for (auto block = next_report_block(blocks); block; block = next_report_block(blocks)) {
      add(block->ssrc);
    }
  }
  void add(std::uint32_t ssrc) noexcept {
    if (count_ < ssrcs_.size()) ssrcs_[count_++] = ssrc;
  }

  std::array<std::uint32_t, 8> ssrcs_{};
  std::size_t count_ = 0;
};

/// What reports of no call are sent under, as collectors take none without a correlation id: both ends,
/// the lower one first, so that both directions meet. `unmatched-192.0.2.1:4001-192.0.2.2:5001`
class UnmatchedId {
 public:
  explicit UnmatchedId(const Packet& datagram) noexcept {
    const AddressText one(datagram.source, datagram.source_port);
    const AddressText other(datagram.destination, datagram.destination_port);
    const auto [lower, higher] = std::minmax({one.view(), other.view()});
    append("unmatched-");
    append(lower);
    append("-");
    append(higher);
  }
  [[nodiscard]] std::string_view view() const noexcept { return {text_.data(), size_}; }

 private:
  void append(std::string_view text) noexcept {
    size_ += text.copy(text_.data() + size_, text_.size() - size_);
  }

  std::array<char, 160> text_{};
  std::size_t size_ = 0;
};

}  // namespace

std::string_view to_string(RtcpFate fate) noexcept {
  switch (fate) {
    case RtcpFate::sent: return "sent";
    case RtcpFate::sent_unmatched: return "sent_unmatched";
    case RtcpFate::taken: return "taken";
    case RtcpFate::unknown_address: return "unknown_address";
    case RtcpFate::crowded_out: return "crowded_out";
    case RtcpFate::ambiguous: return "ambiguous";
    case RtcpFate::call_over: return "call_over";
    case RtcpFate::implausible: return "implausible";
    case RtcpFate::suspect: return "suspect";
    case RtcpFate::encrypted: return "encrypted";
    case RtcpFate::unproven: return "unproven";
    case RtcpFate::no_report: return "no_report";
    case RtcpFate::too_many_packets: return "too_many_packets";
    case RtcpFate::over_limit: return "over_limit";
    case RtcpFate::no_call_id: return "no_call_id";
    case RtcpFate::count_: break;
  }
  return "?";
}

RtcpReports::RtcpReports(MediaCalls& calls, const RtcpOutlets& outlets)
    : calls_(calls),
      outlets_(outlets),
      srtcp_(outlets.observer, max_sources),
      suspects_(max_suspects) {
  waiting_.reserve(max_waiting);
  if (outlets.observer != nullptr) receptions_.emplace(*outlets.observer, max_sources);
}

void RtcpReports::take(const Packet& datagram, const RtcpCounts& packets,
                       std::int64_t time_us) noexcept {
  ++entered_;
  if (!has_report(packets)) {
    ++fates_[RtcpFate::no_report];
    return;
  }
  if (has_too_many(packets)) {
    ++fates_[RtcpFate::too_many_packets];
    return;
  }
  const MediaMatch match = find(datagram, true, time_us);
  if (match.miss == MediaMiss::unknown_address) {
    if (wait(datagram, time_us)) return;
    if (!outlets_.send_unmatched) {
      ++fates_[RtcpFate::crowded_out];
      return;
    }
  }
  settle(datagram, true, time_us, match);
}

void RtcpReports::take_srtcp(const Packet& datagram, std::int64_t time_us) noexcept {
  ++entered_;
  settle(datagram, false, time_us, find(datagram, false, time_us));
}

MediaMatch RtcpReports::find(const Packet& datagram, bool walks, std::int64_t time_us) noexcept {
  const Sources sources(datagram.payload, walks);
  return calls_.find_rtcp(flow_of(datagram), sources.all(), time_us, text_);
}

bool RtcpReports::wait(const Packet& datagram, std::int64_t time_us) noexcept {
  if (waiting_.size() == max_waiting || datagram.payload.size() > max_waiting_bytes) return false;
  if (waiting_.empty()) next_look_us_ = time_us + look_every_us;
  Waiting& one = waiting_.emplace_back();
  one.packet = datagram;
  one.time_us = time_us;
  std::copy(datagram.payload.begin(), datagram.payload.end(), one.bytes.begin());
  return true;
}

void RtcpReports::ask_for_waiting(std::int64_t now_us) noexcept {
  next_look_us_ = now_us + look_every_us;
  std::erase_if(waiting_, [&](const Waiting& one) {
    const Packet datagram = one.datagram();
    const MediaMatch match = find(datagram, true, one.time_us);
    const bool is_late = std::abs(now_us - one.time_us) >= patience_us;
    if (!is_late && match.miss == MediaMiss::unknown_address) return false;
    settle(datagram, true, one.time_us, match);
    return true;
  });
}

void RtcpReports::finish() noexcept {
  for (const Waiting& one : waiting_) {
    settle(one.datagram(), true, one.time_us, find(one.datagram(), true, one.time_us));
  }
  waiting_.clear();
}

void RtcpReports::settle(const Packet& datagram, bool walks, std::int64_t time_us,
                         const MediaMatch& match) noexcept {
  const bool goes_on = match || outlets_.send_unmatched;
  ++fates_[goes_on ? judge(datagram, walks, time_us, match) : fate_of(match.miss)];
}

RtcpFate RtcpReports::judge(const Packet& datagram, bool walks, std::int64_t time_us,
                            const MediaMatch& match) noexcept {
  const SrtcpVerdict verdict = srtcp_.take(datagram, walks, match, time_us);
  if (verdict.kind == SrtcpKind::encrypted) return RtcpFate::encrypted;
  if (verdict.kind == SrtcpKind::unproven) return RtcpFate::unproven;
  if (verdict.kind == SrtcpKind::authenticated) {
    const auto packets = count_rtcp(verdict.plain);
    if (!packets || !has_report(*packets)) return RtcpFate::no_report;
    if (has_too_many(*packets)) return RtcpFate::too_many_packets;
  }
  Packet plain = datagram;
  plain.payload = verdict.plain;
  return judge_plain(plain, time_us, match);
}

RtcpFate RtcpReports::judge_plain(const Packet& plain, std::int64_t time_us,
                                  const MediaMatch& match) noexcept {
  // Neither the clock nor the sources of one medium are a measure here: a bundle has several.
  const bool is_plausible = is_plausible_rtcp(plain.payload, {});
  const std::uint64_t call_hash = match ? match.call_hash : 0;
  switch (suspects_.judge(flow_of(plain), call_hash, is_plausible, time_us)) {
    case RtcpTrust::sound: break;
    case RtcpTrust::implausible: return RtcpFate::implausible;
    case RtcpTrust::suspect: return RtcpFate::suspect;
  }
  if (match && receptions_) receptions_->take(plain, match, time_us);
  return outlets_.outlet != nullptr ? send(plain, time_us, match) : RtcpFate::taken;
}

RtcpFate RtcpReports::send(const Packet& plain, std::int64_t time_us,
                           const MediaMatch& match) noexcept {
  const auto size = hep::encode_rtcp_json(plain.payload, json_);
  if (!size) return size.error() == Errc::over_limit ? RtcpFate::over_limit : RtcpFate::no_report;
  std::optional<UnmatchedId> unmatched;
  if (!match) unmatched.emplace(plain);
  const std::string_view id = correlation_id(match.call_id, match.link);
  if (match && !hep::has_clean_text(id)) return RtcpFate::no_call_id;
  outlets_.outlet->offer(
      {.source = plain.source,
       .destination = plain.destination,
       .source_port = plain.source_port,
       .destination_port = plain.destination_port,
       .ip_protocol = plain.ip_protocol,
       .time_us = time_us,
       .type = hep::PayloadType::rtcp_json,
       .payload = Bytes(json_).first(*size),
       .keep_bytes = *size,
       .correlation_id = match ? id : unmatched->view(),
       .vlan_id = plain.vlan_id,
       .ip_tos = plain.traffic_class},
      {.call_id = match.call_id, .call_hash = match ? match.call_hash : 0, .rtcp = plain.payload});
  return match ? RtcpFate::sent : RtcpFate::sent_unmatched;
}

}  // namespace heptap
