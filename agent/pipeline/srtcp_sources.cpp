#include "agent/pipeline/srtcp_sources.hpp"

#include "agent/random_seed.hpp"

namespace heptap {
namespace {

SrtcpHint hint_of(const MediaMatch& match) noexcept {
  if (!match || !match.is_srtp) return SrtcpHint::none;
  return match.is_srtcp ? SrtcpHint::encrypted : SrtcpHint::unencrypted;
}

}  // namespace

SrtcpSources::SrtcpSources(MediaObserver* observer, std::size_t max_sources)
    : observer_(observer), sources_(max_sources, random_seed(), max_idle_us) {}

SrtcpVerdict SrtcpSources::take(const Packet& datagram, bool walks, const MediaMatch& match,
                                std::int64_t time_us) noexcept {
  const SrtcpVerdict unproven{SrtcpKind::unproven, {}, {}};
  const Bytes payload = datagram.payload;
  const SrtcpHint hint = hint_of(match);
  if (hint != SrtcpHint::encrypted && walks) return {SrtcpKind::clear, payload, {}};
  const auto head = parse_srtcp_head(payload);
  if (!head) return unproven;
  const SrtcpSourceKey key{flow_of(datagram), head->ssrc};
  Source& source = sources_.find_or_add(key, time_us);
  // Another call on the same ports has other keys.
  const std::uint64_t call_hash = match ? match.call_hash : 0;
  if (source.call_hash != call_hash) {
    source = {};
    source.call_hash = call_hash;
  }
  const SrtcpVerdict verdict = source.recogniser.add(payload, hint);
  const bool is_proven = verdict.kind != SrtcpKind::unproven;
  if (match && is_proven) tell(source, key, match, verdict, time_us);
  return verdict;
}

// The first ones may have been told to nobody, as they proved nothing yet.
void SrtcpSources::tell(Source& source, const SrtcpSourceKey& key, const MediaMatch& match,
                        const SrtcpVerdict& verdict, std::int64_t time_us) noexcept {
  if (observer_ == nullptr) return;
  const SrtcpFigures& figures = source.recogniser.figures();
  observer_->on_srtcp({.owner = {.call_hash = match.call_hash,
                                 .call_id = match.call_id,
                                 .sender = match.sender,
                                 .type = match.type,
                                 .media = match.media},
                       .flow = key.flow,
                       .ssrc = key.ssrc,
                       .time_us = time_us,
                       .packets = figures.packet_count - source.packets_told,
                       .lost = figures.lost_count - source.lost_told,
                       .index = verdict.index,
                       .is_encrypted = verdict.kind == SrtcpKind::encrypted});
  source.packets_told = figures.packet_count;
  source.lost_told = figures.lost_count;
}

}  // namespace heptap
