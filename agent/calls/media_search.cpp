#include "agent/calls/media_search.hpp"

#include <algorithm>
#include <tuple>

namespace heptap {
namespace {

/// One end of a packet in what a call claims.
struct Fit {
  std::uint8_t quality = 0;  ///< 0: does not fit
  std::uint8_t media = 0;
  std::uint32_t description = no_node;
};
using Fits = std::array<Fit, 2>;  // by party

constexpr std::size_t index_of(MediaParty party) noexcept {
  return static_cast<std::size_t>(party);
}

// RTCP comes to its own port, to that of RTP (RFC 5761), or, unless told otherwise, to the next one.
std::uint8_t quality_of(const MediaClaim& claim, const MediaAddress& end, bool is_rtcp) noexcept {
  if (claim.kind == MediaClaim::Kind::ssrc || claim.address.ip != end.ip) return 0;
  const bool is_same = claim.address.port == end.port;
  if (claim.kind == MediaClaim::Kind::rtcp) return is_rtcp && is_same ? 3 : 0;
  if (is_same) return 2;
  return is_rtcp && claim.address.port + 1 == end.port ? 1 : 0;
}

class Weighing {
 public:
  Weighing(const MediaParts& parts, const MediaCall& call, const MediaProbe& probe,
           std::uint64_t seed)
      : parts_(parts), call_(call), probe_(probe), seed_(seed) {}

  MediaWeight run() noexcept {
    for (auto at = call_.descriptions; at != no_node; at = parts_.descriptions[at].next) {
      const MediaDescription& one = parts_.descriptions[at];
      if (one.until_us >= probe_.time_us) walk(one.claims, at);
    }
    walk(call_.learned, no_node);
    choose();
    return out_;
  }

 private:
  void walk(std::uint32_t chain, std::uint32_t description) noexcept {
    for (; chain != no_node; chain = parts_.claims[chain].next) {
      const MediaClaim& claim = parts_.claims[chain];
      if (claim.kind == MediaClaim::Kind::ssrc) {
        note_ssrc(claim);
        continue;
      }
      const std::size_t party = index_of(claim.party);
      improve(source_[party], claim, probe_.source, description);
      improve(destination_[party], claim, probe_.destination, description);
      if (description == no_node) has_sent_[party] = true;
    }
  }

  void improve(Fit& fit, const MediaClaim& claim, const MediaAddress& end,
               std::uint32_t description) const noexcept {
    const std::uint8_t quality = quality_of(claim, end, probe_.is_rtcp);
    if (quality > fit.quality) fit = {quality, claim.media, description};
  }

  /// Its own SSRC, of the host it comes from; or one it reports on, of the host it goes to.
  void note_ssrc(const MediaClaim& claim) noexcept {
    has_sent_[index_of(claim.party)] = true;
    for (std::size_t i = 0; i < probe_.ssrcs.size(); ++i) {
      const MediaAddress& of = i == 0 ? probe_.source : probe_.destination;
      if (claim.address.ssrc != probe_.ssrcs[i] || claim.address.ip != of.ip) continue;
      out_.knows_ssrc = true;
      ssrc_sender_ = i == 0 ? claim.party : opposite(claim.party);
      out_.ssrc_media = claim.media;
    }
  }

  void choose() noexcept {
    const Fit* to = nullptr;
    const Fit* from = nullptr;
    std::uint8_t best = 0;
    for (const MediaParty sender : {MediaParty::caller, MediaParty::callee}) {
      const Fit& source = source_[index_of(sender)];
      const Fit& destination = destination_[index_of(opposite(sender))];
      const std::uint8_t score = score_of(source, destination);
      const bool is_told = out_.knows_ssrc && sender == ssrc_sender_ && score == best;
      if (score == 0 || (score <= best && !is_told)) continue;
      best = score;
      from = source.quality != 0 ? &source : nullptr;
      to = destination.quality != 0 ? &destination : nullptr;
      out_.sender = sender;
    }
    if (best == 0) return choose_ssrc();
    out_.fits = true;
    out_.found = from == nullptr ? MediaFound::destination
                 : to == nullptr ? MediaFound::source
                                 : MediaFound::both;
    out_.media = to != nullptr ? to->media : from->media;
    if (to != nullptr) out_.to = to->description;
    if (from != nullptr) out_.from = from->description;
    note_rest();
  }

