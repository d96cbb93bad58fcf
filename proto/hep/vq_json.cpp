#include "proto/hep/vq_json.hpp"

#include <array>
#include <charconv>
#include <concepts>
#include <optional>

#include "proto/bytes.hpp"
#include "proto/hep/json_text.hpp"
#include "proto/quality/reported_quality.hpp"

namespace heptap::hep {
namespace {

constexpr int places = 3;

void add(JsonText& json, std::string_view key, std::optional<double> value) noexcept {
  if (value) json.decimal(key, *value, places);
}

template <std::unsigned_integral Number>
void add(JsonText& json, std::string_view key, std::optional<Number> value) noexcept {
  if (value) json.number(key, std::uint32_t{*value});
}

void add(JsonText& json, std::string_view key, std::string_view value) noexcept {
  if (!value.empty()) json.text(key, value);
}

void append_token(ByteWriter& out, VqNumber which, const VqMetricsView& metrics) noexcept {
  const std::optional<double> value = metrics[which];
  if (!value) return;
  std::array<char, 32> room{};
  char* const begin = room.data();
  const auto fixed = std::chars_format::fixed;
  const auto end = std::to_chars(begin, begin + room.size(), *value, fixed, places).ptr;
  std::string_view digits(begin, static_cast<std::size_t>(end - begin));
  digits = digits.substr(0, digits.find_last_not_of('0') + 1);
  if (digits.ends_with('.')) digits.remove_suffix(1);
  out.text(to_string(which));
  out.text("=");
  out.text(digits);
  out.text(";");
}

void write_vq_text(JsonText& json, const VqMetricsView& metrics) noexcept {
  std::array<std::uint8_t, 256> room{};
  ByteWriter tokens{room};
  for (const VqNumber which :
       {VqNumber::nlr, VqNumber::jdr, VqNumber::iaj, VqNumber::moslq, VqNumber::moscq}) {
    append_token(tokens, which, metrics);
  }
  json.text("vqText", as_text(Bytes{room}.first(tokens.size())));
}

void write_rtp_report(JsonText& json, const ReportedQualityView& local) noexcept {
  const std::optional<double> mos = local.mos_cq ? local.mos_cq : local.mos_lq;
  json.number("TOTAL_PK", 0);
  json.number("EXPECTED_PK", 0);
  json.number("PACKET_LOSS", 0);
  json.decimal("JITTER", local.jitter_ms.value_or(0), places);
  json.number("DELTA", 0);
  json.decimal("MOS", mos.value_or(0), places);
}

void write_alert(JsonText& json, const VqAlertView& alert) noexcept {
  json.begin_object("alert");
  add(json, "type", alert.type);
  add(json, "severity", alert.severity);
  add(json, "dir", alert.dir);
  json.end_object();
}

void write_endpoint(JsonText& json, std::string_view key, const VqEndpointView& endpoint) noexcept {
  json.begin_object(key);
  add(json, "ip", endpoint.ip);
  add(json, "port", endpoint.port);
  if (endpoint.ssrc != 0U) add(json, "ssrc", endpoint.ssrc);
  json.end_object();
}

void write_report(JsonText& json, const VqReportView& report, std::string_view reporter) noexcept {
  json.text("report", to_string(report.kind()));
  json.number("final", report.is_final() ? 1 : 0);
  add(json, "callId", report.call_id());
  add(json, "reporter", reporter);
  if (report.kind() == VqReportKind::alert) write_alert(json, report.alert());
  write_endpoint(json, "localAddr", report.local_addr());
  write_endpoint(json, "remoteAddr", report.remote_addr());
}

void write_codec(JsonText& json, const ReportedQualityView& q) noexcept {
  json.begin_object("codec");
  add(json, "pt", q.payload_type);
  add(json, "name", q.codec);
  add(json, "rate", q.clock_hz);
  add(json, "frameMs", q.frame_ms);
  add(json, "pps", q.packets_per_second);
  json.end_object();
}

void write_jitter_buffer(JsonText& json, const ReportedQualityView& q) noexcept {
  json.begin_object("jb");
  add(json, "type", q.jitter_buffer_type);
  add(json, "rate", q.jitter_buffer_rate);
  add(json, "nomMs", q.jitter_buffer_nominal_ms);
  add(json, "maxMs", q.jitter_buffer_maximum_ms);
  add(json, "absMaxMs", q.jitter_buffer_absolute_maximum_ms);
  if (q.is_jitter_buffer_saturated) json.number("saturated", 1);
  json.end_object();
}

void write_loss(JsonText& json, const ReportedQualityView& q) noexcept {
  add(json, "lossPct", q.loss_percent);
  add(json, "discardPct", q.discard_percent);
  json.begin_object("burst");
  add(json, "densityPct", q.burst_density_percent);
  add(json, "durMs", q.burst_duration_ms);
  json.end_object();
  json.begin_object("gap");
  add(json, "densityPct", q.gap_density_percent);
  add(json, "durMs", q.gap_duration_ms);
  add(json, "gmin", q.gmin);
  if (q.is_gap_duration_saturated) json.number("saturated", 1);
  json.end_object();
}

void write_delay(JsonText& json, const ReportedQualityView& q) noexcept {
  add(json, "rttMs", q.rtt_ms);
  add(json, "esdMs", q.end_system_delay_ms);
  add(json, "owdMs", q.one_way_delay_ms);
  add(json, "sowdMs", q.symmetric_one_way_delay_ms);
  add(json, "jitterMs", q.jitter_ms);
  add(json, "majMs", q.absolute_jitter_ms);
}

void write_quality(JsonText& json, const ReportedQualityView& q) noexcept {
  add(json, "signalDb", q.signal_dbm0);
  add(json, "noiseDb", q.noise_dbm0);
  add(json, "rerlDb", q.rerl_db);
  add(json, "rLq", q.r_lq);
  add(json, "rCq", q.r_cq);
  add(json, "mosLq", q.mos_lq);
  add(json, "mosCq", q.mos_cq);
}

void write_algorithms(JsonText& json, const VqMetricsView& metrics) noexcept {
  json.begin_object("alg");
  for (auto which = VqText::rlq_est_alg; which < VqText::count_;
       which = static_cast<VqText>(static_cast<unsigned>(which) + 1)) {
    add(json, to_string(which), metrics[which]);
  }
  json.end_object();
}

void write_stream(JsonText& json, std::string_view key, const ReportedQualityView& q,
                  const VqMetricsView& metrics) noexcept {
  json.begin_object(key);
  write_codec(json, q);
  write_jitter_buffer(json, q);
  write_loss(json, q);
  write_delay(json, q);
  write_quality(json, q);
  write_algorithms(json, metrics);
  json.end_object();
}

}  // namespace

Result<std::size_t> encode_vq_json(const VqReportView& report, std::string_view reporter,
                                   std::span<std::uint8_t> out) noexcept {
  const ReportedStreamsView streams = reported_streams(report);
  JsonText json{out};
  json.begin_object();
  write_vq_text(json, report.local());
  write_rtp_report(json, streams.received);
  write_report(json, report, reporter);
  write_stream(json, "local", streams.received, report.local());
  if (report.has_remote()) write_stream(json, "remote", streams.sent, report.remote());
  json.end_object();
  if (!json.ok()) return Errc::over_limit;
  return json.size();
}

}  // namespace heptap::hep
