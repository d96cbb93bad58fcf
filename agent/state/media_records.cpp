// Bytes of what is known of the media of a call.
#include "agent/state/saved_fields.hpp"
#include "agent/state/saved_records.hpp"

namespace heptap {
namespace {

constexpr std::size_t max_encoding_bytes = 64;
constexpr std::uint8_t last_payload_type = 127;

// The number of an encoding is of one build alone.
template <class Fields>
void pass(Fields& f, PayloadFormat& format) {
  std::string name(encoding_name(format.encoding));
  f.text(name, max_encoding_bytes);
  format.encoding = encoding_id(name);
  f.require(encoding_name(format.encoding) == name);
  format.clock_hz = f.number(format.clock_hz);
  format.payload_type = f.number(format.payload_type);
  f.require(format.payload_type <= last_payload_type);
  format.channels = f.number(format.channels);
}

template <class Fields>
void pass(Fields& f, MediaClaim& claim) {
  pass(f, claim.address.ip);
  claim.address.port = f.number(claim.address.port);
  claim.address.ssrc = f.number(claim.address.ssrc);
  claim.kind = f.choice(claim.kind, after(MediaClaim::Kind::ssrc));
  claim.media = f.number(claim.media);
  claim.party = f.choice(claim.party, after(MediaParty::callee));
}

template <class Fields>
void pass(Fields& f, SavedLine& saved) {
  MediaLine& line = saved.line;
  line.media = f.number(line.media);
  line.bundle = f.number(line.bundle);
  line.type = f.choice(line.type, after(MediaType::message));
  line.direction = f.choice(line.direction, after(SdpDirection::inactive));
  line.flags = f.number(line.flags);
  line.ptime_ms = f.number(line.ptime_ms);
  f.list(saved.formats, SavedMedia::max_formats, [&](PayloadFormat& format) { pass(f, format); });
}

template <class Fields>
void pass(Fields& f, SavedDescription& saved) {
  MediaDescription& one = saved.description;
  one.until_us = f.time_or(never_us, one.until_us);
  one.content = f.number(one.content);
  one.tag = f.number(one.tag);
  one.hop = f.number(one.hop);
  one.party = f.choice(one.party, after(MediaParty::callee));
  one.is_pending = f.flag(one.is_pending);
  one.is_replaced = f.flag(one.is_replaced);
  one.is_confirmed = f.flag(one.is_confirmed);
  f.list(saved.lines, SavedMedia::max_lines, [&](SavedLine& line) { pass(f, line); });
  f.list(saved.claims, SavedMedia::max_claims, [&](MediaClaim& claim) { pass(f, claim); });
}

template <class Fields>
void pass(Fields& f, MediaCall& call) {
  call.hash = f.number(call.hash);
  call.first_us = f.time(call.first_us);
  call.last_us = f.time(call.last_us);
  call.ended_us = f.time_or(never_us, call.ended_us);
  call.answered_us = f.time_or(never_us, call.answered_us);
  call.opened_us = f.time(call.opened_us);
  call.confirmed_tag = f.number(call.confirmed_tag);
  call.first_hop = f.number(call.first_hop);
  call.caller_tag_count = f.number(call.caller_tag_count);
  f.require(call.caller_tag_count <= call.caller_tags.size());
  for (std::uint32_t& tag : call.caller_tags) tag = f.number(tag);
  call.is_answered = f.flag(call.is_answered);
  f.require(!call.is_answered || call.answered_us != never_us);
  call.has_bye = f.flag(call.has_bye);
}

template <class Fields>
void pass(Fields& f, SavedMedia& saved) {
  pass(f, saved.call);
  f.text(saved.call_id, MediaText::max_call_id_bytes);
  f.text(saved.link, MediaText::max_link_bytes);
  f.list(saved.descriptions, SavedMedia::max_descriptions,
         [&](SavedDescription& one) { pass(f, one); });
  f.list(saved.learned, SavedMedia::max_learned, [&](MediaClaim& claim) { pass(f, claim); });
}

constexpr auto pass_record = [](auto& fields, auto& record) { pass(fields, record); };

}  // namespace

bool encode(SavedMedia& media, std::vector<std::uint8_t>& out) {
  return write_record(media, out, pass_record);
}

bool decode(Bytes in, SavedMedia& out) { return read_record(in, out, pass_record); }

}  // namespace heptap
