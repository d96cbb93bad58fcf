#include "agent/pipeline/rtp_reports.hpp"

#include "proto/hep/quality_chunk.hpp"
#include "proto/hep/text.hpp"
#include "proto/rtp/mos_legacy.hpp"

namespace heptap {
namespace {

constexpr std::int64_t nanos_per_micro = 1000;

RtpReportFate fate_of(MediaMiss miss) noexcept {
  switch (miss) {
    case MediaMiss::ambiguous: return RtpReportFate::ambiguous;
    case MediaMiss::call_over: return RtpReportFate::call_over;
    default: return RtpReportFate::unknown_address;
  }
}

hep::RtpSide side_of(MediaParty party) noexcept {
  return party == MediaParty::caller ? hep::RtpSide::caller : hep::RtpSide::callee;
}

// No round trip is known here, so quality is that of listening.
void rate(const StreamPayload& payload, StreamReport& report) noexcept {
  const RtpFigures& figures = report.figures;
  const Codec codec = codec_of(payload);
  if (!is_voice(codec.id) || figures.counts.expected == 0) return;
  const double loss_percent = figures.counts.lost_percent();
  VoiceFigures voice;
  voice.loss_percent = loss_percent;
  voice.burst_ratio = figures.burst_ratio;
  voice.jitter_ms = figures.mean_jitter_ms;
  if (figures.ptime_ms > 0) voice.ptime_ms = figures.ptime_ms;
  report.quality = rate_voice(codec, voice);
  report.mos_legacy =
      legacy_mos({.jitter_ms = figures.mean_jitter_ms, .loss_percent = loss_percent});
}

hep::RtpReportScore mos_of(const StreamReport& report, const StreamScores& all) noexcept {
  const double now = report.quality->mos();
  return {now, all.count() == 0 ? now : all.mean_mos(), all.mos().min, all.mos().max};
}

hep::RtpReportScore r_of(const StreamReport& report, const StreamScores& all) noexcept {
  const double now = report.quality->r();
  return {now, all.count() == 0 ? now : all.mean_r(), all.r().min, all.r().max};
}

}  // namespace

std::string_view to_string(RtpReportFate fate) noexcept {
  switch (fate) {
    case RtpReportFate::sent: return "sent";
    case RtpReportFate::unknown_address: return "unknown_address";
    case RtpReportFate::ambiguous: return "ambiguous";
    case RtpReportFate::call_over: return "call_over";
    case RtpReportFate::crowded: return "crowded";
    case RtpReportFate::over_limit: return "over_limit";
    case RtpReportFate::no_call_id: return "no_call_id";
    case RtpReportFate::count_: break;
  }
  return "?";
}

void RtpReports::without_call(MediaMiss miss) noexcept { ++fates_[fate_of(miss)]; }

void RtpReports::period(hep::RtpReportType type, const RtpStreamKey& key, TrackedStream& stream,
                        const StreamPayload& payload, MediaSessions& sessions,
                        std::int64_t end_us) noexcept {
  const std::int64_t start_us = stream.start_us();
  stream.later_start_us = end_us;
  StreamReport report;
  report.time_us = end_us;
  report.figures = stream.stream.take_period(extras_);
  rate(payload, report);
  if (report.quality) stream.scores.add(report.quality->mos(), report.quality->r());
  report.is_capture_degraded = is_degraded_ && is_degraded_(start_us, end_us);
  if (report.is_capture_degraded) stream.is_degraded = true;
  const Subject of{key, stream, payload, sessions[stream.session],
                   sessions.owner(stream.session, stream.sender)};
  give(type, of, report, start_us);
}

void RtpReports::final(const RtpStreamKey& key, TrackedStream& stream, const StreamPayload& payload,
                       MediaSessions& sessions) noexcept {
  const std::int64_t end_us = stream.last_us();
  const std::int64_t first_us = stream.first_us();
  StreamReport report;
  report.time_us = end_us;
  report.figures = stream.stream.total(extras_);
  report.is_final = true;
  rate(payload, report);
  if (report.quality && stream.scores.count() == 0) {
    stream.scores.add(report.quality->mos(), report.quality->r());
  }
  report.is_capture_degraded =
      stream.is_degraded || (is_degraded_ && is_degraded_(stream.start_us(), end_us));
  const Subject of{key, stream, payload, sessions[stream.session],
                   sessions.owner(stream.session, stream.sender)};
  give(hep::RtpReportType::final, of, report, first_us);
}

void RtpReports::give(hep::RtpReportType type, const Subject& of, StreamReport& report,
                      std::int64_t start_us) noexcept {
  const auto call = calls_.state(of.owner.call_hash, report.time_us, text_);
  if (!call) return void(++fates_[RtpReportFate::call_over]);
  report.owner = of.owner;
  report.owner.call_id = call->call_id;
  report.flow = of.key.flow;
  report.ssrc = of.key.ssrc;
  report.format = payload_format_of(of.payload);
  report.codec_name = encoding_name(report.format.encoding);
  report.is_srtp = of.stream.is_srtp;
  if (observer_ != nullptr) observer_->on_stream(report);
  if (outlet_ == nullptr) return;
  if (!admit(of)) return void(++fates_[RtpReportFate::crowded]);
  const std::string_view id = correlation_id(call->call_id, call->link);
  if (!hep::has_clean_text(id)) return void(++fates_[RtpReportFate::no_call_id]);
  const bool is_sent = send(type, of, report, start_us, id);
  ++fates_[is_sent ? RtpReportFate::sent : RtpReportFate::over_limit];
}

bool RtpReports::admit(const Subject& of) const noexcept {
  TrackedStream& stream = of.stream;
  if (stream.stream.counts(extras_).packets() >= short_packets) return true;
  if (stream.is_short_reported) return true;
  if (of.session.short_reported == max_short_streams) return false;
  ++of.session.short_reported;
  stream.is_short_reported = true;
  return true;
}

bool RtpReports::send(hep::RtpReportType type, const Subject& of, const StreamReport& report,
                      std::int64_t start_us, std::string_view correlation_id) noexcept {
  const FlowKey& flow = report.flow;
  hep::RtpReport json{.type = type,
                      .party = side_of(report.owner.sender),
                      .direction = side_of(report.owner.sender),
                      .call_id = report.owner.call_id,
                      .source = flow.source,
                      .destination = flow.destination,
                      .source_port = flow.source_port,
                      .destination_port = flow.destination_port,
                      .source_mac = {},
                      .destination_mac = {},
                      .ssrc = report.ssrc,
                      .ssrc_changes = of.session.ssrc_changes(report.owner.sender),
                      .codec_name = report.codec_name,
                      .channels = report.format.channels,
                      .figures = report.figures,
                      .mos = {},
                      .r_factor = {},
                      .is_one_way = of.session.is_one_way,
                      .is_capture_degraded = report.is_capture_degraded,
                      .start_ns = start_us * nanos_per_micro,
                      .end_ns = report.time_us * nanos_per_micro};
  if (report.quality) {
    json.mos = mos_of(report, of.stream.scores);
    json.r_factor = r_of(report, of.stream.scores);
  }
  const auto size = hep::encode_rtp_report(json, json_);
  if (!size) return false;
  hep::Message message{.source = flow.source,
                       .destination = flow.destination,
                       .source_port = flow.source_port,
                       .destination_port = flow.destination_port,
                       .ip_protocol = ip_protocol_udp,
                       .time_us = report.time_us,
                       .type = hep::PayloadType::rtp_report_json,
                       .payload = Bytes(json_).first(*size),
                       .keep_bytes = *size,
                       .correlation_id = correlation_id};
  if (report.quality) message.mos = hep::mos_chunk(report.quality->mos());
  PlanReport subject{.call_id = report.owner.call_id,
                     .call_hash = report.owner.call_hash,
                     .leg = report.owner.sender == MediaParty::caller ? "caller" : "callee",
                     .loss_percent = report.figures.counts.lost_percent(),
                     .jitter_ms = report.figures.jitter_ms};
  if (report.quality) subject.mos = report.quality->mos();
  outlet_->offer(message, subject);
  return true;
}

}  // namespace heptap
