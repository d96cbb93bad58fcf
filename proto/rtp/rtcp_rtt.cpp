#include "proto/rtp/rtcp_rtt.hpp"

#include "proto/rtp/rtcp.hpp"
#include "proto/rtp/rtcp_report.hpp"
#include "proto/rtp/rtcp_xr.hpp"
#include "proto/rtp/rtcp_xr_blocks.hpp"
#include "proto/rtp/rtcp_xr_voip.hpp"

namespace heptap {
namespace {

constexpr std::int64_t micros_per_second = 1'000'000;
constexpr std::uint32_t longest_us = 10 * micros_per_second;
constexpr std::int64_t between_samples_us = micros_per_second;
constexpr std::int64_t between_halves_us = 30 * micros_per_second;

constexpr std::uint32_t modulo(std::uint64_t micros) noexcept {
  return static_cast<std::uint32_t>(micros);
}

constexpr std::uint32_t micros_of(std::uint32_t in_65536ths) noexcept {
  return modulo(std::uint64_t{in_65536ths} * micros_per_second >> 16U);
}

constexpr bool is_within(std::int64_t a, std::int64_t b, std::int64_t distance) noexcept {
  return a < b ? b - a < distance : a - b < distance;
}

void add_report(RtcpRoundTrip& trips, const RtcpReportView& report, std::int64_t time_us,
                std::optional<RoundTrip>& found) noexcept {
  if (report.sender) trips.add_time(report.ssrc, middle_bits(report.sender->ntp_time), time_us);
  Bytes rest = report.blocks;
  for (auto block = next_report_block(rest); block; block = next_report_block(rest)) {
    const auto sample = trips.add_answer(
        {report.ssrc, block->ssrc, block->last_sr, block->delay_since_last_sr}, time_us);
    if (sample) found = sample;
  }
}

void add_answers(RtcpRoundTrip& trips, std::uint32_t reporter, Bytes rest, std::int64_t time_us,
                 std::optional<RoundTrip>& found) noexcept {
  for (auto answer = next_xr_dlrr(rest); answer; answer = next_xr_dlrr(rest)) {
    const auto sample = trips.add_answer(
        {reporter, answer->ssrc, answer->last_rr, answer->delay_since_last_rr}, time_us);
    if (sample) found = sample;
  }
}

std::optional<std::uint16_t> round_trip_of(const XrBlockView& block) noexcept {
  const auto metrics = parse_xr_voip_metrics(block);
  if (!metrics || metrics->round_trip_delay_ms == 0) return std::nullopt;
  return metrics->round_trip_delay_ms;
}

void add_extended(RtcpRoundTrip& trips, const XrView& report, std::int64_t time_us,
                  std::optional<RoundTrip>& found,
                  std::optional<std::uint16_t>& reported_ms) noexcept {
  Bytes rest = report.blocks;
  for (auto block = next_xr_block(rest); block; block = next_xr_block(rest)) {
    if (const auto time = parse_xr_reference_time(*block)) {
      trips.add_time(report.ssrc, middle_bits(*time), time_us);
    }
    if (block->type == XrBlockType::dlrr) {
      add_answers(trips, report.ssrc, block->content, time_us, found);
    }
    if (const auto reported = round_trip_of(*block)) reported_ms = reported;
  }
}

}  // namespace

std::optional<RoundTrip> RtcpRoundTrip::add(Bytes compound, std::int64_t time_us) noexcept {
  std::optional<RoundTrip> found;
  for (auto packet = next_rtcp(compound); packet; packet = next_rtcp(compound)) {
    if (const auto report = parse_rtcp_report(*packet)) add_report(*this, *report, time_us, found);
    if (const auto report = parse_xr(*packet)) {
      add_extended(*this, *report, time_us, found, reported_ms_);
    }
  }
  return found;
}

void RtcpRoundTrip::add_time(std::uint32_t ssrc, std::uint32_t middle_bits,
                             std::int64_t time_us) noexcept {
  Party& party = party_of(ssrc, time_us);
  // A copy of the report, which the mirror made or which passed another hop.
  if (middle_bits == 0 || party.sent_at(middle_bits)) return;
  party.middle_bits[party.next] = middle_bits;
  party.sent_us[party.next] = modulo(static_cast<std::uint64_t>(time_us));
  party.next = static_cast<std::uint8_t>((party.next + 1) % kept_reports);
}

std::optional<RoundTrip> RtcpRoundTrip::add_answer(const Answer& answer,
                                                   std::int64_t time_us) noexcept {
  Party* const asker = find(answer.ssrc);
  if (asker == nullptr || answer.reporter == answer.ssrc) return std::nullopt;
  const auto sent_us = asker->sent_at(answer.last);
  if (!sent_us) return std::nullopt;
  const std::uint32_t now_us = modulo(static_cast<std::uint64_t>(time_us));
  const std::uint32_t half_us = now_us - *sent_us - micros_of(answer.delay);
  if (half_us == 0 || half_us > longest_us) return std::nullopt;
  Party& party = other_than(*asker);
  if (!party.is_known || party.ssrc != answer.reporter) party.become(answer.reporter);
  party.seen_us = time_us;
  if (party.half_us != 0 && is_within(party.half_time_us, time_us, between_samples_us)) {
    return std::nullopt;
  }
  party.half_us = half_us;
  party.half_time_us = time_us;
  RoundTrip out{answer.reporter, half_us, std::nullopt};
  if (asker->half_us != 0 && is_within(asker->half_time_us, time_us, between_halves_us + 1)) {
    out.call_us = half_us + asker->half_us;
  }
  return out;
}

void RtcpRoundTrip::Party::become(std::uint32_t new_ssrc) noexcept {
  *this = Party{};
  ssrc = new_ssrc;
  is_known = true;
}

std::optional<std::uint32_t> RtcpRoundTrip::Party::sent_at(std::uint32_t middle) const noexcept {
  if (middle == 0) return std::nullopt;
  for (std::size_t i = 0; i < kept_reports; ++i) {
    if (middle_bits[i] == middle) return sent_us[i];
  }
  return std::nullopt;
}

RtcpRoundTrip::Party* RtcpRoundTrip::find(std::uint32_t ssrc) noexcept {
  for (Party& party : parties_) {
    if (party.is_known && party.ssrc == ssrc) return &party;
  }
  return nullptr;
}

RtcpRoundTrip::Party& RtcpRoundTrip::party_of(std::uint32_t ssrc, std::int64_t time_us) noexcept {
  Party* party = find(ssrc);
  if (party == nullptr) {
    const bool is_second = parties_[0].is_known &&
                           (!parties_[1].is_known || parties_[1].seen_us <= parties_[0].seen_us);
    party = &parties_[is_second ? 1 : 0];
    party->become(ssrc);
  }
  party->seen_us = time_us;
  return *party;
}

RtcpRoundTrip::Party& RtcpRoundTrip::other_than(const Party& party) noexcept {
  return &party == &parties_[0] ? parties_[1] : parties_[0];
}

}  // namespace heptap
