#pragma once

#include <cstdint>
#include <string_view>

#include "agent/calls/call_shard.hpp"
#include "agent/calls/shards.hpp"
#include "proto/hash.hpp"
#include "proto/table_use.hpp"

namespace heptap {

/// What a table has seen, and how full it is.
struct CallFigures {
  CallCounts counts;
  TableUse use;
};

/// Calls by Call-ID: entries capped, aged by packet time. A table that threads share is in shards, each
/// with a lock of its own that is held for one update; one that a single thread uses has no lock.
///
/// Two Call-IDs are the same when their keyed 64 bit hashes are: to compare the texts, too, would be
/// one more cache miss in every message, for one pair in 2^64.
class CallTable {
 public:
  /// on_leave   of a shared table: called by any of the threads, by several at a time
  explicit CallTable(const CallLimits& limits, const OnCallLeaves& on_leave = {});

  /// gives     the hash of a Call-ID, as expect() does of a message's own
  [[nodiscard]] std::uint64_t hash(std::string_view call_id) const noexcept {
    return hash_(call_id);
  }

  /// Says that update() for this message comes soon. Its first access to the table is a cache miss
  /// in nearly every message; asked for now, the line is there when other work is done.
  /// gives     the hash of its Call-ID, for update()
  [[nodiscard]] std::uint64_t expect(const SipView& sip) const noexcept {
    const std::uint64_t key = hash(sip.call_id());
    shards_.peek(key).prefetch(key);
    return key;
  }

  /// Takes one message into account. Messages without Call-ID are only counted.
  /// hash      what expect() gave for this message
  /// digest    a hash of all its bytes
  void update(std::uint64_t hash, const SipView& sip, const Packet& packet, std::int64_t time_us,
              std::uint32_t digest);

  /// Whether a call is here that has ended, for longer than any copy of its messages can be on the way.
  [[nodiscard]] bool is_long_over(std::uint64_t hash, std::int64_t now_us) const noexcept;
  /// The call is over, and the next message of its Call-ID is another one's: it leaves.
  void end(std::uint64_t hash);

  /// Its media were still there at this time, which keeps a call that is up. Calls that are not in the
  /// table stay out.
  void note_media(std::uint64_t hash, std::int64_t time_us) noexcept;

  [[nodiscard]] bool contains(std::uint64_t hash) const noexcept;

  /// Copies what is known of a call so far.
  /// gives     false: it is not here, and nothing was written
  [[nodiscard]] bool look_up(std::uint64_t hash, Call& call, CallDetails& details) const;

  /// gives     what hashes of Call-IDs depend on
  [[nodiscard]] std::uint64_t seed() const noexcept { return seed_; }
  /// Calls that are to be restored were hashed with this one. The table is empty, and nobody has its
  /// hashes.
  void set_seed(std::uint64_t seed) noexcept;
  /// take      is given hash, Call and CallDetails of each; details are empty where none are kept
  template <class Take>
  void for_each(Take take) const {
    shards_.for_each([&](const CallShard& calls) { calls.for_each(take); });
  }
  /// Takes a call of an earlier run, unless it is too old, or here already.
  /// call      with at least one message; its times are 0 to 2^54
  /// now_us    packet time
  void restore(std::uint64_t hash, const Call& call, const CallDetails& details,
               std::int64_t now_us);

  /// Hands every call that is left to on_leave, by order of start within each shard, and empties the
  /// table.
  void finish();

  [[nodiscard]] CallCounts counts() const;
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] TableUse use() const;
  [[nodiscard]] CallFigures figures() const { return {counts(), use()}; }

 private:
  std::uint64_t seed_;
  TextHash hash_;
  Shards<CallShard> shards_;
};

}  // namespace heptap
