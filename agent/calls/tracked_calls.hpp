#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/calls/shards.hpp"
#include "agent/calls/tracked_shard.hpp"

namespace heptap {

/// What calls are followed by, and for whom.
struct KpiOptions {
  TrackedLimits limits = {};
  CallTrackerOptions rules = {};
  CarrierMap carriers = {};
};

/// Calls whose transactions and dialogs are followed, by Call-ID, and the KPIs that they add up to.
/// Capped, aged by packet time, sized at the start; 0.9 KiB a call, and 7 KiB for the KPIs of each
/// carrier in each shard. A table that threads share is in shards, each with a lock of its own that is
/// held for one update; one that a single thread uses, and looks at, has no lock.
class TrackedCalls {
 public:
  /// on_over   of a shared table: called by any of its threads, by several at a time, with a lock held:
  ///           it must not ask the table
  explicit TrackedCalls(const KpiOptions& options, const OnCallOver& on_over = {});
  TrackedCalls(const TrackedCalls&) = delete;  // its trackers refer to it
  TrackedCalls& operator=(const TrackedCalls&) = delete;

  /// Says that update() for this hash comes soon.
  void expect(std::uint64_t hash) const noexcept { shards_.peek(hash).prefetch(hash); }

  /// Takes one message into account.
  /// hash      of its Call-ID, as CallTable::expect() gives it; messages without one stay out
  void update(std::uint64_t hash, const SipView& sip, const Packet& packet,
              std::int64_t time_us) noexcept;

  /// A call that has ended leaves when this message, which update() has not seen yet, begins another
  /// one under its Call-ID. Only INVITEs without To tag do: nothing else need be asked about.
  /// before    takes the state of a call that leaves; null: on_over is told of it, as of all others
  CallBefore make_way(std::uint64_t hash, const SipView& sip, const Packet& packet,
                      std::int64_t time_us, CallState* before = nullptr) noexcept;

  /// Of a message that update() has not seen yet, at the same time; runs the timers of its call.
  [[nodiscard]] CallStanding standing(std::uint64_t hash, const SipView& sip, const Packet& packet,
                                      std::int64_t time_us) noexcept;

  /// Its media were still there at this time. Calls that are not in the table stay out.
  void note_media(std::uint64_t hash, std::int64_t time_us) noexcept;

  /// Runs timers, and lets go calls that are over, where no message does: a few calls of one shard.
  /// turn      which shard; one more each time goes round all
  void look(std::size_t turn, std::int64_t now_us) noexcept;

  /// gives     what hashes of what messages say depend on
  [[nodiscard]] std::uint64_t seed() const noexcept { return seed_; }
  /// Calls that are to be restored were read with this one. The table is empty.
  void set_seed(std::uint64_t seed) noexcept;
  /// take      is given hash and CallState of each
  template <class Take>
  void for_each(Take take) const {
    shards_.for_each([&](const TrackedShard& calls) { calls.for_each(take); });
  }
  /// Goes on with a call of an earlier run, unless it is too old, or here already. What it had come to is
  /// in the KPIs of that run.
  /// state     its times are no_time, or 0 to 2^54, that of its last message the latter; its carrier is one
  ///           of carriers()
  /// now_us    packet time
  void restore(std::uint64_t hash, const CallState& state, std::int64_t now_us) noexcept;

  /// Nothing more comes: closes all calls, as of the last packet, and empties the table.
  void finish() noexcept;

  /// gives     by carrier, in the order of carriers()
  [[nodiscard]] std::vector<Kpi> kpis() const;
  [[nodiscard]] const std::vector<std::string>& carriers() const noexcept {
    return carriers_.names();
  }
  [[nodiscard]] TrackedCounts counts() const;
  [[nodiscard]] TableUse use() const;

 private:
  std::uint64_t seed_;
  CarrierMap carriers_;
  ChainGuesses guesses_;
  Shards<TrackedShard> shards_;
};

}  // namespace heptap
