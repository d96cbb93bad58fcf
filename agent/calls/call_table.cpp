#include "agent/calls/call_table.hpp"

#include "agent/random_seed.hpp"

namespace heptap {
namespace {

constexpr std::size_t shards_of_shared = 64;

CallLimits limits_of_shard(CallLimits limits, std::size_t shards) {
  limits.max_entries = (limits.max_entries + shards - 1) / shards;
  return limits;
}

}  // namespace

CallTable::CallTable(const CallLimits& limits, const OnCallLeaves& on_leave)
    : hash_(random_seed()),
      is_shared_(limits.shared),
      shard_mask_(limits.shared ? shards_of_shared - 1 : 0) {
  const CallLimits each = limits_of_shard(limits, shard_mask_ + 1);
  while (shards_.size() <= shard_mask_) {
    shards_.push_back(std::make_unique<Shard>(each, on_leave));
  }
}

void CallTable::update(std::uint64_t hash, const SipView& sip, const Packet& packet,
                       std::int64_t time_us, std::uint32_t digest) {
  Shard& shard = shard_of(hash);
  if (!is_shared_) return shard.calls.update(hash, sip, packet, time_us, digest);
  const std::lock_guard locked(shard.mutex);
  shard.calls.update(hash, sip, packet, time_us, digest);
}

void CallTable::note_media(std::uint64_t hash, std::int64_t time_us) noexcept {
  Shard& shard = shard_of(hash);
  const auto locked = lock(shard);
  shard.calls.note_media(hash, time_us);
}

bool CallTable::contains(std::uint64_t hash) const noexcept {
  const Shard& shard = shard_of(hash);
  const auto locked = lock(shard);
  return shard.calls.contains(hash);
}

bool CallTable::look_up(std::uint64_t hash, Call& call, CallDetails& details) const {
  const Shard& shard = shard_of(hash);
  const auto locked = lock(shard);
  return shard.calls.look_up(hash, call, details);
}

void CallTable::finish() {
  for (const auto& shard : shards_) {
    const auto locked = lock(*shard);
    shard->calls.finish();
  }
}

CallCounts CallTable::counts() const {
  CallCounts sum;
  for (const auto& shard : shards_) {
    const auto locked = lock(*shard);
    sum += shard->calls.counts();
  }
  return sum;
}

std::size_t CallTable::size() const {
  std::size_t sum = 0;
  for (const auto& shard : shards_) {
    const auto locked = lock(*shard);
    sum += shard->calls.size();
  }
  return sum;
}

TableUse CallTable::use() const {
  TableUse sum;
  for (const auto& shard : shards_) {
    const auto locked = lock(*shard);
    sum += shard->calls.use();
  }
  return sum;
}

}  // namespace heptap
