#include "agent/calls/call_table.hpp"

#include "agent/random_seed.hpp"

namespace heptap {
namespace {

constexpr std::size_t shards_of_shared = 64;

CallShard make_shard(CallLimits limits, std::size_t shards, const OnCallLeaves& on_leave) {
  limits.max_entries = (limits.max_entries + shards - 1) / shards;
  return {limits, on_leave};
}

}  // namespace

CallTable::CallTable(const CallLimits& limits, const OnCallLeaves& on_leave)
    : seed_(random_seed()),
      hash_(seed_),
      shards_(limits.shared, shards_of_shared,
              [&](std::size_t shards) { return make_shard(limits, shards, on_leave); }) {}

void CallTable::update(std::uint64_t hash, const SipView& sip, const Packet& packet,
                       std::int64_t time_us, std::uint32_t digest) {
  shards_.with(hash, [&](CallShard& calls) { calls.update(hash, sip, packet, time_us, digest); });
}

bool CallTable::is_long_over(std::uint64_t hash, std::int64_t now_us) const noexcept {
  return shards_.with(hash,
                      [&](const CallShard& calls) { return calls.is_long_over(hash, now_us); });
}

void CallTable::end(std::uint64_t hash) {
  shards_.with(hash, [&](CallShard& calls) { calls.end(hash); });
}

void CallTable::note_media(std::uint64_t hash, std::int64_t time_us) noexcept {
  shards_.with(hash, [&](CallShard& calls) { calls.note_media(hash, time_us); });
}

bool CallTable::contains(std::uint64_t hash) const noexcept {
  return shards_.with(hash, [&](const CallShard& calls) { return calls.contains(hash); });
}

bool CallTable::look_up(std::uint64_t hash, Call& call, CallDetails& details) const {
  return shards_.with(hash,
                      [&](const CallShard& calls) { return calls.look_up(hash, call, details); });
}

void CallTable::set_seed(std::uint64_t seed) noexcept {
  seed_ = seed;
  hash_ = TextHash(seed);
}

void CallTable::restore(std::uint64_t hash, const Call& call, const CallDetails& details,
                        std::int64_t now_us) {
  shards_.with(hash, [&](CallShard& calls) { calls.restore(hash, call, details, now_us); });
}

void CallTable::finish() {
  shards_.for_each([](CallShard& calls) { calls.finish(); });
}

CallCounts CallTable::counts() const {
  return shards_.sum([](const CallShard& calls) { return calls.counts(); });
}

std::size_t CallTable::size() const {
  return shards_.sum([](const CallShard& calls) { return calls.size(); });
}

TableUse CallTable::use() const {
  return shards_.sum([](const CallShard& calls) { return calls.use(); });
}

}  // namespace heptap
