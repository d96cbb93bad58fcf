#include "agent/calls/media_calls.hpp"

#include <algorithm>

#include "agent/random_seed.hpp"

namespace heptap {
namespace {

constexpr std::size_t shards_of_shared = 64;
constexpr std::size_t claims_of_call = 12;

MediaLimits limits_of_shard(MediaLimits limits, std::size_t shards) {
  limits.max_calls = (limits.max_calls + shards - 1) / shards;
  return limits;
}

// Calls and addresses are spread by different hashes: some shards get more of them.
std::size_t claims_of_shard(const MediaLimits& each) {
  const std::size_t even = claims_of_call * each.max_calls;
  return even + even / 4 + 256;
}

MediaAddress end_of(const IpAddress& ip, std::uint16_t port) noexcept {
  return media_address(ip.bytes(), port);
}

}  // namespace

MediaCounts& MediaCounts::operator+=(const MediaCounts& other) noexcept {
  opened += other.opened;
  closed += other.closed;
  expired += other.expired;
  evicted += other.evicted;
  descriptions += other.descriptions;
  bad_sdp += other.bad_sdp;
  latched += other.latched;
  ssrcs += other.ssrcs;
  not_kept += other.not_kept;
  crowded_out += other.crowded_out;
  restored += other.restored;
  outdated += other.outdated;
  return *this;
}

MediaCalls::MediaCalls(const MediaLimits& limits, std::vector<LinkRule> links)
    : text_seed_(random_seed()),
      hash_(text_seed_),
      seed_(random_seed()),
      links_(std::move(links)),
      calls_(
          limits.shared, shards_of_shared,
          [&](std::size_t shards) { return MediaShard(limits_of_shard(limits, shards), seed_); }),
      claims_(limits.shared, shards_of_shared, [&](std::size_t shards) {
        return Claims{ClaimIndex(claims_of_shard(limits_of_shard(limits, shards)))};
      }) {}

void MediaCalls::learn(std::uint64_t call_hash, const SipView& sip, const Packet& packet,
                       std::int64_t time_us, SdpView& scratch) noexcept {
  const MediaSignal signal = media_signal(sip);
  if (signal == MediaSignal::none || sip.call_id().empty()) return;
  const std::string_view body = sip.body().empty() ? std::string_view{} : find_sdp(sip);
  const bool may_teach = !body.empty() || signal != MediaSignal::description || has_links();
  if (!may_teach) return;
  calls_.with(call_hash, [&](const MediaShard& calls) { calls.expect(call_hash); });
  MediaLesson lesson;
  const bool is_read = !body.empty() && parse_sdp(body, scratch) == Errc::none;
  if (!body.empty() && !is_read) bad_sdp_.fetch_add(1, std::memory_order_relaxed);
  if (is_read) {
    lesson.sdp = &scratch;
    lesson.content = static_cast<std::uint32_t>(hash_(body));
  }
  lesson.link = link_value(links_, sip);
  if (!is_read && lesson.link.empty() && signal == MediaSignal::description) return;
  lesson.event = media_event(signal, sip, packet, hash_);
  lesson.call_id = sip.call_id();

  ClaimChanges changes;
  calls_.with(call_hash,
              [&](MediaShard& calls) { calls.learn(call_hash, lesson, time_us, changes); });
  index(changes);
}

void MediaCalls::forget(std::uint64_t call_hash) noexcept {
  ClaimChanges changes;
  calls_.with(call_hash, [&](MediaShard& calls) { calls.forget(call_hash, changes); });
  index(changes);
}

void MediaCalls::index(const ClaimChanges& changes) noexcept {
  for (const ClaimChanges::Change& change : changes.all()) {
    if (change.kind != ClaimChanges::Kind::touch) {
      claims_.peek(change.key).index.prefetch(change.key);
    }
  }
  for (const ClaimChanges::Change& change : changes.all()) {
    if (change.kind == ClaimChanges::Kind::remove) {
      claims_.with(change.key,
                   [&](Claims& claims) { claims.index.remove(change.key, change.call); });
    } else if (change.kind == ClaimChanges::Kind::add) {
      claims_.with(change.key, [&](Claims& claims) {
        claims.crowded_out += claims.index.add(change.key, change.call);
      });
    }
    epochs_.bump(change.key);
  }
}

MediaMatch MediaCalls::find_rtp(const FlowKey& flow, std::uint32_t ssrc, std::uint8_t payload_type,
                                std::int64_t time_us, MediaText& text) noexcept {
  return find({.source = end_of(flow.source, flow.source_port),
               .destination = end_of(flow.destination, flow.destination_port),
               .is_rtcp = false,
               .payload_type = payload_type,
               .ssrcs = {&ssrc, 1},
               .time_us = time_us},
              text);
}

MediaMatch MediaCalls::find_rtcp(const FlowKey& flow, std::span<const std::uint32_t> ssrcs,
                                 std::int64_t time_us, MediaText& text) noexcept {
  return find({.source = end_of(flow.source, flow.source_port),
               .destination = end_of(flow.destination, flow.destination_port),
               .is_rtcp = true,
               .ssrcs = ssrcs.first(std::min(ssrcs.size(), max_ssrcs)),
               .time_us = time_us},
              text);
}

MediaMatch MediaCalls::find(const MediaProbe& probe, MediaText& text) noexcept {
  MediaMatch out;
  out.watch = epochs_.watch(probe.source.hash(seed_), probe.destination.hash(seed_));
  const Choice choice = choose(probe);
  out.miss = choice.miss;
  if (out.miss != MediaMiss::none) return out;
  ClaimChanges changes;
  const bool is_here = calls_.with(choice.call, [&](MediaShard& calls) {
    return calls.take(choice.call, probe, out, text, changes);
  });
  if (!is_here) out.miss = MediaMiss::call_over;  // a moment ago
  index(changes);
  return out;
}

void MediaCalls::gather(const MediaAddress& address, Candidates& out) const noexcept {
  std::array<std::uint64_t, ClaimIndex::max_calls_per_key> calls;  // NOLINT: filled by find()
  const std::uint64_t key = address.hash(seed_);
  const std::size_t count =
      claims_.with(key, [&](const Claims& claims) { return claims.index.find(key, calls.data()); });
  for (std::size_t i = 0; i < count; ++i) {
    const auto end = out.calls.begin() + static_cast<std::ptrdiff_t>(out.count);
    if (out.count == out.calls.size() || std::find(out.calls.begin(), end, calls[i]) != end) {
      continue;
    }
    out.calls[out.count++] = calls[i];
  }
}

MediaCalls::Candidates MediaCalls::candidates(const MediaProbe& probe) const noexcept {
  Candidates out;
  for (const MediaAddress* end : {&probe.destination, &probe.source}) {
    gather(*end, out);
    if (!probe.is_rtcp || end->port < 2) continue;
    MediaAddress rtp = *end;
    --rtp.port;
    gather(rtp, out);
  }
  for (std::size_t i = 0; i < probe.ssrcs.size(); ++i) {
    const MediaAddress& of = i == 0 ? probe.source : probe.destination;
    gather({.ip = of.ip, .port = 0, .ssrc = probe.ssrcs[i]}, out);
  }
  return out;
}

MediaCalls::Choice MediaCalls::choose(const MediaProbe& probe) const noexcept {
  const Candidates found = candidates(probe);
  Choice out;
  MediaWeight best;
  bool has_rival = false;
  for (std::size_t i = 0; i < found.count; ++i) {
    const std::uint64_t call = found.calls[i];
    const MediaWeight weight =
        calls_.with(call, [&](MediaShard& calls) { return calls.weigh(call, probe); });
    if (weight.is_gone && !best.fits) out.miss = MediaMiss::call_over;
    if (!weight.fits) continue;
    const bool is_rival = best.fits && weight.is_rival_of(best);
    if (!best.fits || weight.is_better_than(best)) {
      has_rival = is_rival;
      best = weight;
      out = {.call = call, .miss = MediaMiss::none};
    } else {
      has_rival = has_rival || is_rival;
    }
  }
  if (has_rival) out.miss = MediaMiss::ambiguous;
  return out;
}

std::optional<MediaCallState> MediaCalls::state(std::uint64_t call_hash, std::int64_t time_us,
                                                MediaText& text) noexcept {
  return calls_.with(call_hash,
                     [&](MediaShard& calls) { return calls.state(call_hash, time_us, text); });
}

std::optional<MediaParty> MediaCalls::sender(std::uint64_t call_hash, const SipView& sip,
                                             const Packet& packet) const noexcept {
  const MediaEvent event = media_event(MediaSignal::none, sip, packet, hash_);
  return calls_.with(call_hash,
                     [&](const MediaShard& calls) { return calls.sender(call_hash, event); });
}

std::optional<MediaParty> MediaCalls::receiver(std::uint64_t call_hash, const FlowKey& flow,
                                               std::int64_t time_us) const noexcept {
  const MediaProbe probe{.source = end_of(flow.source, flow.source_port),
                         .destination = end_of(flow.destination, flow.destination_port),
                         .ssrcs = {},
                         .time_us = time_us};
  const MediaWeight weight =
      calls_.with(call_hash, [&](MediaShard& calls) { return calls.weigh(call_hash, probe); });
  if (!weight.fits) return std::nullopt;
  return opposite(weight.sender);
}

std::string_view MediaCalls::link(std::uint64_t call_hash, MediaText& text) const noexcept {
  return calls_.with(call_hash, [&](MediaShard& calls) { return calls.link(call_hash, text); });
}

void MediaCalls::set_seed(std::uint64_t seed) noexcept {
  text_seed_ = seed;
  hash_ = TextHash(seed);
}

void MediaCalls::restore(const SavedMedia& saved, std::int64_t now_us) noexcept {
  ClaimChanges changes;
  calls_.with(saved.call.hash, [&](MediaShard& calls) { calls.restore(saved, now_us, changes); });
  index(changes);
}

MediaCounts MediaCalls::counts() const {
  MediaCounts sum = calls_.sum([](const MediaShard& calls) { return calls.counts(); });
  sum.crowded_out += claims_.sum([](const Claims& claims) { return claims.crowded_out; });
  sum.bad_sdp += bad_sdp_.load(std::memory_order_relaxed);
  return sum;
}

TableUse MediaCalls::use() const {
  return calls_.sum([](const MediaShard& calls) { return calls.use(); });
}

TableUse MediaCalls::addresses() const {
  return claims_.sum([](const Claims& claims) { return claims.index.use(); });
}

}  // namespace heptap
