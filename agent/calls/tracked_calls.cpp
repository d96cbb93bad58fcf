#include "agent/calls/tracked_calls.hpp"

#include <algorithm>

#include "agent/random_seed.hpp"

namespace heptap {
namespace {

constexpr std::size_t shards_of_shared = 32;

TrackedLimits limits_of_shard(TrackedLimits limits, std::size_t shards) {
  limits.max_calls = (limits.max_calls + shards - 1) / shards;
  return limits;
}

}  // namespace

TrackedCalls::TrackedCalls(const KpiOptions& options, const OnCallOver& on_over)
    : is_shared_(options.limits.shared),
      shard_mask_(is_shared_ ? shards_of_shared - 1 : 0),
      carriers_(options.carriers) {
  const TrackedLimits each = limits_of_shard(options.limits, shard_mask_ + 1);
  const std::uint64_t seed = random_seed();
  while (shards_.size() <= shard_mask_) {
    shards_.push_back(std::make_unique<Shard>(
        each, CallTracker(options.rules, seed, carriers_, guesses_), on_over));
  }
}

void TrackedCalls::update(std::uint64_t hash, const SipView& sip, const Packet& packet,
                          std::int64_t time_us) noexcept {
  if (sip.call_id().empty()) return;
  Shard& shard = shard_of(hash);
  if (!is_shared_) return shard.calls.update(hash, sip, packet, time_us);
  const std::lock_guard locked(shard.mutex);
  shard.calls.update(hash, sip, packet, time_us);
}

void TrackedCalls::note_media(std::uint64_t hash, std::int64_t time_us) noexcept {
  Shard& shard = shard_of(hash);
  const auto locked = lock(shard);
  shard.calls.note_media(hash, time_us);
}

void TrackedCalls::look(std::size_t turn, std::int64_t now_us) noexcept {
  Shard& shard = *shards_[turn & shard_mask_];
  const auto locked = lock(shard);
  shard.calls.look(now_us);
}

void TrackedCalls::finish() noexcept {
  std::int64_t now_us = no_time;
  for (const auto& shard : shards_) {
    const auto locked = lock(*shard);
    now_us = std::max(now_us, shard->calls.last_us());
  }
  for (const auto& shard : shards_) {
    const auto locked = lock(*shard);
    shard->calls.finish(now_us);
  }
}

std::vector<Kpi> TrackedCalls::kpis() const {
  std::vector<Kpi> sum(carriers().size());
  for (const auto& shard : shards_) {
    const auto locked = lock(*shard);
    const std::vector<Kpi>& part = shard->calls.kpis();
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += part[i];
  }
  return sum;
}

TrackedCounts TrackedCalls::counts() const {
  TrackedCounts sum;
  for (const auto& shard : shards_) {
    const auto locked = lock(*shard);
    sum += shard->calls.counts();
  }
  return sum;
}

TableUse TrackedCalls::use() const {
  TableUse sum;
  for (const auto& shard : shards_) {
    const auto locked = lock(*shard);
    sum += shard->calls.use();
  }
  return sum;
}

}  // namespace heptap
