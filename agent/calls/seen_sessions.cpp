#include "agent/calls/seen_sessions.hpp"

#include <algorithm>

#include "proto/sip/sdp.hpp"

namespace heptap {
namespace {

constexpr std::size_t shards_of_shared = 64;

constexpr std::int64_t forget_after_us = SeenSession::forget_after_us;

// That of the worker that is furthest, unless somebody has set the clock back: what has come to pass for
// one shall not be undone by the next.
std::int64_t later(std::int64_t last_us, std::int64_t now_us) noexcept {
  return last_us - now_us > forget_after_us ? now_us : std::max(last_us, now_us);
}

// Shards do not fill evenly.
std::size_t size_of_shard(std::size_t max_sessions, std::size_t shards) {
  const std::size_t even = (max_sessions + shards - 1) / shards;
  return even + even / 4 + 4;
}

}  // namespace

void SeenSessionShard::judge(const MediaSessionKey& key, SeenSession& seen, std::int64_t now_us,
                             std::int64_t settle_us, MediaFindings& out) noexcept {
  Entry& entry = table_[slot_of(key, now_us)];
  entry.last_us = later(entry.last_us, now_us);
  entry.seen.add(seen);
  entry.seen.judge(entry.last_us, settle_us, out);
  seen.is_one_way = entry.seen.is_one_way;
  seen.is_judged = entry.seen.is_judged;
}

/// gives     at the end of the list
std::uint32_t SeenSessionShard::slot_of(const MediaSessionKey& key, std::int64_t now_us) noexcept {
  std::uint32_t slot = table_.find(key);
  if (slot != none && now_us - table_[slot].last_us > forget_after_us) {
    remove(slot);
    slot = none;
  }
  if (slot == none) {
    sweep(now_us);
    if (table_.is_full()) remove(looked_at_.first);
    slot = table_.add(key);
    table_[slot] = Entry{.seen = {.since_us = now_us}, .last_us = now_us};
  } else {
    table_.unlink(looked_at_, slot);
  }
  table_.append(looked_at_, slot);
  return slot;
}

// Two for each one that comes.
void SeenSessionShard::sweep(std::int64_t now_us) noexcept {
  for (int i = 0; i < 2 && looked_at_.first != none; ++i) {
    if (!is_over(table_[looked_at_.first], now_us)) return;
    remove(looked_at_.first);
  }
}

// Nobody has one any more that was judged and that nobody looks at. One of a time that has not come is of
// before somebody set the clock.
bool SeenSessionShard::is_over(const Entry& entry, std::int64_t now_us) noexcept {
  const std::int64_t idle_us = now_us - entry.last_us;
  if (idle_us < -forget_after_us) return true;
  return idle_us > (entry.seen.is_judged ? SeenSessions::settle_us : forget_after_us);
}

void SeenSessionShard::remove(std::uint32_t slot) noexcept {
  table_.unlink(looked_at_, slot);
  table_.remove(slot);
}

void SeenSessionShard::forget(std::uint64_t call_hash) noexcept {
  for (std::uint8_t media = 0; media < SdpView::max_media; ++media) {
    const std::uint32_t slot = table_.find({call_hash, media});
    if (slot != none) remove(slot);
  }
}

std::optional<SeenSessionShard::Taken> SeenSessionShard::take() noexcept {
  const std::uint32_t slot = looked_at_.first;
  if (slot == none) return std::nullopt;
  const Entry& entry = table_[slot];
  const Taken taken{.key = table_.key(slot), .seen = entry.seen, .last_us = entry.last_us};
  remove(slot);
  return taken;
}

SeenSessions::SeenSessions(std::size_t max_sessions, std::uint64_t seed)
    : shards_(true, shards_of_shared, [&](std::size_t shards) {
        return SeenSessionShard(size_of_shard(max_sessions, shards), seed);
      }) {}

void SeenSessions::judge(const MediaSessionKey& key, SeenSession& seen, std::int64_t now_us,
                         MediaFindings& out) noexcept {
  shards_.with(key.call_hash,
               [&](SeenSessionShard& shard) { shard.judge(key, seen, now_us, settle_us, out); });
}

void SeenSessions::forget(std::uint64_t call_hash) noexcept {
  shards_.with(call_hash, [&](SeenSessionShard& shard) { shard.forget(call_hash); });
}

std::optional<SeenSessionShard::Taken> SeenSessions::take() noexcept {
  std::optional<SeenSessionShard::Taken> taken;
  for (std::size_t i = 0; i < shards_.count() && !taken; ++i) {
    shards_.with_number(i, [&](SeenSessionShard& shard) { taken = shard.take(); });
  }
  return taken;
}

TableUse SeenSessions::use() const {
  return shards_.sum([](const SeenSessionShard& shard) { return shard.use(); });
}

}  // namespace heptap
