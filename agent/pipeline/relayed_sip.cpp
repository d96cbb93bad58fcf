#include "agent/pipeline/relayed_sip.hpp"

#include "agent/random_seed.hpp"

namespace heptap {
namespace {

constexpr int shards_of_a_look = 10;
constexpr int reports_of_a_look = 160;

CallReportSources linked(CallReportSources reports, const MediaCalls* media) noexcept {
  reports.links = media;
  return reports;
}

Packet packet_of(const hep::HepView& view) noexcept {
  Packet packet;
  packet.source = view.source;
  packet.destination = view.destination;
  packet.source_port = view.source_port;
  packet.destination_port = view.destination_port;
  packet.ip_protocol = view.ip_protocol;
  packet.payload = view.payload;
  return packet;
}

}  // namespace

RelayedSip::RelayedSip(CallTable& calls, const RelayedParts& parts, Outlet& outlet)
    : calls_(calls),
      media_(parts.media),
      tracked_(parts.tracked),
      outlet_(outlet),
      duplicates_(parts.duplicate_window_us, random_seed()),
      content_hash_(content_seed()) {
  if (parts.reports.queue != nullptr) {
    call_reports_.emplace(linked(parts.reports, parts.media), outlet);
  }
}

const SipView* RelayedSip::read(const hep::HepView& view) noexcept {
  if (parse_sip(view.payload, sip_) != Errc::none) return nullptr;
  packet_ = packet_of(view);
  content_ = content_hash_(packet_.payload);
  is_copy_ = duplicates_.is_copy(packet_, content_, view.time_us());
  return &sip_;
}

RelayedFate RelayedSip::take(const SipView* sip, std::int64_t time_us) {
  return take(sip, time_us, {calls_, tracked_, media_, call_reports_ ? &*call_reports_ : nullptr});
}

RelayedFate RelayedSip::take_untimed(const SipView* sip, std::int64_t arrival_us) {
  return take(sip, arrival_us, {calls_, nullptr, media_});
}

RelayedFate RelayedSip::take(const SipView* sip, std::int64_t time_us, const CallKeepers& keepers) {
  if (sip == nullptr) return RelayedFate::unread;
  if (is_copy_) return RelayedFate::copy;
  const std::uint64_t call = keepers.expect(*sip);
  if (keepers.make_way(call, *sip, packet_, time_us, [] {})) outlet_.forget_call(call, time_us);
  if (media_ != nullptr) media_->learn(call, *sip, packet_, time_us, sdp_);
  keepers.update(call, *sip, packet_, time_us, content_);
  return RelayedFate::taken;
}

PlanSubject RelayedSip::subject_of(const hep::HepView& view, const SipView* sip,
                                   std::int64_t arrival_us) noexcept {
  packet_ = packet_of(view);
  const bool is_rtcp = view.payload_type == static_cast<std::uint8_t>(hep::PayloadType::rtcp_json);
  PlanSubject subject{.kind = is_rtcp ? SubjectKind::rtcp : SubjectKind::report,
                      .packet = &packet_,
                      .sip = sip,
                      .time_us = arrival_us,
                      .node = view.node_name,
                      .call_id = view.correlation_id,
                      .payload_type = view.payload_type};
  if (sip != nullptr) {
    subject.kind = sip->is_request() ? SubjectKind::sip_request : SubjectKind::sip_response;
    subject.call_id = sip->call_id();
    subject.is_copy = is_copy_;
  }
  if (!subject.call_id.empty()) subject.call_hash = calls_.hash(subject.call_id);
  return subject;
}

void RelayedSip::look(std::int64_t now_us) noexcept {
  if (tracked_ == nullptr) return;
  for (int i = 0; i < shards_of_a_look; ++i) tracked_->look(turn_++, now_us);
  for (int i = 0; call_reports_ && i < reports_of_a_look; ++i) call_reports_->send_next();
}

}  // namespace heptap
