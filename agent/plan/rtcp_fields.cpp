// Of RTCP that came as JSON in HEP of others, there is nothing to be read.
#include <array>
#include <optional>

#include "agent/plan/field_groups.hpp"
#include "proto/rtp/rtcp_report.hpp"
#include "proto/rtp/rtcp_sdes.hpp"

namespace heptap::plan_fields {
namespace {

using Type = ValueType;

constexpr auto rtcp_only = SubjectKind::rtcp;

// visit     takes each packet of the compound
template <class Visit>
void each_packet(const PlanSubject& message, Visit visit) noexcept {
  if (message.report == nullptr) return;
  Bytes rest = message.report->rtcp;
  for (auto packet = next_rtcp(rest); packet; packet = next_rtcp(rest)) visit(*packet);
}

template <class Visit>
void each_report(const PlanSubject& message, Visit visit) noexcept {
  each_packet(message, [&](const RtcpPacketView& packet) {
    if (const auto report = parse_rtcp_report(packet)) visit(*report);
  });
}

void payload_types(const PlanSubject& message, std::string_view /*header*/,
                   FieldValues& out) noexcept {
  each_packet(message, [&](const RtcpPacketView& packet) { out.add_number(packet.payload_type); });
}

void sender_ssrc(const PlanSubject& message, std::string_view /*header*/,
                 FieldValues& out) noexcept {
  each_report(message, [&](const RtcpReportView& report) { out.add_number(report.ssrc); });
}

template <std::uint32_t SenderInfo::*count>
void of_sender(const PlanSubject& message, std::string_view /*header*/, FieldValues& out) noexcept {
  each_report(message, [&](const RtcpReportView& report) {
    if (report.sender) out.add_number((*report.sender).*count);
  });
}

template <auto ReportBlock::*member>
void of_block(const PlanSubject& message, std::string_view /*header*/, FieldValues& out) noexcept {
  each_report(message, [&](const RtcpReportView& report) {
    Bytes rest = report.blocks;
    for (auto block = next_report_block(rest); block; block = next_report_block(rest)) {
      if constexpr (std::is_signed_v<std::remove_cvref_t<decltype((*block).*member)>>) {
        out.add(Value::of_real((*block).*member));
      } else {
        out.add_number((*block).*member);
      }
    }
  });
}

void sdes_text(const PlanSubject& message, std::string_view /*header*/, FieldValues& out) noexcept {
  each_packet(message, [&](const RtcpPacketView& packet) {
    if (packet.type != RtcpType::sdes) return;
    Bytes rest = packet.body;
    for (auto chunk = next_sdes_chunk(rest); chunk; chunk = next_sdes_chunk(rest)) {
      Bytes items = chunk->items;
      for (auto item = next_sdes_item(items); item; item = next_sdes_item(items)) {
        out.add_text(item->text);
      }
    }
  });
}

// clang-format off
constexpr std::array table{
    Field{"rtcp.pt", Type::number, rtcp_only, payload_types, "of each packet: 200 SR, 201 RR, 202 SDES, 203 BYE, 207 XR", 255},
    Field{"rtcp.senderssrc", Type::number, rtcp_only, sender_ssrc, "SSRC of who sends a report"},
    Field{"rtcp.sender.packetcount", Type::number, rtcp_only, of_sender<&SenderInfo::packet_count>, "packets sent, by a sender report"},
    Field{"rtcp.sender.octetcount", Type::number, rtcp_only, of_sender<&SenderInfo::octet_count>, "bytes of payload sent, by a sender report"},
    Field{"rtcp.ssrc.identifier", Type::number, rtcp_only, of_block<&ReportBlock::ssrc>, "SSRC of each stream that is reported on"},
    Field{"rtcp.ssrc.fraction", Type::number, rtcp_only, of_block<&ReportBlock::fraction_lost>, "lost since the last report, in 1/256", 255},
    Field{"rtcp.ssrc.cum_nr", Type::real, rtcp_only, of_block<&ReportBlock::cumulative_lost>, "lost in all; less than 0 with duplicates"},
    Field{"rtcp.ssrc.ext_high", Type::number, rtcp_only, of_block<&ReportBlock::extended_highest_sequence>, "highest sequence number, with cycles"},
    Field{"rtcp.ssrc.jitter", Type::number, rtcp_only, of_block<&ReportBlock::jitter>, "interarrival jitter in units of the stream's clock"},
    Field{"rtcp.ssrc.lsr", Type::number, rtcp_only, of_block<&ReportBlock::last_sr>, "middle bits of the last sender report's time"},
    Field{"rtcp.ssrc.dlsr", Type::number, rtcp_only, of_block<&ReportBlock::delay_since_last_sr>, "delay since it, in 1/65536 s"},
    Field{"rtcp.sdes.text", Type::text, rtcp_only, sdes_text, "of each item of a description, such as the CNAME"},
};
// clang-format on

}  // namespace

std::span<const Field> rtcp() noexcept { return table; }

}  // namespace heptap::plan_fields
