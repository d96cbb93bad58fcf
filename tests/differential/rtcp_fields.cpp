#include "tests/differential/rtcp_fields.hpp"

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdio>
#include <optional>
#include <utility>

#include "proto/rtp/rtcp.hpp"
#include "proto/rtp/rtcp_packets.hpp"
#include "proto/rtp/rtcp_report.hpp"
#include "proto/rtp/rtcp_sdes.hpp"
#include "proto/rtp/rtcp_xr.hpp"
#include "proto/rtp/rtcp_xr_blocks.hpp"
#include "proto/rtp/rtcp_xr_voip.hpp"

namespace heptap::test {
namespace {

const std::vector<std::string> names{"rtcp.pt",
                                     "rtcp.senderssrc",
                                     "rtcp.ssrc.identifier",
                                     "rtcp.timestamp.ntp.msw",
                                     "rtcp.timestamp.ntp.lsw",
                                     "rtcp.timestamp.rtp",
                                     "rtcp.sender.packetcount",
                                     "rtcp.sender.octetcount",
                                     "rtcp.ssrc.fraction",
                                     "rtcp.ssrc.cum_nr",
                                     "rtcp.ssrc.ext_high",
                                     "rtcp.ssrc.jitter",
                                     "rtcp.ssrc.lsr",
                                     "rtcp.ssrc.dlsr",
                                     "rtcp.sdes.type",
                                     "rtcp.sdes.text",
                                     "rtcp.mediassrc",
                                     "rtcp.rtpfb.nack_pid",
                                     "rtcp.rtpfb.nack_blp",
                                     "rtcp.app.name",
                                     "rtcp.app.subtype",
                                     "rtcp.xr.bt",
                                     "rtcp.xr.beginseq",
                                     "rtcp.xr.endseq",
                                     "rtcp.xr.lrr",
                                     "rtcp.xr.dlrr",
                                     "rtcp.xr.stats.lost",
                                     "rtcp.xr.stats.dups",
                                     "rtcp.xr.stats.maxjitter",
                                     "rtcp.ssrc.discarded",
                                     "rtcp.xr.voipmetrics.burstdensity",
                                     "rtcp.xr.voipmetrics.gapdensity",
                                     "rtcp.xr.voipmetrics.burstduration",
                                     "rtcp.xr.voipmetrics.gapduration",
                                     "rtcp.xr.voipmetrics.rtdelay",
                                     "rtcp.xr.voipmetrics.esdelay",
                                     "rtcp.xr.voipmetrics.signallevel",
                                     "rtcp.xr.voipmetrics.noiselevel",
                                     "rtcp.xr.voipmetrics.rerl",
                                     "rtcp.xr.voipmetrics.gmin",
                                     "rtcp.xr.voipmetrics.rfactor",
                                     "rtcp.xr.voipmetrics.extrfactor",
                                     "rtcp.xr.voipmetrics.moslq",
                                     "rtcp.xr.voipmetrics.moscq",
                                     "rtcp.xr.voipmetrics.plc",
                                     "rtcp.xr.voipmetrics.jba",
                                     "rtcp.xr.voipmetrics.jbrate",
                                     "rtcp.xr.voipmetrics.jbnominal",
                                     "rtcp.xr.voipmetrics.jbmax",
                                     "rtcp.xr.voipmetrics.jbabsmax"};

/// The fields of one datagram, under tshark's names and as it prints them.
class Printer {
 public:
  RtcpFields print(Bytes compound) {
    for (auto packet = next_rtcp(compound); packet; packet = next_rtcp(compound)) {
      add("rtcp.pt", packet->payload_type);
      report(*packet);
      description(*packet);
      others(*packet);
      extended(*packet);
    }
    return std::move(fields_);
  }

 private:
  void add(const std::string& name, std::string_view value) {
    std::string& values = fields_[name];
    if (!values.empty()) values += '|';
    values += value;
  }
  template <std::integral T>
  void add(const std::string& name, T value) {
    add(name, std::string_view{std::to_string(value)});
  }
  template <class T>
  void add_or_127(const std::string& name, const std::optional<T>& value) {
    add(name, value ? int{*value} : 127);
  }
  void add_hex(const std::string& name, std::uint32_t value, int digits = 8) {
    std::array<char, 24> text{};
    std::snprintf(text.data(), text.size(), "0x%0*x", digits, value);
    add(name, std::string_view{text.data()});
  }

