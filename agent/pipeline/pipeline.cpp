#include "agent/pipeline/pipeline.hpp"

#include <bit>

namespace heptap {
namespace {

constexpr std::int64_t nanos_per_micro = 1000;

// Of what is SIP: malformed is what is not.
Parsed parsed_of(Errc error) noexcept {
  switch (error) {
    case Errc::none: return Parsed::sip;
    case Errc::over_limit: return Parsed::over_limit;
    default: return Parsed::incomplete;
  }
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

void Pipeline::handle(const RawFrame& frame) {
  ++counts_.frames;
  Packet packet;
  const bool snapped = frame.wire_bytes > frame.bytes.size();
  const std::int64_t time_us = frame.time_ns / nanos_per_micro + shift_us_;
  const Decoded decoded = decoder_.decode(frame.link_type, frame.bytes, time_us, packet, snapped);
  ++counts_.decoded[decoded];
  if (packet.tunnels != 0) count_tunnels(packet.tunnels);
  if (decoded != Decoded::packet) return;

  // The parser tells SIP from all else with the first line, so it goes first and nobody reads twice.
  const Errc parsed = parse(packet);
  const Content content = classify(packet, parsed);
  ++counts_.content[content];
  if (content != Content::sip) return;
  count(parsed, packet);
  if (parsed != Errc::none) return;

  const std::uint64_t call = calls_.expect(sip_);
  if (outlet_ != nullptr) send(packet, time_us);
  calls_.update(call, sip_, packet, time_us);
}

void Pipeline::count_tunnels(std::uint32_t tunnels) noexcept {
  for (; tunnels != 0; tunnels &= tunnels - 1) {
    ++counts_.tunnels[static_cast<Tunnel>(std::countr_zero(tunnels))];
  }
}

Errc Pipeline::parse(const Packet& packet) noexcept {
  if (packet.ip_protocol != ip_protocol_udp) return Errc::malformed;
  return parse_sip(packet.payload, sip_);
}

void Pipeline::count(Errc parsed, const Packet& packet) noexcept {
  ++counts_.parsed[parsed_of(parsed)];
  if (parsed != Errc::none) return;
  if (packet.truncated) ++counts_.truncated;
  if (sip_.has(SipFlag::head_incomplete)) ++counts_.head_incomplete;
}

void Pipeline::send(const Packet& packet, std::int64_t time_us) noexcept {
  // Everything up to the body must reach the collector: keep-alive line ends before the start line
  // are part of the datagram, too.
  const auto payload = as_text(packet.payload);
  const auto head = sip_.head();
  const auto keep_bytes = static_cast<std::size_t>(head.data() - payload.data()) + head.size();
  outlet_->offer(sip_message(packet, keep_bytes, time_us));
}

namespace {

template <class Enum, class Action>
void for_each(Action action) {
  for (int i = 0; i < static_cast<int>(Enum::count_); ++i) action(static_cast<Enum>(i));
}

// A stage whose outcomes are an enumeration: `good` is what left, everything else is a drop reason.
template <class Enum, class Name>
LedgerStage stage_of(const char* name, std::uint64_t entered, const Counts<Enum>& counts, Enum good,
                     Name name_of) {
  LedgerStage stage{.name = name, .entered = entered, .left = counts[good]};
  for_each<Enum>([&](Enum outcome) {
    if (outcome != good) add_line(stage.dropped, name_of(outcome), counts[outcome]);
  });
  return stage;
}

// Fragments are told apart by what became of them.
LedgerStage decode_stage(const PipelineCounts& counts, const DefragCounts& fragments) {
  LedgerStage stage{.name = "decode", .entered = counts.frames};
  stage.left = counts.decoded[Decoded::packet];
  stage.held = fragments.held;
  for_each<Decoded>([&](Decoded what) {
    const bool is_reason = what != Decoded::packet && what != Decoded::ip_fragment;
    if (is_reason) add_line(stage.dropped, to_string(what), counts.decoded[what]);
  });
  for_each<FragmentFate>([&](FragmentFate fate) {
    auto& lines = fate == FragmentFate::joined ? stage.absorbed : stage.dropped;
    add_line(lines, "fragment_" + std::string(to_string(fate)), fragments[fate]);
  });
  add_line(stage.noted, "datagrams_joined", fragments.datagrams);
  add_line(stage.noted, "fragment_overlaps", fragments.overlaps);
  for_each<Tunnel>(
      [&](Tunnel tunnel) { add_line(stage.noted, to_string(tunnel), counts.tunnels[tunnel]); });
  return stage;
}

std::string_view name_of_parsed(Parsed parsed) noexcept {
  switch (parsed) {
    case Parsed::incomplete: return "incomplete";
    default: return "over_limit";
  }
}

}  // namespace

std::vector<LedgerStage> Pipeline::ledger() const {
  const auto name_of = [](auto outcome) { return to_string(outcome); };
  std::vector<LedgerStage> way;
  way.push_back({.name = "capture", .entered = counts_.frames, .left = counts_.frames});
  way.push_back(decode_stage(counts_, decoder_.fragments()));
  way.push_back(stage_of("classify", way.back().left, counts_.content, Content::sip, name_of));
  way.push_back(stage_of("parse", way.back().left, counts_.parsed, Parsed::sip, name_of_parsed));
  add_line(way.back().noted, "truncated", counts_.truncated);
  add_line(way.back().noted, "head_incomplete", counts_.head_incomplete);
  add_line(way.back().noted, "no_call_id", calls_.counts().no_call_id);
  add_line(way.back().noted, "calls_expired", calls_.counts().expired);
  add_line(way.back().noted, "calls_evicted", calls_.counts().evicted);
  if (outlet_ == nullptr) return way;

  const OutletCounts& out = outlet_->counts();
  LedgerStage encode{.name = "encode", .entered = out.entered, .left = out.encoded};
  add_line(encode.dropped, "over_limit", out.over_limit);
  add_line(encode.dropped, "ring_closed", out.ring_closed);
  add_line(encode.noted, "cut", out.cut);
  way.push_back(std::move(encode));
  return way;
}

}  // namespace heptap
