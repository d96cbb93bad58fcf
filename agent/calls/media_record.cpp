#include "agent/calls/media_record.hpp"

#include <algorithm>
#include <cmath>

#include "proto/rtp/mos_legacy.hpp"

namespace heptap {
namespace {

QualitySeries& leg_of(CallQuality& legs, MediaParty sender) noexcept {
  return sender == MediaParty::caller ? legs.a : legs.b;
}

// Anyone can send two packets, and their period would weigh as much as one of the call itself.
bool is_slight(const StreamRecord& one, const CallMedia& media) noexcept {
  return std::any_of(media.streams.begin(), media.streams.end(), [&](const StreamRecord& other) {
    return other.sender == one.sender && other.media == one.media &&
           other.figures.counts.packets() > 100 * std::uint64_t{one.figures.counts.packets()};
  });
}

double weighted(double a, double weight_a, double b, double weight_b) noexcept {
  const double weight = weight_a + weight_b;
  return weight == 0 ? 0 : (a * weight_a + b * weight_b) / weight;
}

// Of a period that follows those in `sum`.
void append_period(RtpFigures& sum, const RtpFigures& period) noexcept {
  if (sum.counts.packets() == 0) {
    sum = period;
    return;
  }
  const double before = sum.counts.unique;
  const double now = period.counts.unique;
  RtpFigures all = period;
  all.mean_jitter_ms = weighted(sum.mean_jitter_ms, before, period.mean_jitter_ms, now);
  all.max_jitter_ms = std::max(sum.max_jitter_ms, period.max_jitter_ms);
  all.delta.mean_ms = weighted(sum.delta.mean_ms, before, period.delta.mean_ms, now);
  all.delta.max_ms = std::max(sum.delta.max_ms, period.delta.max_ms);
  all.counts.expected += sum.counts.expected;
  all.counts.unique += sum.counts.unique;
  all.counts.duplicates += sum.counts.duplicates;
  all.counts.late += sum.counts.late;
  all.counts.suspects += sum.counts.suspects;
  all.payload_bytes += sum.payload_bytes;
  all.loss_runs += sum.loss_runs;
  sum = all;
}

QualitySample sample_of(const StreamReport& report) noexcept {
  QualitySample sample;
  sample.time_us = report.time_us;
  if (report.quality) sample.mos = report.quality->mos_lq;
  if (report.figures.counts.expected != 0) {
    sample.loss_percent = report.figures.counts.lost_percent();
  }
  if (report.figures.clock_hz != 0) sample.jitter_ms = report.figures.mean_jitter_ms;
  sample.is_capture_degraded = report.is_capture_degraded;
  return sample;
}

// As rtpengine takes them: it has a MOS only where it has a round trip.
QualitySample sample_of(const ReceptionReport& report, const ReportBlock& block) noexcept {
  QualitySample sample;
  sample.time_us = report.time_us;
  sample.loss_percent = block.fraction_lost * 100.0 / 256;
  sample.rtt_ms = report.rtt_ms;
  if (report.clock_hz == 0) return sample;
  sample.jitter_ms = block.jitter * 1000.0 / report.clock_hz;
  const auto jitter_ms = legacy_jitter_ms(block.jitter, report.clock_hz);
  if (!report.rtt_ms || !(*report.rtt_ms >= 0 && *report.rtt_ms < 1e9) || !jitter_ms) return sample;
  const auto rtt_us = static_cast<std::uint64_t>(std::llround(*report.rtt_ms * 1000));
  sample.mos =
      legacy_mos_tenths(rtt_us, *jitter_ms, legacy_loss_percent(block.fraction_lost)) / 10.0;
  return sample;
}

PhoneFigures figures_of(const ReportedQualityView& view) noexcept {
  PhoneFigures out;
  out.is_reported = view.is_reported;
  out.codec = CodecName(view.codec);
  out.ssrc = view.ssrc;
  out.packets_lost = view.packets_lost;
  out.loss_percent = view.loss_percent;
  out.discard_percent = view.discard_percent;
  out.jitter_ms = view.jitter_ms;
  out.rtt_ms = view.rtt_ms;
  out.r_lq = view.r_lq;
  out.r_cq = view.r_cq;
  out.mos_lq = view.mos_lq;
  out.mos_cq = view.mos_cq;
  out.mos = view.mos;
  return out;
}

}  // namespace

void CallMedia::append(const CallMedia& other) noexcept {
  for (const StreamRecord& one : other.streams) streams.push_back(one);
  for (const ReceptionRecord& one : other.receptions) receptions.push_back(one);
  for (const SrtcpRecord& one : other.srtcp) srtcp.push_back(one);
  for (const PhoneRecord& one : other.phone_reports) phone_reports.push_back(one);
  for (const MediaEventRecord& one : other.events) events.push_back(one);
  for (std::size_t i = 0; i < spans.size(); ++i) {
    if (!other.spans[i].empty()) spans[i].add(other.spans[i].first_ns, other.spans[i].last_ns);
  }
  not_kept += other.not_kept;
}

CallQuality CallMedia::measured() const noexcept {
  CallQuality legs;
  for (const StreamRecord& one : streams) {
    if (!is_slight(one, *this)) leg_of(legs, one.sender) += one.series;
  }
  return legs;
}

CallQuality CallMedia::reported() const noexcept {
  CallQuality legs;
  for (const ReceptionRecord& one : receptions) leg_of(legs, one.sender) += one.series;
  return legs;
}

void add_report(StreamRecord& record, const StreamReport& report) noexcept {
  record.ssrc = report.ssrc;
  record.flow = report.flow;
  record.sender = report.owner.sender;
  record.type = report.owner.type;
  record.media = report.owner.media;
  record.is_srtp = report.is_srtp;
  record.is_capture_degraded |= report.is_capture_degraded;
  if (!report.codec_name.empty()) record.codec = CodecName(report.codec_name);
  if (report.quality) record.quality = report.quality;
  if (report.mos_legacy) record.mos_legacy = report.mos_legacy;
  const bool has_periods = record.figures.counts.packets() != 0;
  // The whole is no further period, unless it is all there is.
  if (!report.is_final || !has_periods) record.series.add(sample_of(report));
  report.is_final ? void(record.figures = report.figures)
                  : append_period(record.figures, report.figures);
  record.is_final = report.is_final;
}

void add_report(ReceptionRecord& record, const ReceptionReport& report) noexcept {
  record.ssrc = report.ssrc;
  record.reporter = report.reporter;
  record.sender = report.owner.sender;
  record.type = report.owner.type;
  record.media = report.owner.media;
  if (report.clock_hz != 0) record.clock_hz = report.clock_hz;
  ++record.reports;
  record.last_us = report.time_us;
  if (report.voip) record.voip = report.voip;
  if (!report.block) return;
  record.last = report.block;
  record.series.add(sample_of(report, *report.block));
}

void add_report(SrtcpRecord& record, const SrtcpReport& report) noexcept {
  record.ssrc = report.ssrc;
  record.flow = report.flow;
  record.sender = report.owner.sender;
  record.type = report.owner.type;
  record.media = report.owner.media;
  record.is_encrypted = report.is_encrypted;
  record.packets += report.packets;
  record.lost += report.lost;
  if (report.index) record.index = report.index;
  record.last_us = report.time_us;
}

PhoneRecord record_of(const PhoneReport& report) noexcept {
  PhoneRecord out;
  out.reporter = report.reporter;
  out.is_reporter_known = report.is_reporter_known;
  out.is_final = report.is_final;
  out.type = report.type;
  out.time_us = report.time_us;
  if (report.streams == nullptr) return out;
  out.received = figures_of(report.streams->received);
  out.received.packets = report.streams->received.packets_received;
  out.sent = figures_of(report.streams->sent);
  out.sent.packets = report.streams->sent.packets_sent;
  return out;
}

MediaEventRecord record_of(const MediaEventReport& event) noexcept {
  return {.ssrc = event.ssrc,
          .time_us = event.time_us,
          .detail = event.detail,
          .kind = event.kind,
          .sender = event.owner.sender,
          .type = event.owner.type,
          .media = event.owner.media,
          .digit = event.digit};
}

}  // namespace heptap