  /// Both ends, then the destination, then the source; then how well they fit.
  static std::uint8_t score_of(const Fit& source, const Fit& destination) noexcept {
    const bool to = destination.quality != 0;
    const bool from = source.quality != 0;
    const unsigned level = to && from ? 3U : to ? 2U : from ? 1U : 0U;
    return static_cast<std::uint8_t>(level * 8U + source.quality + destination.quality);
  }

  void choose_ssrc() noexcept {
    if (!out_.knows_ssrc) return;
    out_.fits = true;
    out_.found = MediaFound::ssrc;
    out_.sender = ssrc_sender_;
    out_.media = out_.ssrc_media;
    note_rest();
  }

  void note_rest() noexcept {
    out_.is_open = !call_.is_over();
    out_.first_us = call_.first_us;
    out_.is_awaited = !has_sent_[index_of(stranger())];
    out_.peer = peer();
    if (out_.from == no_node) out_.from = current_of(out_.sender);
    if (out_.to == no_node) out_.to = current_of(opposite(out_.sender));
  }

  /// The party whose address SDP does not have.
  [[nodiscard]] MediaParty stranger() const noexcept {
    return out_.found == MediaFound::source ? opposite(out_.sender) : out_.sender;
  }

  /// The stranger by what SDP calls it: legs of one call with direct media call it the same.
  [[nodiscard]] std::uint64_t peer() const noexcept {
    std::uint64_t least = 0;
    for (auto at = call_.descriptions; at != no_node; at = parts_.descriptions[at].next) {
      const MediaDescription& one = parts_.descriptions[at];
      if (one.party != stranger() || one.until_us < probe_.time_us) continue;
      for (auto claim = one.claims; claim != no_node; claim = parts_.claims[claim].next) {
        const std::uint64_t hash = parts_.claims[claim].address.hash(seed_);
        if (least == 0 || hash < least) least = hash;
      }
    }
    return least;
  }

  /// The youngest that holds; one that is only offered when there is no other.
  [[nodiscard]] std::uint32_t current_of(MediaParty party) const noexcept {
    std::uint32_t pending = no_node;
    for (auto at = call_.descriptions; at != no_node; at = parts_.descriptions[at].next) {
      const MediaDescription& one = parts_.descriptions[at];
      if (one.party != party || one.until_us < probe_.time_us) continue;
      if (!one.is_pending) return at;
      if (pending == no_node) pending = at;
    }
    return pending;
  }

