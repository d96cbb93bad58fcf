#pragma once

#include "agent/calls/call_table.hpp"
#include "agent/calls/media_observer.hpp"
#include "agent/calls/tracked_calls.hpp"

namespace heptap {

/// Whoever keeps calls, and is to know that their media flow: a call without messages may well go on,
/// whatever its session timer and its age say. All outlive it; null: not there.
struct MediaSigns {
  CallTable* calls = nullptr;
  TrackedCalls* tracked = nullptr;
  MediaObserver* observer = nullptr;

  void note(std::uint64_t call_hash, std::int64_t time_us) const noexcept {
    if (calls != nullptr) calls->note_media(call_hash, time_us);
    if (tracked != nullptr) tracked->note_media(call_hash, time_us);
    if (observer != nullptr) observer->on_media(call_hash, time_us);
  }
};

}  // namespace heptap
