#include "agent/report/media_json.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "proto/hep/quality_json.hpp"
#include "proto/rtp/quality_band.hpp"

namespace heptap {
namespace {

using hep::JsonText;

constexpr int places = 3;

void decimal_if(JsonText& json, std::string_view key, const std::optional<double>& value) noexcept {
  if (value) json.decimal(key, *value, places);
}

void number_if(JsonText& json, std::string_view key, const auto& value) noexcept {
  if (value) json.number(key, *value);
}

void ssrc(JsonText& json, std::string_view key, std::uint32_t value) noexcept {
  std::array<char, 10> room{'0', 'x', '0', '0', '0', '0', '0', '0', '0', '0'};
  std::array<char, 8> digits;
  char* const end = std::to_chars(digits.data(), digits.data() + 8, value, 16).ptr;
  std::copy_backward(digits.data(), end, room.data() + room.size());
  json.text(key, {room.data(), room.size()});
}

void append_place(JsonText& json, const auto& record) noexcept {
  json.text("from", to_string(record.sender));
  json.text("media", to_string(record.type));
  json.number("line", record.media);
}

void append_ends(JsonText& json, const FlowKey& flow) noexcept {
  json.text("source", AddressText(flow.source, flow.source_port).view());
  json.text("destination", AddressText(flow.destination, flow.destination_port).view());
}

void append_packets(JsonText& json, const RtpFigures& figures) noexcept {
  json.number("packets", figures.counts.packets());
  json.number("expected", figures.counts.expected);
  json.number("lost", figures.counts.lost());
  if (figures.counts.expected != 0) {
    json.decimal("loss_percent", figures.counts.lost_percent(), places);
  }
  json.number("duplicates", figures.counts.duplicates);
  json.number("out_of_order", figures.counts.late);
  json.number("restarts", figures.restarts);
  json.decimal("burst_ratio", figures.burst_ratio, places);
}

void append_times(JsonText& json, const RtpFigures& figures) noexcept {
  json.number("first_us", figures.first_ns / 1000);
  json.number("last_us", figures.last_ns / 1000);
  if (figures.ptime_ms > 0) json.decimal("ptime_ms", figures.ptime_ms, places);
  if (figures.clock_hz != 0) {
    json.decimal("jitter_ms", figures.jitter_ms, places);
    json.decimal("mean_jitter_ms", figures.mean_jitter_ms, places);
    json.decimal("max_jitter_ms", figures.max_jitter_ms, places);
    json.decimal("skew_ms", figures.skew_ms, places);
  }
  json.decimal("mean_delta_ms", figures.delta.mean_ms, places);
  json.decimal("max_delta_ms", figures.delta.max_ms, places);
}

void append_rating(JsonText& json, const StreamRecord& stream) noexcept {
  if (stream.quality) {
    json.text("scale", to_string(stream.quality->scale));
    json.decimal("r_lq", stream.quality->r_lq, places);
    json.decimal("mos_lq", stream.quality->mos_lq, places);
    decimal_if(json, "r_cq", stream.quality->r_cq);
    decimal_if(json, "mos_cq", stream.quality->mos_cq);
    if (stream.quality->is_provisional) json.truth("is_provisional", true);
  }
  decimal_if(json, "mos_legacy", stream.mos_legacy);
}

// How the figures are to be taken.
void append_bands(JsonText& json, const StreamRecord& stream) noexcept {
  const RtpFigures& figures = stream.figures;
  json.begin_object("bands");
  if (figures.counts.expected != 0) {
    json.text("loss", to_string(loss_band(figures.counts.lost_percent())));
  }
  if (figures.clock_hz != 0) json.text("jitter", to_string(jitter_band(figures.mean_jitter_ms)));
  if (stream.quality && stream.quality->scale == Scale::narrowband) {
    json.text("mos", to_string(mos_class(stream.quality->mos())));
  }
  json.end_object();
}

void append_stream(JsonText& json, const StreamRecord& stream) noexcept {
  json.begin_object();
  append_place(json, stream);
  ssrc(json, "ssrc", stream.ssrc);
  append_ends(json, stream.flow);
  json.number("payload_type", stream.figures.payload_type);
  if (!stream.codec.empty()) json.text("codec", stream.codec.view());
  if (stream.figures.clock_hz != 0) json.number("clock_hz", stream.figures.clock_hz);
  if (stream.is_srtp) json.truth("is_srtp", true);
  if (!stream.is_final) json.truth("is_open", true);
  if (stream.is_capture_degraded) json.truth("is_capture_degraded", true);
  append_packets(json, stream.figures);
  append_times(json, stream.figures);
  append_rating(json, stream);
  append_bands(json, stream);
  json.end_object();
}

void append_legs(JsonText& json, const CallQuality& legs) noexcept {
  json.begin_object("a");
  hep::append_quality(json, legs.a);
  json.end_object();
  json.begin_object("b");
  hep::append_quality(json, legs.b);
  json.end_object();
}

void append_voip(JsonText& json, const XrVoipMetrics& voip) noexcept {
  json.begin_object("voip");
  json.decimal("loss_percent", voip.loss_rate * 100.0 / 256, places);
  json.decimal("discard_percent", voip.discard_rate * 100.0 / 256, places);
  if (voip.round_trip_delay_ms != 0) json.number("rtt_ms", voip.round_trip_delay_ms);
  if (voip.end_system_delay_ms != 0) {
    json.number("end_system_delay_ms", voip.end_system_delay_ms);
  }
  number_if(json, "r_factor", voip.r_factor);
  if (voip.mos_lq_tenths) json.tenths("mos_lq", *voip.mos_lq_tenths);
  if (voip.mos_cq_tenths) json.tenths("mos_cq", *voip.mos_cq_tenths);
  json.end_object();
}

void append_reception(JsonText& json, const ReceptionRecord& reception) noexcept {
  json.begin_object();
  append_place(json, reception);
  ssrc(json, "ssrc", reception.ssrc);
  ssrc(json, "reporter", reception.reporter);
  json.number("reports", reception.reports);
  json.number("last_us", reception.last_us);
  if (reception.last) json.number("lost", reception.last->cumulative_lost);
  if (reception.last && reception.clock_hz != 0) {
    json.decimal("jitter_ms", reception.last->jitter * 1000.0 / reception.clock_hz, places);
  }
  const auto rtt = reception.series.summary(QualityFigure::rtt_ms);
  if (rtt) {
    json.decimal("mean_rtt_ms", rtt->mean, places);
    json.decimal("max_rtt_ms", rtt->max, places);
    json.text("rtt_band", to_string(rtt_band(rtt->mean)));
  }
  if (reception.voip) append_voip(json, *reception.voip);
  json.end_object();
}

void append_rtcp(JsonText& json, const CallFacts& facts) noexcept {
  if (facts.media->receptions.empty()) return;
  const CallQuality legs = facts.media->reported();
  json.begin_object("rtcp");
  json.begin_array("streams");
  for (const ReceptionRecord& reception : facts.media->receptions) {
    append_reception(json, reception);
  }
  json.end_array();
  append_legs(json, legs);
  json.end_object();
  json.begin_object("rtpengine");
  hep::append_mos_variables(json, legs, {}, facts.call.first_us);
  json.end_object();
}

void append_srtcp(JsonText& json, const SrtcpRecord& srtcp) noexcept {
  json.begin_object();
  append_place(json, srtcp);
  ssrc(json, "ssrc", srtcp.ssrc);
  append_ends(json, srtcp.flow);
  json.truth("is_encrypted", srtcp.is_encrypted);
  json.number("packets", srtcp.packets);
  if (srtcp.index) {
    json.number("lost", srtcp.lost);
    json.number("index", *srtcp.index);
  }
  json.number("last_us", srtcp.last_us);
  json.end_object();
}

void append_phone_figures(JsonText& json, std::string_view key,
                          const PhoneFigures& figures) noexcept {
  if (!figures.is_reported) return;
  json.begin_object(key);
  if (!figures.codec.empty()) json.text("codec", figures.codec.view());
  if (figures.ssrc) ssrc(json, "ssrc", *figures.ssrc);
  number_if(json, "packets", figures.packets);
  number_if(json, "lost", figures.packets_lost);
  decimal_if(json, "loss_percent", figures.loss_percent);
  decimal_if(json, "discard_percent", figures.discard_percent);
  decimal_if(json, "jitter_ms", figures.jitter_ms);
  decimal_if(json, "rtt_ms", figures.rtt_ms);
  decimal_if(json, "r_lq", figures.r_lq);
  decimal_if(json, "r_cq", figures.r_cq);
  decimal_if(json, "mos_lq", figures.mos_lq);
  decimal_if(json, "mos_cq", figures.mos_cq);
  decimal_if(json, "mos", figures.mos);
  json.end_object();
}

void append_phone(JsonText& json, const PhoneRecord& phone) noexcept {
  json.begin_object();
  if (phone.is_reporter_known) json.text("reporter", to_string(phone.reporter));
  json.text("media", to_string(phone.type));
  json.number("time_us", phone.time_us);
  json.truth("is_final", phone.is_final);
  append_phone_figures(json, "received", phone.received);
  append_phone_figures(json, "sent", phone.sent);
  json.end_object();
}

void append_event(JsonText& json, const MediaEventRecord& event) noexcept {
  json.begin_object();
  json.number("time_us", event.time_us);
  json.text("event", to_string(event.kind));
  append_place(json, event);
  if (is_of_stream(event.kind)) ssrc(json, "ssrc", event.ssrc);
  if (has_detail(event.kind)) json.number("detail", event.detail);
  if (event.digit != 0) json.text("digit", {&event.digit, 1});
  json.end_object();
}

void append_list(JsonText& json, std::string_view key, const auto& records, auto append) noexcept {
  if (records.empty()) return;
  json.begin_array(key);
  for (const auto& record : records) append(json, record);
  json.end_array();
}

}  // namespace

void append_media(JsonText& json, const CallFacts& facts) noexcept {
  if (facts.media == nullptr) return;
  append_list(json, "streams", facts.media->streams, append_stream);
  if (!facts.media->streams.empty()) {
    json.begin_object("quality");
    append_legs(json, facts.media->measured());
    json.end_object();
  }
  append_rtcp(json, facts);
  append_list(json, "srtcp", facts.media->srtcp, append_srtcp);
  append_list(json, "phone_reports", facts.media->phone_reports, append_phone);
  append_list(json, "media_events", facts.media->events, append_event);
  if (facts.media->not_kept != 0) json.number("media_not_kept", facts.media->not_kept);
}

}  // namespace heptap
