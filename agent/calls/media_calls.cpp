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
  return *this;
}

MediaCalls::MediaCalls(const MediaLimits& limits, std::vector<LinkRule> links)
    : hash_(random_seed()),
      seed_(random_seed()),
      is_shared_(limits.shared),
      shard_mask_(limits.shared ? shards_of_shared - 1 : 0),
      links_(std::move(links)) {
  const MediaLimits each = limits_of_shard(limits, shard_mask_ + 1);
  while (calls_.size() <= shard_mask_) {
    calls_.push_back(std::make_unique<CallsShard>(each, seed_));
    claims_.push_back(std::make_unique<ClaimsShard>(claims_of_shard(each)));
  }
}

void MediaCalls::learn(std::uint64_t call_hash, const SipView& sip, const Packet& packet,
                       std::int64_t time_us, SdpView& scratch) noexcept {
  const MediaSignal signal = media_signal(sip);
  if (signal == MediaSignal::none || sip.call_id().empty()) return;
  MediaLesson lesson;
  const std::string_view body = sip.body().empty() ? std::string_view{} : find_sdp(sip);
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
  CallsShard& shard = calls_of(call_hash);
  {
    const auto locked = lock(shard);
    shard.calls.learn(call_hash, lesson, time_us, changes);
  }
  index(changes);
}

void MediaCalls::index(const ClaimChanges& changes) noexcept {
  for (const ClaimChanges::Change& change : changes.all()) {
    if (change.kind != ClaimChanges::Kind::touch) {
      ClaimsShard& shard = claims_of(change.key);
      const auto locked = lock(shard);
      if (change.kind == ClaimChanges::Kind::remove) shard.index.remove(change.key, change.call);
      if (change.kind == ClaimChanges::Kind::add) {
        shard.crowded_out += shard.index.add(change.key, change.call);
      }
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
  CallsShard& shard = calls_of(choice.call);
  {
    const auto locked = lock(shard);
    if (!shard.calls.take(choice.call, probe, out, text, changes)) {
      out.miss = MediaMiss::call_over;  // a moment ago
    }
  }
  index(changes);
  return out;
}

void MediaCalls::gather(const MediaAddress& address, Candidates& out) const noexcept {
  std::array<std::uint64_t, ClaimIndex::max_calls_per_key> calls;  // NOLINT: filled by find()
  const std::uint64_t key = address.hash(seed_);
  ClaimsShard& shard = claims_of(key);
  std::size_t count = 0;
  {
    const auto locked = lock(shard);
    count = shard.index.find(key, calls.data());
  }
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
    const CallsShard& shard = calls_of(found.calls[i]);
    MediaWeight weight;
    {
      const auto locked = lock(shard);
      weight = shard.calls.weigh(found.calls[i], probe);
    }
    if (weight.is_gone && !best.fits) out.miss = MediaMiss::call_over;
    if (!weight.fits) continue;
    const bool is_rival = best.fits && weight.is_rival_of(best);
    if (!best.fits || weight.is_better_than(best)) {
      has_rival = is_rival;
      best = weight;
      out = {.call = found.calls[i], .miss = MediaMiss::none};
    } else {
      has_rival = has_rival || is_rival;
    }
  }
  if (has_rival) out.miss = MediaMiss::ambiguous;
  return out;
}

std::optional<MediaCallState> MediaCalls::state(std::uint64_t call_hash, std::int64_t time_us,
                                                MediaText& text) noexcept {
  CallsShard& shard = calls_of(call_hash);
  const auto locked = lock(shard);
  return shard.calls.state(call_hash, time_us, text);
}

std::string_view MediaCalls::link(std::uint64_t call_hash, MediaText& text) const noexcept {
  const CallsShard& shard = calls_of(call_hash);
  const auto locked = lock(shard);
  return shard.calls.link(call_hash, text);
}

MediaCounts MediaCalls::counts() const {
  MediaCounts sum;
  for (const auto& shard : calls_) {
    const auto locked = lock(*shard);
    sum += shard->calls.counts();
  }
  for (const auto& shard : claims_) {
    const auto locked = lock(*shard);
    sum.crowded_out += shard->crowded_out;
  }
  sum.bad_sdp += bad_sdp_.load(std::memory_order_relaxed);
  return sum;
}

TableUse MediaCalls::use() const {
  TableUse sum;
  for (const auto& shard : calls_) {
    const auto locked = lock(*shard);
    sum += shard->calls.use();
  }
  return sum;
}

TableUse MediaCalls::addresses() const {
  TableUse sum;
  for (const auto& shard : claims_) {
    const auto locked = lock(*shard);
    sum += shard->index.use();
  }
  return sum;
}

}  // namespace heptap
