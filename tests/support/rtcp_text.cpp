#include "tests/support/rtcp_text.hpp"

#include <array>
#include <cstdio>

#include "proto/rtp/rtcp.hpp"
#include "proto/rtp/rtcp_packets.hpp"
#include "proto/rtp/rtcp_report.hpp"
#include "proto/rtp/rtcp_sdes.hpp"
#include "proto/rtp/rtcp_xr.hpp"
#include "proto/rtp/rtcp_xr_blocks.hpp"
#include "proto/rtp/rtcp_xr_voip.hpp"

namespace heptap::test {
namespace {

std::string hex(std::uint32_t word) {
  std::array<char, 9> text{};
  std::snprintf(text.data(), text.size(), "%08x", word);
  return text.data();
}

std::string hex(Bytes bytes) {
  std::array<char, 3> text{};
  std::string out;
  for (const unsigned byte : bytes) {
    std::snprintf(text.data(), text.size(), "%02x", byte);
    out += text.data();
  }
  return out;
}

template <class... Words>
std::string line(const Words&... words) {
  const auto text = [](const auto& word) {
    using Word = std::decay_t<decltype(word)>;
    if constexpr (std::is_convertible_v<Word, std::string_view>) {
      return std::string{word};
    } else {
      return std::to_string(word);
    }
  };
  std::string out;
  ((out += (out.empty() ? "" : " ") + text(words)), ...);
  return out + '\n';
}

template <class T>
std::string or_none(const std::optional<T>& value) {
  return value ? std::to_string(*value) : "-";
}

std::string ntp(const NtpTime& time) { return hex(time.seconds) + "." + hex(time.fraction); }

std::string report(const RtcpPacketView& packet) {
  const auto view = parse_rtcp_report(packet);
  std::string out = line(to_string(packet.type), hex(view->ssrc));
  if (view->sender) {
    const SenderInfo& sender = *view->sender;
    out += line("sender", ntp(sender.ntp_time), sender.rtp_timestamp, sender.packet_count,
                sender.octet_count);
  }
  Bytes rest = view->blocks;
  for (auto block = next_report_block(rest); block; block = next_report_block(rest)) {
    out += line("block", hex(block->ssrc), block->fraction_lost, block->cumulative_lost,
                block->extended_highest_sequence, block->jitter, hex(block->last_sr),
                block->delay_since_last_sr);
  }
  return view->extension.empty() ? out : out + line("extension", hex(view->extension));
}

std::string description(const RtcpPacketView& packet) {
  std::string out = line("sdes");
  Bytes chunks = packet.body;
  for (unsigned i = 0; i < packet.count; ++i) {
    const auto chunk = next_sdes_chunk(chunks);
    if (!chunk) return out + line(to_string(chunk.error()));
    out += line("chunk", hex(chunk->ssrc));
    Bytes items = chunk->items;
    for (auto item = next_sdes_item(items); item; item = next_sdes_item(items)) {
      out += line("item", item->type, item->text);
    }
  }
  return out;
}

std::string goodbye(const RtcpPacketView& packet) {
  const auto view = parse_bye(packet);
  std::string out = "bye";
  Bytes rest = view->sources;
  for (auto source = next_bye_source(rest); source; source = next_bye_source(rest)) {
    out += ' ' + hex(*source);
  }
  return view->reason.empty() ? out + '\n' : line(out, view->reason);
}

std::string application(const RtcpPacketView& packet) {
  const auto view = parse_app(packet);
  return line("app", hex(view->ssrc), view->subtype, view->name, hex(view->data));
}

std::string feedback(const RtcpPacketView& packet) {
  const auto view = parse_feedback(packet);
  std::string out =
      line(to_string(packet.type), view->format, hex(view->sender_ssrc), hex(view->media_ssrc));
  if (packet.type != RtcpType::rtpfb || view->format != 1) return out;
  Bytes rest = view->control;
  for (auto nack = next_generic_nack(rest); nack; nack = next_generic_nack(rest)) {
    out += line("nack", nack->packet_id, nack->lost_bitmask);
  }
  return out;
}

std::string rle(const RleChunk& chunk) {
  if (chunk.is_vector) return line("vector", hex(chunk.bits));
  return line("run", chunk.packet_count, unsigned{chunk.run_bit});
}

std::string range(const XrBlockView& block) {
  const auto view = parse_xr_range(block);
  if (!view) return line(to_string(view.error()));
  std::string out =
      line(block.number, hex(view->ssrc), view->begin_sequence, view->end_sequence, view->thinning);
  Bytes rest = view->content;
  if (block.type == XrBlockType::receipt_times) {
    for (auto at = next_receipt_time(rest); at; at = next_receipt_time(rest)) {
      out += line("time", *at);
    }
    return out;
  }
  for (auto chunk = next_rle_chunk(rest); chunk; chunk = next_rle_chunk(rest)) out += rle(*chunk);
  return out;
}

std::string answers(const XrBlockView& block) {
  std::string out = line(block.number);
  Bytes rest = block.content;
  for (auto answer = next_xr_dlrr(rest); answer; answer = next_xr_dlrr(rest)) {
    out += line("answer", hex(answer->ssrc), hex(answer->last_rr), answer->delay_since_last_rr);
  }
  return out;
}

std::string statistics(const XrBlockView& block) {
  const auto view = parse_xr_statistics(block);
  if (!view) return line(to_string(view.error()));
  std::string out = line(block.number, hex(view->ssrc), view->begin_sequence, view->end_sequence,
                         or_none(view->lost_count), or_none(view->duplicate_count));
  if (const auto& jitter = view->jitter) {
    out += line("jitter", jitter->least, jitter->most, jitter->mean, jitter->deviation);
  }
  if (const auto& hops = view->hops) {
    out +=
        line(hops->is_ipv6 ? "hops" : "ttl", hops->least, hops->most, hops->mean, hops->deviation);
  }
  return out;
}

std::string metrics(const XrBlockView& block) {
  const auto view = parse_xr_voip_metrics(block);
  if (!view) return line(to_string(view.error()));
  const XrVoipMetrics& m = *view;
  return line(block.number, hex(m.ssrc)) +
         line("loss", m.loss_rate, m.discard_rate, "burst", m.burst_density, m.burst_duration_ms,
              "gap", m.gap_density, m.gap_duration_ms, m.gmin) +
         line("delay", m.round_trip_delay_ms, m.end_system_delay_ms, "level",
              or_none(m.signal_level_dbm0), or_none(m.noise_level_dbm0), or_none(m.rerl_db)) +
         line("r", or_none(m.r_factor), or_none(m.external_r_factor), "mos",
              or_none(m.mos_lq_tenths), or_none(m.mos_cq_tenths), "bad", m.out_of_range_count) +
         line("plc", static_cast<int>(loss_concealment(m.rx_config)), "buffer",
              static_cast<int>(jitter_buffer(m.rx_config)), jitter_buffer_rate(m.rx_config),
              m.jitter_buffer_nominal_ms, m.jitter_buffer_maximum_ms,
              m.jitter_buffer_absolute_maximum_ms);
}

std::string reference_time(const XrBlockView& block) {
  const auto time = parse_xr_reference_time(block);
  return time ? line(block.number, ntp(*time)) : line(to_string(time.error()));
}

std::string block_text(const XrBlockView& block) {
  switch (block.type) {
    case XrBlockType::loss_rle:
    case XrBlockType::duplicate_rle:
    case XrBlockType::receipt_times: return range(block);
    case XrBlockType::reference_time: return reference_time(block);
    case XrBlockType::dlrr: return answers(block);
    case XrBlockType::statistics: return statistics(block);
    case XrBlockType::voip_metrics: return metrics(block);
    case XrBlockType::other:
    case XrBlockType::count_: break;
  }
  return line(block.number, "unknown");
}

std::string extended(const RtcpPacketView& packet) {
  const auto view = parse_xr(packet);
  std::string out = line("xr", hex(view->ssrc));
  Bytes rest = view->blocks;
  for (auto block = next_xr_block(rest); block; block = next_xr_block(rest)) {
    out += block_text(*block);
  }
  return rest.empty() ? out : out + line("cut");
}

std::string packet_text(const RtcpPacketView& packet) {
  switch (packet.type) {
    case RtcpType::sr:
    case RtcpType::rr: return report(packet);
    case RtcpType::sdes: return description(packet);
    case RtcpType::bye: return goodbye(packet);
    case RtcpType::app: return application(packet);
    case RtcpType::rtpfb:
    case RtcpType::psfb: return feedback(packet);
    case RtcpType::xr: return extended(packet);
    case RtcpType::other:
    case RtcpType::count_: break;
  }
  return line("other", packet.payload_type);
}

}  // namespace

std::string rtcp_text(Bytes datagram) {
  const auto counts = count_rtcp(datagram);
  if (!counts) return line(to_string(counts.error()));
  std::string out;
  for (auto packet = next_rtcp(datagram); packet; packet = next_rtcp(datagram)) {
    out += packet_text(*packet);
  }
  return out;
}

}  // namespace heptap::test