  void text(std::string_view value) {
    if (!value.empty()) add("rtcp.sdes.text", value);
  }

  // tshark has the prefix of PRIV in a field of its own.
  static std::string_view sdes_text(const SdesItemView& item) {
    constexpr std::uint8_t priv = 8;
    if (item.type != priv || item.text.empty()) return item.text;
    const auto prefix = static_cast<std::uint8_t>(item.text.front());
    return item.text.substr(std::min<std::size_t>(1U + prefix, item.text.size()));
  }

  // tshark lists each packet that is asked for.
  void packets_of(const GenericNack& nack) {
    add("rtcp.rtpfb.nack_pid", nack.packet_id);
    for (unsigned bit = 0; bit < 16; ++bit) {
      const unsigned packet = (nack.packet_id + 1U + bit) % 0x10000U;
      if ((nack.lost_bitmask >> bit & 1U) != 0) add("rtcp.rtpfb.nack_pid", packet);
    }
  }

  void report(const RtcpPacketView& packet) {
    const auto view = parse_rtcp_report(packet);
    if (!view) return;
    add_hex("rtcp.senderssrc", view->ssrc);
    if (const auto& sender = view->sender) {
      add("rtcp.timestamp.ntp.msw", sender->ntp_time.seconds);
      add("rtcp.timestamp.ntp.lsw", sender->ntp_time.fraction);
      add("rtcp.timestamp.rtp", sender->rtp_timestamp);
      add("rtcp.sender.packetcount", sender->packet_count);
      add("rtcp.sender.octetcount", sender->octet_count);
    }
    Bytes rest = view->blocks;
    for (auto block = next_report_block(rest); block; block = next_report_block(rest)) {
      add_hex("rtcp.ssrc.identifier", block->ssrc);
      add("rtcp.ssrc.fraction", block->fraction_lost);
      add("rtcp.ssrc.cum_nr", block->cumulative_lost);
      add("rtcp.ssrc.ext_high", block->extended_highest_sequence);
      add("rtcp.ssrc.jitter", block->jitter);
      add("rtcp.ssrc.lsr", block->last_sr);
      add("rtcp.ssrc.dlsr", block->delay_since_last_sr);
    }
  }

  void description(const RtcpPacketView& packet) {
    if (packet.type != RtcpType::sdes) return;
    Bytes chunks = packet.body;
    for (unsigned i = 0; i < packet.count; ++i) {
      const auto chunk = next_sdes_chunk(chunks);
      if (!chunk) return;
      add_hex("rtcp.ssrc.identifier", chunk->ssrc);
      Bytes items = chunk->items;
      for (auto item = next_sdes_item(items); item; item = next_sdes_item(items)) {
        add("rtcp.sdes.type", item->type);
        text(sdes_text(*item));
      }
      add("rtcp.sdes.type", 0);  // tshark lists the zero behind them as well
    }
  }

  void others(const RtcpPacketView& packet) {
    if (const auto bye = parse_bye(packet)) {
      Bytes rest = bye->sources;
      for (auto source = next_bye_source(rest); source; source = next_bye_source(rest)) {
        add_hex("rtcp.ssrc.identifier", *source);
      }
      text(bye->reason);  // under that name
    }
    if (const auto app = parse_app(packet)) {
      add("rtcp.app.subtype", app->subtype);
      add_hex("rtcp.ssrc.identifier", app->ssrc);
      add("rtcp.app.name", app->name);
    }
    const auto feedback = parse_feedback(packet);
    if (!feedback) return;
    add_hex("rtcp.senderssrc", feedback->sender_ssrc);
    add_hex("rtcp.mediassrc", feedback->media_ssrc);
    if (packet.type != RtcpType::rtpfb || feedback->format != 1) return;
    Bytes rest = feedback->control;
    for (auto nack = next_generic_nack(rest); nack; nack = next_generic_nack(rest)) {
      packets_of(*nack);
      add_hex("rtcp.rtpfb.nack_blp", nack->lost_bitmask, 4);
    }
  }

