#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <vector>

#include "agent/calls/call_tracker.hpp"
#include "proto/slot_index.hpp"
#include "proto/table_use.hpp"

namespace heptap {

struct TrackedLimits {
  std::size_t max_calls = 65'536;
  std::chrono::microseconds max_age = std::chrono::hours{1};  ///< since the last message, or media
  bool shared = false;  ///< several threads use the table, or look at it
};

struct TrackedCounts {
  std::uint64_t opened = 0;
  std::uint64_t over = 0;     ///< left because all was said, 64*T1 ago or before the next of its ID
  std::uint64_t expired = 0;  ///< left because nothing came for max_age
  std::uint64_t evicted = 0;  ///< left to make room

  TrackedCounts& operator+=(const TrackedCounts& other) noexcept {
    opened += other.opened;
    over += other.over;
    expired += other.expired;
    evicted += other.evicted;
    return *this;
  }
};

/// What became of the call that had the Call-ID of an INVITE.
enum class CallBefore : std::uint8_t {
  unknown,  ///< there is none, or not any more
  goes_on,  ///< the INVITE is of this call
  left,     ///< it was over, and the INVITE begins another one
};

/// Told once of each call that leaves, closed: by its end, age or eviction, or by finish().
/// call_hash  of its Call-ID, as CallTable::expect() gives it
using OnCallOver = std::function<void(std::uint64_t call_hash, const CallState&)>;

/// Part of TrackedCalls: the calls whose hashes fall to it. No allocation per message.
class TrackedShard {
 public:
  /// tracker   of this shard alone
  TrackedShard(const TrackedLimits& limits, CallTracker tracker, OnCallOver on_over);

  /// Any thread may call it.
  void prefetch(std::uint64_t hash) const noexcept { index_.prefetch(hash); }

  /// As TrackedCalls::update().
  void update(std::uint64_t hash, const SipView& sip, const Packet& packet,
              std::int64_t time_us) noexcept;

  /// As TrackedCalls::make_way().
  CallBefore make_way(std::uint64_t hash, const SipView& sip, const Packet& packet,
                      std::int64_t time_us, CallState* before) noexcept;

  /// As TrackedCalls::standing().
  [[nodiscard]] CallStanding standing(std::uint64_t hash, const SipView& sip, const Packet& packet,
                                      std::int64_t time_us) noexcept;

  /// As TrackedCalls::note_media().
  void note_media(std::uint64_t hash, std::int64_t time_us) noexcept;

  /// As TrackedCalls::look(), at this shard.
  void look(std::int64_t now_us) noexcept;

  /// Closes every call that is left, in order of its slot, and empties the table.
  void finish(std::int64_t now_us) noexcept;

  [[nodiscard]] const std::vector<Kpi>& kpis() const noexcept { return tracker_.kpis(); }
  [[nodiscard]] const TrackedCounts& counts() const noexcept { return counts_; }
  /// gives     the highest packet time so far; no_time: none
  [[nodiscard]] std::int64_t last_us() const noexcept { return last_us_; }
  [[nodiscard]] TableUse use() const noexcept;

 private:
  [[nodiscard]] std::uint32_t slot_of(std::uint64_t hash, std::int64_t now_us) noexcept;
  [[nodiscard]] std::uint32_t free_slot(std::int64_t now_us) noexcept;
  [[nodiscard]] std::int64_t due_us(const CallState& state) const noexcept;
  void sweep(std::int64_t now_us, std::size_t steps) noexcept;
  void look_at(std::uint32_t slot, std::int64_t now_us) noexcept;
  void evict_one(std::int64_t now_us) noexcept;
  void leave(std::uint32_t slot, CallEnd why, std::int64_t now_us,
             CallState* instead = nullptr) noexcept;

  TrackedLimits limits_;
  CallTracker tracker_;
  OnCallOver on_over_;
  SlotIndex index_;
  std::vector<CallState> calls_;
  // Beside calls_: what the sweep looks at, as a call is a kilobyte, and nearly always not due.
  std::vector<std::int64_t> due_us_;  // never: a free slot
  std::vector<std::uint32_t> free_;
  std::size_t hand_ = 0;  // where the sweep goes on
  std::int64_t last_us_ = no_time;
  TrackedCounts counts_;
};

}  // namespace heptap
