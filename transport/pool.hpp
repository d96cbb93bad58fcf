#pragma once

#include <cstdint>
#include <vector>

namespace heptap {

/// Which members of a pool get a frame.
enum class PoolPolicy : std::uint8_t {
  mirror,       ///< all of them, healthy or not
  failover,     ///< the first that is healthy
  hash,         ///< of the healthy ones in the first tier that has any, one by the call
  round_robin,  ///< the same; frames of no call go to each in turn
};

/// A collector in a pool.
struct PoolMember {
  unsigned bit = 0;             ///< in FrameSlot::collectors
  std::uint64_t name_hash = 0;  ///< of its name, or its address: the same at every agent
  unsigned tier = 0;            ///< used only while none of a lower one is healthy
  double weight = 1.0;          ///< its share beside those of its tier; above 0
};

/// What a member is chosen by.
struct PoolKey {
  std::uint64_t call = 0;  ///< a hash of the Call-ID, the same at every agent; 0: of no call
  std::uint64_t turn = 0;  ///< another for each frame of no call
};

/// Collectors that share frames, or stand in for one another. Const, and without a memory: what decides is
/// the frame's call and who is healthy, so that all threads and all agents choose the same member.
class Pool {
 public:
  /// members   in the order of their priority; at least one
  Pool(PoolPolicy policy, std::vector<PoolMember> members);

  /// Where nobody is healthy, the choice is among all: their queues, or spools, keep it.
  /// healthy   bits of FrameSlot::collectors, of others too
  /// gives     bits of FrameSlot::collectors; at least one
  [[nodiscard]] std::uint64_t choose(PoolKey key, std::uint64_t healthy) const noexcept;

  /// gives     bits of all members
  [[nodiscard]] std::uint64_t members() const noexcept { return all_; }

 private:
  [[nodiscard]] std::uint64_t first_of(std::uint64_t candidates) const noexcept;
  [[nodiscard]] std::uint64_t in_first_tier(std::uint64_t candidates) const noexcept;
  [[nodiscard]] std::uint64_t by_call(std::uint64_t call, std::uint64_t candidates) const noexcept;
  [[nodiscard]] std::uint64_t by_turn(std::uint64_t turn, std::uint64_t candidates) const noexcept;

  PoolPolicy policy_;
  std::vector<PoolMember> members_;
  std::uint64_t all_ = 0;
  std::vector<std::uint64_t> tiers_;  ///< bits of the members of each, the first to be used first
  bool is_weighted_ = false;
};

}  // namespace heptap