  void extended(const RtcpPacketView& packet) {
    const auto view = parse_xr(packet);
    if (!view) return;
    add_hex("rtcp.senderssrc", view->ssrc);
    Bytes rest = view->blocks;
    for (auto block = next_xr_block(rest); block; block = next_xr_block(rest)) {
      add("rtcp.xr.bt", block->number);
      if (const auto range = parse_xr_range(*block)) {
        this->range(range->ssrc, range->begin_sequence, range->end_sequence);
      }
      if (block->type == XrBlockType::dlrr) answers(block->content);
      if (const auto all = parse_xr_statistics(*block)) statistics(*all);
      if (const auto all = parse_xr_voip_metrics(*block)) metrics(*all);
    }
  }

  void range(std::uint32_t ssrc, std::uint16_t begin, std::uint16_t end) {
    add_hex("rtcp.ssrc.identifier", ssrc);
    add("rtcp.xr.beginseq", begin);
    add("rtcp.xr.endseq", end);
  }

  void answers(Bytes rest) {
    for (auto answer = next_xr_dlrr(rest); answer; answer = next_xr_dlrr(rest)) {
      add_hex("rtcp.ssrc.identifier", answer->ssrc);
      add("rtcp.xr.lrr", answer->last_rr);
      add("rtcp.xr.dlrr", answer->delay_since_last_rr);
    }
  }

  void statistics(const XrStatistics& all) {
    range(all.ssrc, all.begin_sequence, all.end_sequence);
    if (all.lost_count) add("rtcp.xr.stats.lost", *all.lost_count);
    if (all.duplicate_count) add("rtcp.xr.stats.dups", *all.duplicate_count);
    if (all.jitter) add("rtcp.xr.stats.maxjitter", all.jitter->most);
  }

  void mos(const std::string& name, std::optional<std::uint8_t> tenths) {
    std::array<char, 24> text{};
    std::snprintf(text.data(), text.size(), "%g", tenths ? *tenths / 10.0 : 127.0);
    add(name, std::string_view{text.data()});
  }

  void metrics(const XrVoipMetrics& all) {
    const std::string prefix = "rtcp.xr.voipmetrics.";
    add_hex("rtcp.ssrc.identifier", all.ssrc);
    add("rtcp.ssrc.fraction", all.loss_rate);
    add("rtcp.ssrc.discarded", all.discard_rate);
    add(prefix + "burstdensity", all.burst_density);
    add(prefix + "gapdensity", all.gap_density);
    add(prefix + "burstduration", all.burst_duration_ms);
    add(prefix + "gapduration", all.gap_duration_ms);
    add(prefix + "rtdelay", all.round_trip_delay_ms);
    add(prefix + "esdelay", all.end_system_delay_ms);
    add_or_127(prefix + "signallevel", all.signal_level_dbm0);
    add_or_127(prefix + "noiselevel", all.noise_level_dbm0);
    add_or_127(prefix + "rerl", all.rerl_db);
    add(prefix + "gmin", all.gmin);
    add_or_127(prefix + "rfactor", all.r_factor);
    add_or_127(prefix + "extrfactor", all.external_r_factor);
    mos(prefix + "moslq", all.mos_lq_tenths);
    mos(prefix + "moscq", all.mos_cq_tenths);
    add(prefix + "plc", static_cast<int>(loss_concealment(all.rx_config)));
    add(prefix + "jba", static_cast<int>(jitter_buffer(all.rx_config)));
    add(prefix + "jbrate", jitter_buffer_rate(all.rx_config));
    add(prefix + "jbnominal", all.jitter_buffer_nominal_ms);
    add(prefix + "jbmax", all.jitter_buffer_maximum_ms);
    add(prefix + "jbabsmax", all.jitter_buffer_absolute_maximum_ms);
  }

  RtcpFields fields_;
};

}  // namespace

const std::vector<std::string>& rtcp_field_names() { return names; }

RtcpFields rtcp_fields(Bytes compound) { return Printer{}.print(compound); }

}  // namespace heptap::test
