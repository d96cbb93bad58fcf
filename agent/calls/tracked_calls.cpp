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
    : seed_(random_seed()),
      carriers_(options.carriers),
      shards_(options.limits.shared, shards_of_shared, [&](std::size_t shards) {
        return TrackedShard(limits_of_shard(options.limits, shards),
                            CallTracker(options.rules, seed_, carriers_, guesses_), on_over);
      }) {}

void TrackedCalls::set_seed(std::uint64_t seed) noexcept {
  seed_ = seed;
  shards_.for_each([&](TrackedShard& calls) { calls.set_seed(seed); });
}

void TrackedCalls::restore(std::uint64_t hash, const CallState& state,
                           std::int64_t now_us) noexcept {
  shards_.with(hash, [&](TrackedShard& calls) { calls.restore(hash, state, now_us); });
}

void TrackedCalls::update(std::uint64_t hash, const SipView& sip, const Packet& packet,
                          std::int64_t time_us) noexcept {
  if (sip.call_id().empty()) return;
  shards_.with(hash, [&](TrackedShard& calls) { calls.update(hash, sip, packet, time_us); });
}

CallBefore TrackedCalls::make_way(std::uint64_t hash, const SipView& sip, const Packet& packet,
                                  std::int64_t time_us, CallState* before) noexcept {
  if (sip.call_id().empty()) return CallBefore::unknown;
  return shards_.with(hash, [&](TrackedShard& calls) {
    return calls.make_way(hash, sip, packet, time_us, before);
  });
}

CallStanding TrackedCalls::standing(std::uint64_t hash, const SipView& sip, const Packet& packet,
                                    std::int64_t time_us) noexcept {
  if (sip.call_id().empty()) return {};
  return shards_.with(
      hash, [&](TrackedShard& calls) { return calls.standing(hash, sip, packet, time_us); });
}

void TrackedCalls::note_media(std::uint64_t hash, std::int64_t time_us) noexcept {
  shards_.with(hash, [&](TrackedShard& calls) { calls.note_media(hash, time_us); });
}

void TrackedCalls::look(std::size_t turn, std::int64_t now_us) noexcept {
  shards_.with_number(turn, [&](TrackedShard& calls) { calls.look(now_us); });
}

void TrackedCalls::finish() noexcept {
  std::int64_t now_us = no_time;
  shards_.for_each([&](TrackedShard& calls) { now_us = std::max(now_us, calls.last_us()); });
  shards_.for_each([&](TrackedShard& calls) { calls.finish(now_us); });
}

std::vector<Kpi> TrackedCalls::kpis() const {
  std::vector<Kpi> sum(carriers().size());
  shards_.for_each([&](const TrackedShard& calls) {
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += calls.kpis()[i];
  });
  return sum;
}

TrackedCounts TrackedCalls::counts() const {
  return shards_.sum([](const TrackedShard& calls) { return calls.counts(); });
}

TableUse TrackedCalls::use() const {
  return shards_.sum([](const TrackedShard& calls) { return calls.use(); });
}

}  // namespace heptap
