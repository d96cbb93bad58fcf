#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "agent/calls/seen_session.hpp"
#include "agent/calls/shards.hpp"
#include "proto/flow_table.hpp"
#include "proto/table_use.hpp"

namespace heptap {

/// Part of SeenSessions: those whose calls' hashes fall to it. Nothing is allocated after the start.
class SeenSessionShard {
 public:
  /// A session as it was left.
  struct Taken {
    MediaSessionKey key;
    SeenSession seen;
    std::int64_t last_us = 0;  ///< when it was looked at last
  };

  SeenSessionShard(std::size_t max_sessions, std::uint64_t seed) : table_(max_sessions, seed) {}

  void judge(const MediaSessionKey& key, SeenSession& seen, std::int64_t now_us,
             std::int64_t settle_us, MediaFindings& out) noexcept;
  void forget(std::uint64_t call_hash) noexcept;
  [[nodiscard]] std::optional<Taken> take() noexcept;
  [[nodiscard]] TableUse use() const noexcept { return table_.use(); }

 private:
  static constexpr std::uint32_t none = SlotIndex::none;

  struct Entry {
    SeenSession seen = {};
    PackedTime last_us = 0;  // of the worker that is furthest
  };

  [[nodiscard]] std::uint32_t slot_of(const MediaSessionKey& key, std::int64_t now_us) noexcept;
  void sweep(std::int64_t now_us) noexcept;
  [[nodiscard]] static bool is_over(const Entry& entry, std::int64_t now_us) noexcept;
  void remove(std::uint32_t slot) noexcept;

  FlowTable<MediaSessionKey, Entry> table_;
  SlotList looked_at_;  // longest ago first
};

/// What all workers have seen of sessions, whose directions may reach different ones: other addresses
/// and ports, or another interface, are another worker. Each worker brings what it has seen when it looks
/// at a session, and what comes to pass is found once, by one of them. In shards with a lock each; capped,
/// and aged by packet time: the one that nobody has looked at for longest makes room.
class SeenSessions {
 public:
  /// How long after a packet all workers have brought it: they look at a session every five seconds, and
  /// a worker that has nothing to do has a clock that is a second behind.
  static constexpr std::int64_t settle_us = 7'000'000;

  /// seed      a secret
  SeenSessions(std::size_t max_sessions, std::uint64_t seed);

  /// What one worker has seen joins what others have, and all of it is judged.
  /// seen      of this worker alone; whether it is one-way is that of all
  void judge(const MediaSessionKey& key, SeenSession& seen, std::int64_t now_us,
             MediaFindings& out) noexcept;

  /// What comes from now on is of another call of the same Call-ID, in all its media.
  void forget(std::uint64_t call_hash) noexcept;

  /// A worker begins. All have before the first one ends.
  void enter() noexcept { workers_.fetch_add(1, std::memory_order_relaxed); }
  /// A worker has brought all it will.
  /// gives     whether it was the last one, who finds what is left: take()
  [[nodiscard]] bool leave() noexcept {
    return workers_.fetch_sub(1, std::memory_order_acq_rel) == 1;
  }
  /// gives     one that is not there any more; nothing: there is none
  [[nodiscard]] std::optional<SeenSessionShard::Taken> take() noexcept;

  [[nodiscard]] TableUse use() const;

 private:
  Shards<SeenSessionShard> shards_;
  std::atomic<unsigned> workers_{0};
};

}  // namespace heptap
