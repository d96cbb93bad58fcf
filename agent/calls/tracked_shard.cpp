#include "agent/calls/tracked_shard.hpp"

#include <algorithm>
#include <limits>

namespace heptap {
namespace {

constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
constexpr std::size_t cache_line_bytes = 64;
constexpr std::size_t calls_of_a_look = 64;
constexpr std::size_t calls_of_a_message = 4;

TrackedLimits at_least_one(TrackedLimits limits) {
  limits.max_calls = std::max<std::size_t>(limits.max_calls, 1);
  return limits;
}

// All of it is needed, and it is nowhere near: what is asked for now comes while the message is read.
void prefetch_all(const CallState& state) noexcept {
  const auto* const first = static_cast<const char*>(static_cast<const void*>(&state));
  for (std::size_t at = 0; at < sizeof state; at += cache_line_bytes) {
    __builtin_prefetch(first + at, 1);
  }
}

}  // namespace

TrackedShard::TrackedShard(const TrackedLimits& limits, CallTracker tracker, OnCallOver on_over)
    : limits_(at_least_one(limits)),
      tracker_(std::move(tracker)),
      on_over_(std::move(on_over)),
      index_(limits_.max_calls) {
  calls_.reserve(limits_.max_calls);
  due_us_.reserve(limits_.max_calls);
  free_.reserve(limits_.max_calls);
}

void TrackedShard::update(std::uint64_t hash, const SipView& sip, const Packet& packet,
                          std::int64_t time_us) noexcept {
  sweep(time_us, calls_of_a_message);
  last_us_ = std::max(last_us_, time_us);
  const std::uint32_t slot = slot_of(hash, time_us);
  CallState& state = calls_[slot];
  prefetch_all(state);
  tracker_.update(state, sip, packet, time_us);
  due_us_[slot] = due_us(state);
}

CallBefore TrackedShard::make_way(std::uint64_t hash, const SipView& sip, const Packet& packet,
                                  std::int64_t time_us, CallState* before) noexcept {
  const std::uint32_t slot = index_.find(hash);
  if (slot == SlotIndex::none) return CallBefore::unknown;
  if (!tracker_.begins_another(calls_[slot], sip, packet, time_us)) {
    due_us_[slot] = due_us(calls_[slot]);
    return CallBefore::goes_on;
  }
  ++counts_.over;
  leave(slot, CallEnd::signalled, time_us, before);
  return CallBefore::left;
}

CallStanding TrackedShard::standing(std::uint64_t hash, const SipView& sip, const Packet& packet,
                                    std::int64_t time_us) noexcept {
  const std::uint32_t slot = index_.find(hash);
  if (slot == SlotIndex::none) return {};
  const CallStanding standing = tracker_.standing(calls_[slot], sip, packet, time_us);
  due_us_[slot] = due_us(calls_[slot]);
  return standing;
}

std::uint32_t TrackedShard::slot_of(std::uint64_t hash, std::int64_t now_us) noexcept {
  if (const auto found = index_.find(hash); found != SlotIndex::none) return found;
  const std::uint32_t slot = free_slot(now_us);
  index_.insert(hash, slot);
  ++counts_.opened;
  calls_[slot] = CallState{};
  return slot;
}

std::uint32_t TrackedShard::free_slot(std::int64_t now_us) noexcept {
  if (free_.empty() && calls_.size() == limits_.max_calls) evict_one(now_us);
  if (!free_.empty()) {
    const auto slot = free_.back();
    free_.pop_back();
    return slot;
  }
  calls_.emplace_back();
  due_us_.push_back(never);
  return static_cast<std::uint32_t>(calls_.size() - 1);
}

// When a timer ends, the call is over, or nothing has come of it, nor of its media, for too long.
std::int64_t TrackedShard::due_us(const CallState& state) const noexcept {
  const std::int64_t over = over_us(state);
  if (over != no_time) return std::min(state.due_us, over);
  const std::int64_t last_us = std::max(state.last_us, state.media_us);
  return std::min(state.due_us, last_us + limits_.max_age.count());
}

// A few for each message: the hand is round before a timer is late by much. Where few
// messages come, looks bring it round.
void TrackedShard::sweep(std::int64_t now_us, std::size_t steps) noexcept {
  for (std::size_t step = 0; step < std::min(steps, due_us_.size()); ++step) {
    hand_ = hand_ + 1 < due_us_.size() ? hand_ + 1 : 0;
    if (due_us_[hand_] <= now_us) look_at(static_cast<std::uint32_t>(hand_), now_us);
  }
}

void TrackedShard::look_at(std::uint32_t slot, std::int64_t now_us) noexcept {
  CallState& state = calls_[slot];
  tracker_.expire(state, now_us);
  due_us_[slot] = due_us(state);
  if (due_us_[slot] > now_us) return;
  ++(over_us(state) != no_time ? counts_.over : counts_.expired);
  leave(slot, CallEnd::aged, now_us);
}

// The one of the next sixteen that has least to wait for: those with nothing to say any more, and what
// nobody answers, go before calls that are up.
void TrackedShard::evict_one(std::int64_t now_us) noexcept {
  std::size_t first = hand_;
  for (std::size_t i = 0; i < std::min<std::size_t>(16, due_us_.size()); ++i) {
    hand_ = hand_ + 1 < due_us_.size() ? hand_ + 1 : 0;
    if (due_us_[hand_] < due_us_[first]) first = hand_;
  }
  ++counts_.evicted;
  leave(static_cast<std::uint32_t>(first), CallEnd::evicted, now_us);
}

void TrackedShard::leave(std::uint32_t slot, CallEnd why, std::int64_t now_us,
                         CallState* instead) noexcept {
  tracker_.close(calls_[slot], why, now_us);
  if (instead != nullptr) {
    *instead = calls_[slot];
  } else if (on_over_) {
    on_over_(index_.hash(slot), calls_[slot]);
  }
  index_.erase(slot);
  due_us_[slot] = never;
  free_.push_back(slot);
}

void TrackedShard::note_media(std::uint64_t hash, std::int64_t time_us) noexcept {
  const std::uint32_t slot = index_.find(hash);
  if (slot == SlotIndex::none) return;
  CallState& state = calls_[slot];
  state.media_us = std::max(state.media_us, time_us);
  due_us_[slot] = due_us(state);
}

void TrackedShard::look(std::int64_t now_us) noexcept {
  if (index_.size() == 0) return;
  sweep(now_us, calls_of_a_look);
  last_us_ = std::max(last_us_, now_us);
}

void TrackedShard::finish(std::int64_t now_us) noexcept {
  for (std::uint32_t slot = 0; slot < due_us_.size(); ++slot) {
    if (due_us_[slot] != never) leave(slot, CallEnd::capture_stop, now_us);
  }
}

TableUse TrackedShard::use() const noexcept {
  TableUse use;
  use.entries = index_.size();
  use.max_entries = limits_.max_calls;
  use.memory_bytes = calls_.capacity() * sizeof(CallState) +
                     due_us_.capacity() * sizeof(std::int64_t) +
                     free_.capacity() * sizeof(std::uint32_t) + index_.memory_bytes() +
                     tracker_.kpis().capacity() * sizeof(Kpi);
  return use;
}

}  // namespace heptap