  const MediaParts& parts_;
  const MediaCall& call_;
  const MediaProbe& probe_;
  std::uint64_t seed_;
  Fits source_;
  Fits destination_;
  std::array<bool, 2> has_sent_{};
  MediaParty ssrc_sender_ = MediaParty::caller;
  MediaWeight out_;
};

const PayloadFormat* find_format(const MediaParts& parts, const MediaLine& line,
                                 std::uint8_t payload_type) noexcept {
  for (auto at = line.payloads; at != no_node; at = parts.payloads[at].next) {
    const PayloadBlock& block = parts.payloads[at];
    for (std::uint32_t i = 0; i < block.count; ++i) {
      if (block.formats[i].payload_type == payload_type) return &block.formats[i];
    }
  }
  return nullptr;
}

const MediaLine* line_at(const MediaParts& parts, std::uint32_t description,
                         std::uint8_t media) noexcept {
  return description == no_node ? nullptr : line_at(parts, parts.descriptions[description], media);
}

// In a bundle the payload type says which media it is (RFC 9143 section 9.2); RTCP has only SSRCs.
std::uint8_t media_of_bundle(const MediaParts& parts, std::uint32_t description,
                             const MediaWeight& weight, const MediaProbe& probe) noexcept {
  const MediaLine* const line = line_at(parts, description, weight.media);
  if (line == nullptr) return weight.media;
  const auto is_it = [&](const MediaLine& one) {
    if (probe.is_rtcp) return one.media == weight.ssrc_media;
    return find_format(parts, one, probe.payload_type) != nullptr;
  };
  if (is_it(*line)) return weight.media;
  for (auto at = parts.descriptions[description].lines; at != no_node; at = parts.lines[at].next) {
    const MediaLine& other = parts.lines[at];
    if (other.bundle == line->bundle && is_it(other)) return other.media;
  }
  return weight.media;
}

void add_formats(const MediaParts& parts, const MediaLine& line, MediaMatch& out) noexcept {
  for (auto at = line.payloads; at != no_node; at = parts.payloads[at].next) {
    const PayloadBlock& block = parts.payloads[at];
    for (std::uint32_t i = 0; i < block.count; ++i) {
      const PayloadFormat& format = block.formats[i];
      const auto known = out.formats();
      const bool is_known = std::any_of(known.begin(), known.end(), [&](const PayloadFormat& f) {
        return f.payload_type == format.payload_type;
      });
      if (is_known || out.format_count == MediaMatch::max_formats) continue;
      out.format_list[out.format_count++] = format;
    }
  }
}

}  // namespace

bool MediaWeight::is_better_than(const MediaWeight& other) const noexcept {
  const auto rank = [](const MediaWeight& w) {
    return std::tuple(-static_cast<int>(w.found), w.is_open, w.knows_ssrc, w.is_awaited,
                      w.first_us);
  };
  return rank(*this) > rank(other);
}

bool MediaWeight::is_rival_of(const MediaWeight& other) const noexcept {
  return found != MediaFound::both && found == other.found && is_open == other.is_open &&
         knows_ssrc == other.knows_ssrc && is_awaited == other.is_awaited && peer != other.peer;
}

MediaWeight weigh_media(const MediaParts& parts, const MediaCall& call, const MediaProbe& probe,
                        const MediaLimits& limits, std::uint64_t seed) noexcept {
  MediaWeight weight = Weighing(parts, call, probe, seed).run();
  if (call.is_over() && probe.time_us - call.ended_us > limits.linger.count()) {
    weight.is_gone = weight.fits;
    weight.fits = false;
  }
  return weight;
}

void describe_match(const MediaParts& parts, const MediaCall& call, const MediaProbe& probe,
                    const MediaWeight& weight, MediaMatch& out) noexcept {
  const std::uint32_t describes = weight.to != no_node ? weight.to : weight.from;
  out.call_hash = call.hash;
  out.found = weight.found;
  out.sender = weight.sender;
  out.is_over = call.is_over();
  out.media = media_of_bundle(parts, describes, weight, probe);
  const MediaLine* const to = line_at(parts, weight.to, out.media);
  const MediaLine* const from = line_at(parts, weight.from, out.media);
  const MediaLine* const any = to != nullptr ? to : from;
  if (any == nullptr) return;
  const unsigned either = (to != nullptr ? to->flags : 0U) | (from != nullptr ? from->flags : 0U);
  const unsigned both = (to != nullptr ? to->flags : 0U) & (from != nullptr ? from->flags : 0U);
  out.type = any->type;
  out.is_srtp = (either & MediaLine::srtp) != 0;
  out.is_srtcp = (either & MediaLine::srtcp) != 0;
  out.rtcp_mux = (both & MediaLine::mux) != 0;
  out.rtcp_rsize = (both & MediaLine::rsize) != 0;
  out.ptime_ms = any->ptime_ms;
  out.is_expected =
      (to == nullptr || to->wants_to_receive()) && (from == nullptr || from->wants_to_send());
  out.is_reverse_expected =
      (to == nullptr || to->wants_to_send()) && (from == nullptr || from->wants_to_receive());
  if (to != nullptr) add_formats(parts, *to, out);
  if (from != nullptr) add_formats(parts, *from, out);
}

}  // namespace heptap
