#include "agent/pipeline/pipeline.hpp"

#include <algorithm>
#include <bit>
#include <limits>

#include "agent/pipeline/call_keepers.hpp"
#include "agent/random_seed.hpp"
#include "proto/sip/http_upgrade.hpp"

namespace heptap {
namespace {

constexpr std::int64_t nanos_per_micro = 1000;
constexpr std::int64_t farthest_us = std::numeric_limits<std::int64_t>::max() / nanos_per_micro;
constexpr std::int64_t look_at_calls_every_us = 10'000;
constexpr int reports_of_a_look = 16;

// Of what is SIP: malformed is what is not.
Parsed parsed_of(Errc error) noexcept {
  switch (error) {
    case Errc::none: return Parsed::sip;
    case Errc::over_limit: return Parsed::over_limit;
    default: return Parsed::incomplete;
  }
}

PipelineOptions seeded(PipelineOptions options) {
  options.fragments.seed = random_seed();
  options.streams.seed = random_seed();
  options.sctp.seed = random_seed();
  return options;
}

}  // namespace

hep::Message sip_message(const Packet& packet, std::size_t keep_bytes,
                         std::int64_t time_us) noexcept {
  return {.source = packet.source,
          .destination = packet.destination,
          .source_port = packet.source_port,
          .destination_port = packet.destination_port,
          .ip_protocol = packet.ip_protocol,
          .time_us = time_us,
          .type = hep::PayloadType::sip,
          .payload = packet.payload,
          .keep_bytes = keep_bytes,
          .vlan_id = packet.vlan_id,
          .tcp_flags = packet.tcp_flags,
          .ip_tos = packet.traffic_class};
}

Pipeline::Pipeline(const PipelineOptions& options, CallTable& calls, Outlet* outlet,
                   const SharedParts& shared)
    : options_(seeded(options)),
      calls_(calls),
      outlet_(outlet),
      decoder_(options_.fragments),
      tcp_(
          options_.streams, [this](const Packet& segment) { return opens_stream(segment); },
          [this](const FlowKey& flow) { return expects_sip(flow); }),
      sctp_(options_.sctp),
      content_hash_(content_seed()),
      duplicates_(shared.duplicates != nullptr
                      ? *shared.duplicates
                      : own_duplicates_.emplace(options.duplicate_window_us, random_seed())),
      media_(shared.media),
      tracked_(shared.tracked) {
  const RtcpOutlets of_rtcp{.outlet = options.send_rtcp ? outlet : nullptr,
                            .send_unmatched = options.send_unmatched_rtcp && outlet != nullptr,
                            .observer = shared.observer};
  if (media_ != nullptr && (of_rtcp.outlet != nullptr || of_rtcp.observer != nullptr)) {
    reports_.emplace(*media_, of_rtcp);
  }
  Outlet* const of_phones = options.send_vq ? outlet : nullptr;
  if (of_phones != nullptr || shared.observer != nullptr) {
    phones_.emplace(calls, media_, of_phones, shared.observer);
  }
  if (media_ != nullptr && options.rtp) {
    rtp_.emplace(*options.rtp, *media_, outlet, MediaSigns{&calls, tracked_, shared.observer});
  }
}

void Pipeline::begin_capture() noexcept {
  clock_.begin_again();
  duplicates_.forget();
}

void Pipeline::handle(const RawFrame& frame) {
  ++counts_.frames;
  frame_bytes_ = frame.wire_bytes;
  Packet packet;
  const bool snapped = frame.wire_bytes > frame.bytes.size();
  // Shifted, what a capture says may be beyond what nanoseconds can say.
  const std::int64_t time_us =
      std::clamp(frame.time_ns / nanos_per_micro + shift_us_, -farthest_us, farthest_us);
  const Decoded decoded =
      decoder_.decode(frame.link_type, frame.bytes, clock_.advance(time_us), packet, snapped);
  ++counts_.decoded[decoded];
  if (packet.tunnels != 0) count_tunnels(packet.tunnels);
  look_around();
  if (decoded != Decoded::packet) return;

  switch (packet.ip_protocol) {
    case ip_protocol_tcp: return take_segment(packet, time_us);
    case ip_protocol_sctp: return take_sctp(packet, time_us);
    default: return take_datagram(packet, time_us);
  }
}

void Pipeline::pass_until(std::int64_t time_us) {
  if (counts_.frames == 0) return;
  clock_.pass_until(time_us);
  look_around();
}

void Pipeline::look_around() noexcept {
  if (rtp_) rtp_->look(clock_.now_us());
  if (reports_) reports_->look_again(clock_.now_us());
  if (tracked_ != nullptr) look_at_calls(clock_.now_us());
}

void Pipeline::take_datagram(const Packet& packet, std::int64_t time_us) {
  // The parser tells SIP from all else with the first line, so it goes first and nobody reads twice.
  const Errc parsed = parse(packet);
  const Content content = content_of_datagram(packet.payload, parsed, headers_);
  ++counts_.content[content];
  if (content == Content::rtp && rtp_) return rtp_->take(packet, headers_.rtp, time_us);
  if (is_rtcp(content)) return take_reports(packet, content, time_us);
  if (content != Content::sip) return;
  count_parsed(parsed, packet);
  if (parsed == Errc::none) take_message(packet, time_us);
}

void Pipeline::take_segment(const Packet& packet, std::int64_t time_us) {
  const bool is_read = may_be_sip(packet.source_port, packet.destination_port) &&
                       tcp_.take(packet, time_us, clock_.now_us());
  ++counts_.content[is_read ? Content::stream : content_of_stream(packet.payload)];
  read_streams();
}

void Pipeline::read_streams() {
  Packet packet;
  std::int64_t time_us = 0;
  while (tcp_.next(sip_, packet, time_us)) {
    ++counts_.from_streams;
    count_parsed(Errc::none, packet);
    take_message(packet, time_us);
  }
}

void Pipeline::take_sctp(Packet& packet, std::int64_t time_us) {
  ++counts_.content[Content::stream];
  sctp_.take(packet, time_us, clock_.now_us());
  packet.truncated = false;  // its messages are whole
  while (sctp_.next(packet.payload)) {
    const Errc parsed = parse(packet);
    if (parsed == Errc::malformed) continue;
    ++counts_.from_streams;
    ++counts_.sctp_messages;
    counts_.sctp_message_bytes += packet.payload.size();
    count_parsed(parsed, packet);
    if (parsed == Errc::none) take_message(packet, time_us++);  // each of a packet has its own time
  }
}

void Pipeline::take_message(const Packet& packet, std::int64_t time_us) {
  const CallKeepers keepers{calls_, tracked_, media_, call_reports_.get()};
  const std::uint64_t call = keepers.expect(sip_);
  const std::uint64_t content = content_hash_(packet.payload);
  const bool may_be_copy = packet.ip_protocol == ip_protocol_udp;  // streams know their own
  if (may_be_copy && is_mirror_copy(packet, content, time_us)) {
    return take_copy(packet, time_us, call);
  }
  catch_up();
  const bool is_other_call = keepers.make_way(call, sip_, packet, time_us, [&] {
    if (rtp_) rtp_->end_call(call, clock_.now_us());
  });
  if (is_other_call && outlet_ != nullptr) outlet_->forget_call(call, time_us);
  if (media_ != nullptr) media_->learn(call, sip_, packet, time_us, sdp_);
  if (reports_) reports_->look_again(clock_.now_us());
  if (outlet_ != nullptr) send(packet, time_us, call);
  if (phones_) phones_->take(sip_, packet, time_us, call);
  if (message_sink_ != nullptr) message_sink_->on_message(sip_, packet, time_us);
  keepers.update(call, sip_, packet, time_us, content);
}

// Nobody but the plan is told of a copy, and that only when it asks.
void Pipeline::take_copy(const Packet& packet, std::int64_t time_us, std::uint64_t call) noexcept {
  if (outlet_ == nullptr || !outlet_->asks_for_copies()) return;
  --counts_.mirror_copies;
  ++counts_.copies_for_plan;
  send(packet, time_us, call, true);
}

// Calls are over by their age and timers, too, and then no message of SIP need come.
void Pipeline::look_at_calls(std::int64_t now_us) noexcept {
  const std::int64_t since_us = now_us - calls_looked_us_;
  if (since_us >= 0 && since_us < look_at_calls_every_us) return;
  calls_looked_us_ = now_us;
  tracked_->look(calls_turn_++, now_us);
  for (int i = 0; call_reports_ && i < reports_of_a_look; ++i) call_reports_->send_next();
}

void Pipeline::take_reports(const Packet& packet, Content content, std::int64_t time_us) {
  const bool walks = content == Content::rtcp;
  if (walks) for_each<RtcpType>([&](RtcpType type) { counts_.rtcp[type] += headers_.rtcp[type]; });
  if (!reports_ || is_mirror_copy(packet, content_hash_(packet.payload), time_us)) return;
  catch_up();
  reports_->look_again(clock_.now_us());
  if (!walks) return reports_->take_srtcp(packet, time_us);
  reports_->take(packet, headers_.rtcp, time_us);
}

bool Pipeline::is_mirror_copy(const Packet& packet, std::uint64_t content,
                              std::int64_t time_us) noexcept {
  const bool is_copy = duplicates_.is_copy(packet, content, time_us);
  if (is_copy) ++counts_.mirror_copies;
  return is_copy;
}

void Pipeline::finish() {
  tcp_.finish();
  read_streams();
  if (reports_) reports_->finish();
  if (rtp_) rtp_->finish();
}

Errc Pipeline::parse(const Packet& packet) noexcept {
  if (!may_be_sip(packet.source_port, packet.destination_port)) return Errc::malformed;
  return parse_sip(packet.payload, sip_);
}

bool Pipeline::may_be_sip(std::uint16_t a, std::uint16_t b) const noexcept {
  return options_.any_port || options_.sip_ports.contains_either(a, b);
}

bool Pipeline::expects_sip(const FlowKey& flow) const noexcept {
  return options_.sip_ports.contains_either(flow.source_port, flow.destination_port);
}

// A segment of a stream that nobody knows: its beginning was not seen, or was something else.
bool Pipeline::opens_stream(const Packet& segment) noexcept {
  if (segment.payload.empty()) return false;
  if (looks_like_sip(segment.payload)) return true;
  if (parse_http_upgrade(segment.payload)) return true;
  if (looks_like_websocket(segment.payload, inflater_)) return true;
  return expects_sip(flow_of(segment)) && content_of_stream(segment.payload) == Content::other;
}

void Pipeline::count_parsed(Errc parsed, const Packet& packet) noexcept {
  ++counts_.parsed[parsed_of(parsed)];
  if (parsed != Errc::none) return;
  if (packet.truncated) ++counts_.truncated;
  if (sip_.has(SipFlag::head_incomplete)) ++counts_.head_incomplete;
}

void Pipeline::count_tunnels(std::uint32_t tunnels) noexcept {
  for (; tunnels != 0; tunnels &= tunnels - 1) {
    ++counts_.tunnels[static_cast<Tunnel>(std::countr_zero(tunnels))];
  }
}

void Pipeline::send(const Packet& packet, std::int64_t time_us, std::uint64_t call,
                    bool is_copy) noexcept {
  // Everything up to the body must reach the collector: keep-alive line ends before the start line
  // are part of the datagram, too.
  const auto payload = as_text(packet.payload);
  const auto head = sip_.head();
  const auto keep_bytes = static_cast<std::size_t>(head.data() - payload.data()) + head.size();
  hep::Message message = sip_message(packet, keep_bytes, time_us);
  if (media_ != nullptr && media_->has_links()) {
    message.correlation_id = media_->link(call, media_text_);
  }
  PlanSubject subject{
      .kind = sip_.is_request() ? SubjectKind::sip_request : SubjectKind::sip_response,
      .packet = &packet,
      .sip = &sip_,
      .time_us = time_us,
      .frame_bytes = frame_bytes_,
      .interface = options_.interface,
      .call_id = sip_.call_id(),
      .call_hash = call,
      .payload_type = static_cast<std::uint8_t>(message.type),
      .is_copy = is_copy};
  // What is known of a copy's call has its original in it.
  const bool asks_for_call = tracked_ != nullptr && outlet_->asks_for_calls() && !is_copy;
  if (asks_for_call) add_standing(subject, *tracked_, time_us);
  outlet_->offer(message, subject);
}

}  // namespace heptap
