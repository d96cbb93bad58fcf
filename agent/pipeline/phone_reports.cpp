#include "agent/pipeline/phone_reports.hpp"

#include <optional>

#include "proto/hep/text.hpp"
#include "proto/hep/vq_json.hpp"
#include "proto/sip/cseq.hpp"

namespace heptap {
namespace {

bool ends_a_call(const SipView& sip) noexcept { return transaction_method(sip) != "INVITE"; }

void set_reporter(PhoneReport& report, std::optional<MediaParty> party) noexcept {
  report.is_reporter_known = party.has_value();
  report.reporter = party.value_or(MediaParty::caller);
}

}  // namespace

std::string_view to_string(PhoneFate fate) noexcept {
  switch (fate) {
    case PhoneFate::sent: return "sent";
    case PhoneFate::taken: return "taken";
    case PhoneFate::unreadable: return "unreadable";
    case PhoneFate::no_call_id: return "no_call_id";
    case PhoneFate::over_limit: return "over_limit";
    case PhoneFate::count_: break;
  }
  return "?";
}

PhoneFate PhoneReports::take_body(std::string_view body, const Packet& packet,
                                  std::int64_t time_us) noexcept {
  const Errc parsed = parse_vq_report(body, report_);
  if (parsed == Errc::over_limit) return PhoneFate::over_limit;
  if (parsed != Errc::none) return PhoneFate::unreadable;
  if (!hep::has_clean_text(report_.call_id())) return PhoneFate::no_call_id;
  const std::uint64_t call = calls_.hash(report_.call_id());
  if (observer_ != nullptr) tell_of_body(call, time_us);
  return outlet_ != nullptr ? send_body(call, packet, time_us) : PhoneFate::taken;
}

void PhoneReports::tell_of_body(std::uint64_t call, std::int64_t time_us) noexcept {
  const ReportedStreamsView streams = reported_streams(report_);
  PhoneReport report{.call_hash = call,
                     .call_id = report_.call_id(),
                     .time_us = time_us,
                     .is_final = report_.is_final()};
  if (media_ != nullptr) {
    const ReportedEndpoint& from = streams.received.source;
    const ReportedEndpoint& to = streams.received.destination;
    set_reporter(report, media_->receiver(call,
                                          {.source = from.address.value_or(IpAddress{}),
                                           .destination = to.address.value_or(IpAddress{}),
                                           .source_port = from.port,
                                           .destination_port = to.port},
                                          time_us));
  }
  tell(report, MediaType::audio, streams);
}

PhoneFate PhoneReports::send_body(std::uint64_t call, const Packet& packet,
                                  std::int64_t time_us) noexcept {
  const AddressText reporter(packet.source);
  const auto size = hep::encode_vq_json(report_, reporter.view(), json_);
  if (!size) return PhoneFate::over_limit;
  MediaText text;
  const std::string_view link = media_ != nullptr ? media_->link(call, text) : std::string_view{};
  outlet_->offer({.source = packet.source,
                  .destination = packet.destination,
                  .source_port = packet.source_port,
                  .destination_port = packet.destination_port,
                  .ip_protocol = packet.ip_protocol,
                  .time_us = time_us,
                  .type = hep::PayloadType::vq_rtcpxr,
                  .payload = Bytes(json_).first(*size),
                  .keep_bytes = *size,
                  .correlation_id = correlation_id(report_.call_id(), link),
                  .vlan_id = packet.vlan_id,
                  .ip_tos = packet.traffic_class},
                 PlanReport{.call_id = report_.call_id(), .call_hash = call});
  return PhoneFate::sent;
}

void PhoneReports::take_fields(const SipView& sip, const Packet& packet, std::int64_t time_us,
                               std::uint64_t call) noexcept {
  std::size_t at = 0;
  RtpStatFieldView first;
  if (!next_rtp_stat(sip, at, first)) return;
  if (sip.call_id().empty()) return void(++fates_[PhoneFate::no_call_id]);
  RtpStatReportView stats;
  if (!read_rtp_stats(sip, stats)) return void(++fates_[PhoneFate::unreadable]);
  PhoneReport report{.call_hash = call,
                     .call_id = sip.call_id(),
                     .time_us = time_us,
                     .is_final = ends_a_call(sip)};
  if (media_ != nullptr) set_reporter(report, media_->sender(call, sip, packet));
  tell(report, MediaType::audio, stats.audio);
  tell(report, MediaType::video, stats.video);
  ++fates_[PhoneFate::taken];
}

void PhoneReports::tell(PhoneReport report, MediaType type,
                        const ReportedStreamsView& streams) noexcept {
  if (!streams.received.is_reported && !streams.sent.is_reported) return;
  report.type = type;
  report.streams = &streams;
  observer_->on_phone_report(report);
}

}  // namespace heptap
