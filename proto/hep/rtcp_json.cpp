// Two kinds of passes over the compound: one that finds out what is in it, because the object's first
// members depend on its last packet, and one for each array.
#include "proto/hep/rtcp_json.hpp"

#include <optional>
#include <utility>

#include "proto/hep/json_text.hpp"
#include "proto/rtp/rtcp.hpp"
#include "proto/rtp/rtcp_report.hpp"
#include "proto/rtp/rtcp_sdes.hpp"
#include "proto/rtp/rtcp_xr.hpp"
#include "proto/rtp/rtcp_xr_voip.hpp"

namespace heptap::hep {
namespace {

template <class Use>
void each_packet(Bytes compound, Use use) noexcept {
  for (auto packet = next_rtcp(compound); packet; packet = next_rtcp(compound)) use(*packet);
}

template <class Use>
void each_block(const RtcpReportView& report, Use use) noexcept {
  Bytes rest = report.blocks;
  for (auto block = next_report_block(rest); block; block = next_report_block(rest)) use(*block);
}

template <class Use>
void each_chunk(const RtcpPacketView& packet, Use use) noexcept {
  if (packet.type != RtcpType::sdes) return;
  Bytes rest = packet.body;
  for (unsigned i = 0; i < packet.count; ++i) {
    const auto chunk = next_sdes_chunk(rest);
    if (!chunk) return;
    use(*chunk);
  }
}

template <class Use>
void each_voip_metrics(const RtcpPacketView& packet, Use use) noexcept {
  const auto report = parse_xr(packet);
  if (!report) return;
  Bytes rest = report->blocks;
  for (auto block = next_xr_block(rest); block; block = next_xr_block(rest)) {
    if (const auto metrics = parse_xr_voip_metrics(*block)) use(*metrics);
  }
}

struct Summary {
  std::optional<SenderInfo> sender;
  std::optional<std::uint32_t> sr_ssrc;
  std::optional<std::uint32_t> rr_ssrc;
  std::optional<std::uint32_t> xr_ssrc;
  std::optional<std::uint32_t> sdes_ssrc;
  std::optional<XrVoipMetrics> voip_metrics;
  std::uint32_t report_count = 0;
  std::uint32_t sdes_report_count = 0;
  std::uint32_t voip_metrics_count = 0;
};

struct Head {
  std::uint32_t ssrc;
  std::uint8_t type;
};

template <class T>
void keep_first(std::optional<T>& kept, const T& value) noexcept {
  if (!kept) kept = value;
}

void note_report(const RtcpPacketView& packet, Summary& out) noexcept {
  const auto report = parse_rtcp_report(packet);
  if (!report) return;
  if (report->sender) keep_first(out.sender, *report->sender);
  keep_first(report->sender ? out.sr_ssrc : out.rr_ssrc, report->ssrc);
  out.report_count += report->block_count;
}

void note_extended(const RtcpPacketView& packet, Summary& out) noexcept {
  if (const auto report = parse_xr(packet)) keep_first(out.xr_ssrc, report->ssrc);
  each_voip_metrics(packet, [&](const XrVoipMetrics& metrics) {
    keep_first(out.voip_metrics, metrics);
    ++out.voip_metrics_count;
  });
}

void note_description(const RtcpPacketView& packet, Summary& out) noexcept {
  each_chunk(packet, [&](const SdesChunkView& chunk) {
    keep_first(out.sdes_ssrc, chunk.ssrc);
    ++out.sdes_report_count;
  });
}

Summary summary_of(Bytes compound) noexcept {
  Summary out;
  each_packet(compound, [&](const RtcpPacketView& packet) {
    note_report(packet, out);
    note_extended(packet, out);
    note_description(packet, out);
  });
  return out;
}

std::optional<Head> head_of(const Summary& summary) noexcept {
  if (summary.sr_ssrc) return Head{*summary.sr_ssrc, 200};
  if (summary.rr_ssrc) return Head{*summary.rr_ssrc, 201};
  if (summary.xr_ssrc) return Head{*summary.xr_ssrc, 207};
  if (summary.sdes_ssrc) return Head{*summary.sdes_ssrc, 202};
  return std::nullopt;
}

void write_sender(JsonText& json, const SenderInfo& sender) noexcept {
  json.begin_object("sender_information");
  json.number("ntp_timestamp_sec", sender.ntp_time.seconds);
  json.number("ntp_timestamp_usec", sender.ntp_time.fraction);
  if (const auto time = unix_us(sender.ntp_time)) json.number("ntp_unix_us", *time);
  json.number("octets", sender.octet_count);
  json.number("rtp_timestamp", sender.rtp_timestamp);
  json.number("packets", sender.packet_count);
  json.end_object();
}

void write_block(JsonText& json, const ReportBlock& block, std::uint32_t reporter,
                 std::uint32_t ssrc) noexcept {
  json.begin_object();
  json.number("source_ssrc", block.ssrc);
  if (reporter != ssrc) json.number("reporter_ssrc", reporter);
  json.number("highest_seq_no", block.extended_highest_sequence);
  json.number("fraction_lost", block.fraction_lost);
  json.number("ia_jitter", block.jitter);
  json.number("packets_lost", block.cumulative_lost);
  json.number("lsr", block.last_sr);
  json.number("dlsr", block.delay_since_last_sr);
  json.end_object();
}

void write_blocks(JsonText& json, Bytes compound, std::uint32_t ssrc) noexcept {
  json.begin_array("report_blocks");
  each_packet(compound, [&](const RtcpPacketView& packet) {
    const auto report = parse_rtcp_report(packet);
    if (!report) return;
    each_block(*report,
               [&](const ReportBlock& block) { write_block(json, block, report->ssrc, ssrc); });
  });
  json.end_array();
}

// What both forms of VoIP metrics have.
void write_bursts_and_delays(JsonText& json, const XrVoipMetrics& metrics) noexcept {
  json.number("burst_density", metrics.burst_density);
  json.number("gap_density", metrics.gap_density);
  json.number("burst_duration", metrics.burst_duration_ms);
  json.number("gap_duration", metrics.gap_duration_ms);
  json.number("round_trip_delay", metrics.round_trip_delay_ms);
  json.number("end_system_delay", metrics.end_system_delay_ms);
}

void write_flat_metrics(JsonText& json, const XrVoipMetrics& metrics) noexcept {
  json.begin_object("report_blocks_xr");
  json.number("type", static_cast<std::uint8_t>(XrBlockType::voip_metrics));
  json.number("id", metrics.ssrc);
  json.number("fraction_lost", metrics.loss_rate);
  json.number("fraction_discard", metrics.discard_rate);
  write_bursts_and_delays(json, metrics);
  json.end_object();
}

template <class T>
void write_if_known(JsonText& json, std::string_view key, const std::optional<T>& value) noexcept {
  if (value) json.number(key, *value);
}

void write_mos(JsonText& json, std::string_view key, std::optional<std::uint8_t> mos) noexcept {
  if (mos) json.tenths(key, *mos);
}

// The members of an object that is open.
void write_full_metrics(JsonText& json, const XrVoipMetrics& metrics) noexcept {
  json.number("ssrc", metrics.ssrc);
  json.number("loss_rate", metrics.loss_rate);
  json.number("discard_rate", metrics.discard_rate);
  write_bursts_and_delays(json, metrics);
  write_if_known(json, "signal_level", metrics.signal_level_dbm0);
  write_if_known(json, "noise_level", metrics.noise_level_dbm0);
  write_if_known(json, "rerl", metrics.rerl_db);
  json.number("gmin", metrics.gmin);
  write_if_known(json, "r_factor", metrics.r_factor);
  write_if_known(json, "ext_r_factor", metrics.external_r_factor);
  write_mos(json, "mos_cq", metrics.mos_cq_tenths);
  write_mos(json, "mos_lq", metrics.mos_lq_tenths);
  json.number("rx_config", metrics.rx_config);
  json.number("jb_nominal", metrics.jitter_buffer_nominal_ms);
  json.number("jb_maximum", metrics.jitter_buffer_maximum_ms);
  json.number("jb_abs_max", metrics.jitter_buffer_absolute_maximum_ms);
}

void write_more_metrics(JsonText& json, Bytes compound) noexcept {
  json.begin_array("voip_metrics_more");
  bool is_first = true;
  each_packet(compound, [&](const RtcpPacketView& packet) {
    each_voip_metrics(packet, [&](const XrVoipMetrics& metrics) {
      if (std::exchange(is_first, false)) return;
      json.begin_object();
      write_full_metrics(json, metrics);
      json.end_object();
    });
  });
  json.end_array();
}

void write_metrics(JsonText& json, Bytes compound, const Summary& summary) noexcept {
  write_flat_metrics(json, *summary.voip_metrics);
  json.begin_object("voip_metrics");
  write_full_metrics(json, *summary.voip_metrics);
  json.end_object();
  if (summary.voip_metrics_count > 1) write_more_metrics(json, compound);
}

void write_items(JsonText& json, const SdesChunkView& chunk, std::uint32_t first_ssrc) noexcept {
  Bytes rest = chunk.items;
  for (auto item = next_sdes_item(rest); item; item = next_sdes_item(rest)) {
    json.begin_object();
    if (chunk.ssrc != first_ssrc) json.number("sdes_chunk_ssrc", chunk.ssrc);
    json.number("type", item->type);
    json.text("text", item->text);
    json.end_object();
  }
}

void write_description(JsonText& json, Bytes compound, const Summary& summary) noexcept {
  const std::uint32_t first_ssrc = *summary.sdes_ssrc;
  json.number("sdes_ssrc", first_ssrc);
  json.number("sdes_report_count", summary.sdes_report_count);
  json.begin_array("sdes_information");
  each_packet(compound, [&](const RtcpPacketView& packet) {
    each_chunk(packet, [&](const SdesChunkView& chunk) { write_items(json, chunk, first_ssrc); });
  });
  json.end_array();
}

}  // namespace

Result<std::size_t> encode_rtcp_json(Bytes in, std::span<std::uint8_t> out) noexcept {
  const auto counts = count_rtcp(in);
  if (!counts) return counts.error();
  const Summary summary = summary_of(in);
  const auto head = head_of(summary);
  if (!head) return Errc::unsupported;
  JsonText json{out};
  json.begin_object();
  if (summary.sender) write_sender(json, *summary.sender);
  json.number("ssrc", head->ssrc);
  json.number("type", head->type);
  json.number("report_count", summary.report_count);
  write_blocks(json, in, head->ssrc);
  if (summary.voip_metrics) write_metrics(json, in, summary);
  if (summary.sdes_ssrc) write_description(json, in, summary);
  json.end_object();
  if (!json.ok()) return Errc::over_limit;
  return json.size();
}

}  // namespace heptap::hep
