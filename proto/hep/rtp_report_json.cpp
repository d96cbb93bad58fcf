#include "proto/hep/rtp_report_json.hpp"

#include <algorithm>
#include <charconv>

#include "proto/bytes.hpp"
#include "proto/hep/json_text.hpp"

namespace heptap::hep {
namespace {

constexpr int ms_places = 3;
constexpr int score_places = 3;
constexpr int time_places = 6;

constexpr std::string_view hex_digits = "0123456789ABCDEF";

std::string_view name_of(RtpReportType type) noexcept {
  switch (type) {
    case RtpReportType::periodic: return "PERIODIC";
    case RtpReportType::hangup: return "HANGUP";
    case RtpReportType::final: return "FINAL";
  }
  return "";
}

int number_of(RtpSide side) noexcept { return side == RtpSide::caller ? 0 : 1; }

double unix_seconds(std::int64_t ns) noexcept {
  const std::int64_t whole_us = ns / 1000;
  return static_cast<double>(whole_us) / 1e6;
}

/// A short text in a place of its own.
template <std::size_t size>
struct ShortText {
  std::array<std::uint8_t, size> room{};
  ByteWriter w{room};

  void hex(std::uint8_t byte) noexcept {
    w.u8(static_cast<std::uint8_t>(hex_digits[byte >> 4U]));
    w.u8(static_cast<std::uint8_t>(hex_digits[byte & 0x0fU]));
  }
  [[nodiscard]] std::string_view view() const noexcept {
    return as_text(Bytes{room}.first(w.size()));
  }
};

void append_ssrc(JsonText& json, std::uint32_t ssrc) noexcept {
  ShortText<10> text;
  text.w.text("0x");
  for (unsigned shift = 32; shift > 0; shift -= 8) {
    text.hex(static_cast<std::uint8_t>(ssrc >> (shift - 8)));
  }
  json.text("SSRC", text.view());
}

void append_mac(JsonText& json, std::string_view key,
                const std::optional<MacAddress>& mac) noexcept {
  if (!mac) return;
  ShortText<17> text;
  for (std::size_t i = 0; i < mac->size(); ++i) {
    if (i > 0) text.w.text("-");
    text.hex((*mac)[i]);
  }
  json.text(key, text.view());
}

void append_call(JsonText& json, const RtpReport& report) noexcept {
  json.text("CORRELATION_ID", report.call_id);
  json.text("RTP_SIP_CALL_ID", report.call_id);
  json.text("TYPE", name_of(report.type));
  json.number("PARTY", number_of(report.party));
  json.number("DIR", number_of(report.direction));
  json.decimal("REPORT_TS", unix_seconds(report.end_ns), time_places);
  json.decimal("REPORT_START", unix_seconds(report.start_ns), time_places);
  json.decimal("REPORT_END", unix_seconds(report.end_ns), time_places);
}

void append_stream(JsonText& json, const RtpReport& report) noexcept {
  json.text("REPORT_NAME", AddressText{report.source, report.source_port}.view());
  json.text("SRC_IP", AddressText{report.source}.view());
  json.number("SRC_PORT", report.source_port);
  json.text("DST_IP", AddressText{report.destination}.view());
  json.number("DST_PORT", report.destination_port);
  append_mac(json, "SRC_MAC", report.source_mac);
  append_mac(json, "DST_MAC", report.destination_mac);
  append_ssrc(json, report.ssrc);
  json.number("SSRC_CHG", report.ssrc_changes);
}

// "PCMU/8000"; names of any length come from SDP.
void append_codec(JsonText& json, const RtpReport& report) noexcept {
  constexpr std::size_t longest_name = 32;
  const std::uint32_t clock_hz = report.figures.clock_hz;
  json.number("CODEC_PT", int{report.figures.payload_type});
  json.number("CODEC_CHANNEL", int{report.channels});
  json.number("CLOCK", clock_hz);
  if (report.codec_name.empty()) return;
  ShortText<longest_name + 11> text;
  text.w.text(report.codec_name.substr(0, longest_name));
  std::array<char, 10> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), clock_hz).ptr;
  if (clock_hz != 0) {
    text.w.text("/");
    text.w.text({digits.data(), static_cast<std::size_t>(end - digits.data())});
  }
  json.text("CODEC_NAME", text.view());
}

void append_packets(JsonText& json, const RtpFigures& figures) noexcept {
  const RtpCounts& counts = figures.counts;
  json.number("TOTAL_PK", counts.unique);
  json.number("EXPECTED_PK", std::max(counts.expected, counts.unique));
  json.number("PACKET_LOSS", counts.lost());
  json.number("TL_BYTE", figures.payload_bytes);
  json.number("SEQ", figures.loss_runs + counts.late + counts.duplicates);
  json.number("OUT_ORDER", counts.late);
}

void append_whole(JsonText& json, const RtpFigures& figures) noexcept {
  const RtpCounts& counts = figures.counts;
  json.number("TOTAL_BYTES", figures.payload_bytes);
  json.number("TOTAL_PACKETS", counts.unique);
  json.number("TOTAL_EXPECTED_PK", counts.expected);
  json.number("TOTAL_PACKET_LOSS", counts.lost());
}

void append_times(JsonText& json, const RtpFigures& figures) noexcept {
  json.decimal("JITTER", figures.jitter_ms, ms_places);
  json.decimal("MEAN_JITTER", figures.mean_jitter_ms, ms_places);
  json.decimal("MAX_JITTER", figures.max_jitter_ms, ms_places);
  json.decimal("DELTA", figures.delta.mean_ms, ms_places);
  json.decimal("MAX_DELTA", figures.delta.max_ms, ms_places);
  json.decimal("SKEW", figures.skew_ms, ms_places);
  json.decimal("MAX_SKEW", figures.max_skew_ms, ms_places);
}

void append_scores(JsonText& json, const RtpReport& report) noexcept {
  if (report.mos) {
    json.decimal("MOS", report.mos->now, score_places);
    json.decimal("MEAN_MOS", report.mos->mean, score_places);
    json.decimal("MIN_MOS", report.mos->min, score_places);
    json.decimal("MAX_MOS", report.mos->max, score_places);
  }
  if (report.r_factor) {
    json.decimal("RFACTOR", report.r_factor->now, score_places);
    json.decimal("MEAN_RFACTOR", report.r_factor->mean, score_places);
    json.decimal("MIN_RFACTOR", report.r_factor->min, score_places);
  }
  json.number("ONE_WAY_RTP", report.is_one_way ? 1 : 0);
}

}  // namespace

Result<std::size_t> encode_rtp_report(const RtpReport& report,
                                      std::span<std::uint8_t> out) noexcept {
  JsonText json{out};
  json.begin_object();
  append_call(json, report);
  append_stream(json, report);
  append_codec(json, report);
  append_packets(json, report.figures);
  if (report.type == RtpReportType::final) append_whole(json, report.figures);
  append_times(json, report.figures);
  append_scores(json, report);
  if (report.is_capture_degraded) json.truth("capture_degraded", true);
  json.end_object();
  if (!json.ok()) return Errc::over_limit;
  return json.size();
}

}  // namespace heptap::hep
