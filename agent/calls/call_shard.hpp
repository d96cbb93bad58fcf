#pragma once

#include <cstdint>
#include <vector>

#include "agent/calls/call.hpp"
#include "agent/calls/kept_details.hpp"
#include "proto/net/packet.hpp"
#include "proto/sip/message.hpp"
#include "proto/slot_index.hpp"
#include "proto/table_use.hpp"

namespace heptap {

/// Part of a CallTable: the calls whose hashes fall to it. No allocation per message when details are
/// not kept.
class CallShard {
 public:
  CallShard(CallLimits limits, OnCallLeaves on_leave);

  /// Any thread may call it.
  void prefetch(std::uint64_t hash) const noexcept { index_.prefetch(hash); }

  /// As CallTable::update().
  void update(std::uint64_t hash, const SipView& sip, const Packet& packet, std::int64_t time_us,
              std::uint32_t digest);

  /// As CallTable::is_long_over().
  [[nodiscard]] bool is_long_over(std::uint64_t hash, std::int64_t now_us) const noexcept;
  /// As CallTable::end().
  void end(std::uint64_t hash);

  /// As CallTable::note_media().
  void note_media(std::uint64_t hash, std::int64_t time_us) noexcept;

  /// As CallTable::contains().
  [[nodiscard]] bool contains(std::uint64_t hash) const noexcept {
    return index_.find(hash) != SlotIndex::none;
  }

  /// As CallTable::look_up().
  [[nodiscard]] bool look_up(std::uint64_t hash, Call& call, CallDetails& details) const;

  /// As CallTable::for_each().
  template <class Take>
  void for_each(Take& take) const {
    CallDetails details;
    for (std::uint32_t slot = 0; slot < slots_.size(); ++slot) {
      if (slots_[slot].message_count == 0) continue;
      if (limits_.keep_details) details_[slot].give(details);
      take(index_.hash_of(slot), slots_[slot], details);
    }
  }
  /// As CallTable::restore().
  void restore(std::uint64_t hash, const Call& call, const CallDetails& details,
               std::int64_t now_us);

  /// Hands every call that is left to on_leave, in order of start.
  void finish();

  [[nodiscard]] const CallCounts& counts() const noexcept { return counts_; }
  [[nodiscard]] std::size_t size() const noexcept { return index_.size(); }
  /// gives     without the texts of details
  [[nodiscard]] TableUse use() const noexcept;

 private:
  Call& entry_of(std::uint64_t hash, const SipView& sip, const Packet& packet,
                 std::int64_t time_us);
  std::uint32_t free_slot(std::int64_t now_us);
  void sweep(std::int64_t now_us);
  void evict_one();
  void leave(std::uint32_t slot);
  void note_digest(Call& call, std::uint32_t digest) noexcept;
  void note_details(std::uint32_t slot, const SipView& sip, const Packet& packet);

  CallLimits limits_;
  OnCallLeaves on_leave_;
  SlotIndex index_;
  std::vector<Call> slots_;           // message_count 0: free
  std::vector<KeptDetails> details_;  // beside slots_, when kept
  CallDetails last_;                  // that were put together
  std::vector<std::uint32_t> free_;
  std::size_t hand_ = 0;  // where the sweep for aged entries goes on
  CallCounts counts_;
};

}  // namespace heptap
