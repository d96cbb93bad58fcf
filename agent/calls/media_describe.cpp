// How a session description becomes what a call keeps of it.
#include <algorithm>

#include "agent/calls/media_edit.hpp"
#include "proto/sip/chars.hpp"

namespace heptap {
namespace {

constexpr std::uint16_t max_port_count = 4;

std::uint8_t flags_of(const SdpView& sdp, const SdpMediaView& media) noexcept {
  unsigned flags = 0;
  const auto address = media_address(sdp.address(media).binary(), media.port);
  if (is_srtp(media)) flags |= MediaLine::srtp;
  if (is_srtcp(media)) flags |= MediaLine::srtcp;
  if (media.rtcp_mux) flags |= MediaLine::mux;
  if (media.rtcp_rsize) flags |= MediaLine::rsize;
  if (media.port == 0 && !media.bundle_only) flags |= MediaLine::refused;
  const bool has_address = sdp.address(media).size != 0;
  if (has_address && address.is_unspecified() && sdp.candidates(media).empty()) {
    flags |= MediaLine::held;
  }
  return static_cast<std::uint8_t>(flags);
}

PayloadFormat format_of(std::uint8_t payload_type, std::span<const SdpRtpMapView> maps) noexcept {
  PayloadFormat out{.payload_type = payload_type};
  for (const SdpRtpMapView& map : maps) {
    if (map.payload_type != payload_type) continue;
    out.clock_hz = map.clock_hz;
    out.encoding = encoding_id(map.encoding);
    out.channels = map.channels;
    return out;
  }
  const StaticPayload known = static_payload(payload_type);
  out.clock_hz = known.clock_hz;
  out.encoding = encoding_id(known.encoding);
  out.channels = known.channels;
  return out;
}

}  // namespace

void MediaEdit::describe(const Side& side, const SdpView& sdp, std::uint32_t content,
                         std::int64_t time_us) noexcept {
  if (call_.is_over() && !call_.has_bye) reopen();
  const std::uint32_t at = add_description(side);
  if (at == no_node) return;
  MediaDescription& fresh = parts_.descriptions[at];
  fresh.content = content;
  const std::uint32_t older_at = older_of(fresh);
  MediaDescription* const older = older_at == no_node ? nullptr : &parts_.descriptions[older_at];
  if (older != nullptr && older->content == content) {
    older->until_us = never_us;
    drop_description(at);
  } else {
    fresh.is_pending = older != nullptr;
    ++keep_.counts.descriptions;
    for (std::size_t i = 0; i < sdp.media().size(); ++i) add_line(fresh, sdp, i, older);
  }
  commit(true, opposite(side.sender), time_us);
}

// The oldest makes room.
std::uint32_t MediaEdit::add_description(const Side& side) noexcept {
  if (parts_.descriptions.length(call_.descriptions) == max_descriptions) {
    std::uint32_t last = call_.descriptions;
    while (parts_.descriptions[last].next != no_node) last = parts_.descriptions[last].next;
    drop_description(last);
  }
  const std::uint32_t at = parts_.descriptions.push_front(call_.descriptions);
  if (at == no_node) {
    ++keep_.counts.not_kept;
    return at;
  }
  MediaDescription& fresh = parts_.descriptions[at];
  fresh.party = side.sender;
  fresh.hop = side.hop;
  fresh.tag = side.sender == MediaParty::callee ? side.callee_tag : 0;
  return at;
}

void MediaEdit::add_line(MediaDescription& description, const SdpView& sdp, std::size_t media,
                         const MediaDescription* older) noexcept {
  const SdpMediaView& view = sdp.media()[media];
  const std::uint32_t at = parts_.lines.push_back(description.lines);
  if (at == no_node) {
    ++keep_.counts.not_kept;
    return;
  }
  const auto number = static_cast<std::uint8_t>(media);
  MediaLine& line = parts_.lines[at];
  line.media = number;
  line.bundle = static_cast<std::uint8_t>(sdp.bundle_tag(media));
  line.type = media_type_of(view.type);
  line.direction = sdp.direction(view);
  line.flags = flags_of(sdp, view);
  line.ptime_ms = static_cast<std::uint8_t>(std::min<unsigned>(view.ptime_ms, 255));
  add_payloads(line, sdp, view);
  if (!(line.flags & MediaLine::held) || older == nullptr) {
    return add_addresses(description, sdp, view, number);
  }
  // Hold in the old way: where it was, it will be again.
  for (auto claim = older->claims; claim != no_node; claim = parts_.claims[claim].next) {
    const MediaClaim copy = parts_.claims[claim];
    if (copy.media == number) add_claim(description.claims, copy);
  }
}

void MediaEdit::add_payloads(MediaLine& line, const SdpView& sdp,
                             const SdpMediaView& media) noexcept {
  std::uint32_t block = no_node;
  for (std::size_t i = 0; i < media.payload_type_count; ++i) {
    const PayloadFormat format = format_of(media.payload_types[i], sdp.rtpmaps(media));
    if (!add_payload(line, block, format)) return;
  }
}

// block     the last of the line; no_node: it has none
// gives     whether there was room
bool MediaEdit::add_payload(MediaLine& line, std::uint32_t& block,
                            const PayloadFormat& format) noexcept {
  if (block == no_node || parts_.payloads[block].count == parts_.payloads[block].formats.size()) {
    block = parts_.payloads.push_back(line.payloads);
  }
  if (block == no_node) {
    ++keep_.counts.not_kept;
    return false;
  }
  PayloadBlock& into = parts_.payloads[block];
  into.formats[into.count++] = format;
  return true;
}

void MediaEdit::add_addresses(MediaDescription& description, const SdpView& sdp,
                              const SdpMediaView& media, std::uint8_t number) noexcept {
  const auto claim = [&](const SdpAddressView& address, unsigned port, MediaClaim::Kind kind) {
    if (address.size == 0 || port == 0 || port > 65535) return;
    add_claim(description.claims,
              {.address = media_address(address.binary(), static_cast<std::uint16_t>(port)),
               .kind = kind,
               .media = number,
               .party = description.party});
  };
  if (media.port != 0) {
    for (unsigned i = 0; i < std::min(media.port_count, max_port_count); ++i) {
      claim(sdp.address(media), media.port + 2 * i, MediaClaim::Kind::rtp);
    }
    claim(sdp.rtcp_address(media), media.rtcp_port, MediaClaim::Kind::rtcp);
  }
  add_candidates(description, sdp, media, number);
}

void MediaEdit::add_candidates(MediaDescription& description, const SdpView& sdp,
                               const SdpMediaView& media, std::uint8_t number) noexcept {
  for (const SdpCandidateView& candidate : sdp.candidates(media)) {
    const bool is_udp = sip_chars::equal_ignoring_case(candidate.transport, "udp");
    if (!is_udp || candidate.address.size == 0 || candidate.component > 2) continue;
    add_claim(description.claims,
              {.address = media_address(candidate.address.binary(), candidate.port),
               .kind = candidate.component == 2 ? MediaClaim::Kind::rtcp : MediaClaim::Kind::rtp,
               .media = number,
               .party = description.party});
  }
}

void MediaEdit::add_claim(std::uint32_t& chain, const MediaClaim& claim) noexcept {
  const bool is_ssrc = claim.kind == MediaClaim::Kind::ssrc;
  if (claim.address.is_unspecified() || (claim.address.port == 0 && !is_ssrc)) return;
  for (auto at = chain; at != no_node; at = parts_.claims[at].next) {
    const MediaClaim& known = parts_.claims[at];
    if (known.address == claim.address && known.kind == claim.kind) return;
  }
  const bool has_room = call_.claim_count < max_claims;
  const std::uint32_t at = has_room ? parts_.claims.push_back(chain) : no_node;
  if (at == no_node) {
    ++keep_.counts.not_kept;
    return;
  }
  const std::uint32_t end = parts_.claims[at].next;
  parts_.claims[at] = claim;
  parts_.claims[at].next = end;
  ++call_.claim_count;
  changes_.note(ClaimChanges::Kind::add, claim.address.hash(keep_.seed), call_.hash);
}

}  // namespace heptap
