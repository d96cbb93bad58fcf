#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "agent/calls/media_call.hpp"
#include "agent/calls/media_edit.hpp"
#include "agent/calls/media_event.hpp"
#include "agent/calls/media_search.hpp"
#include "agent/calls/saved_media.hpp"
#include "proto/sip/sdp.hpp"
#include "proto/slot_index.hpp"
#include "proto/table_use.hpp"

namespace heptap {

/// What a message teaches of the media of its call.
struct MediaLesson {
  MediaEvent event;
  const SdpView* sdp = nullptr;  ///< null: it has none
  std::uint32_t content = 0;     ///< a hash of its text
  std::string_view call_id;
  std::string_view link;  ///< empty: none
};

/// Part of MediaCalls: the calls whose hashes fall to it. Nothing is allocated after the start.
class MediaShard {
 public:
  /// seed      of address keys
  MediaShard(const MediaLimits& limits, std::uint64_t seed);
  MediaShard(const MediaShard&) = delete;
  MediaShard& operator=(const MediaShard&) = delete;

  /// Lets expect() be quick in a little while. Any thread may call it.
  void prefetch(std::uint64_t hash) const noexcept { index_.prefetch(hash); }

  /// Says that learn() of this call comes soon: what it will look at is in the cache then.
  void expect(std::uint64_t hash) const noexcept;

  void learn(std::uint64_t hash, const MediaLesson& lesson, std::int64_t time_us,
             ClaimChanges& changes) noexcept;

  /// As MediaCalls::forget().
  void forget(std::uint64_t hash, ClaimChanges& changes) noexcept;

  /// gives     nothing when the call is not here
  [[nodiscard]] std::optional<MediaParty> sender(std::uint64_t hash,
                                                 const MediaEvent& event) const noexcept;

  [[nodiscard]] MediaWeight weigh(std::uint64_t hash, const MediaProbe& probe) noexcept;

  /// Makes a match of a call that fits, and learns from the packet.
  /// gives     false: it does not fit any more
  bool take(std::uint64_t hash, const MediaProbe& probe, MediaMatch& out, MediaText& text,
            ClaimChanges& changes) noexcept;

  /// gives     nothing when it is not here
  std::optional<MediaCallState> state(std::uint64_t hash, std::int64_t time_us,
                                      MediaText& text) noexcept;

  /// gives     what `link` has learned of the call, in `text`; empty: nothing
  [[nodiscard]] std::string_view link(std::uint64_t hash, MediaText& text) noexcept;

  /// As MediaCalls::for_each().
  template <class Take>
  void for_each(Take& take) {
    SavedMedia saved;
    for (MediaCall& call : slots_) {
      if (!call.is_here) continue;
      save_media({call, pools_}, call, saved);
      take(saved);
    }
  }
  /// As MediaCalls::restore().
  void restore(const SavedMedia& saved, std::int64_t now_us, ClaimChanges& changes) noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return index_.size(); }
  [[nodiscard]] const MediaCounts& counts() const noexcept { return counts_; }
  [[nodiscard]] TableUse use() const noexcept;

 private:
  [[nodiscard]] bool is_long_over(const MediaCall& call, std::int64_t now_us) const noexcept;
  [[nodiscard]] bool is_outdated(const MediaCall& call, std::int64_t now_us) const noexcept;
  [[nodiscard]] MediaKeeping keeping() noexcept { return {pools_, limits_, seed_, counts_}; }
  std::uint32_t open(std::uint64_t hash, const MediaLesson& lesson, std::int64_t time_us,
                     ClaimChanges& changes) noexcept;
  void keep_call_id(MediaCall& call, std::string_view text) noexcept;
  void keep_link(MediaCall& call, std::string_view text) noexcept;
  std::uint32_t free_slot(std::int64_t now_us, ClaimChanges& changes) noexcept;
  [[nodiscard]] bool is_short_of_room() const noexcept;
  void sweep(std::int64_t now_us, ClaimChanges& changes) noexcept;
  void evict_one(ClaimChanges& changes) noexcept;
  void leave(std::uint32_t slot, ClaimChanges& changes) noexcept;
  void learn_from(MediaCall& call, const MediaProbe& probe, const MediaMatch& match,
                  ClaimChanges& changes) noexcept;
  [[nodiscard]] std::size_t slot_after(std::size_t slot) const noexcept {
    return slot + 1 < slots_.size() ? slot + 1 : 0;
  }

  MediaLimits limits_;
  std::uint64_t seed_;
  SlotIndex index_;
  MediaPools pools_;
  std::vector<MediaCall> slots_;
  std::vector<std::uint32_t> free_;
  std::size_t hand_ = 0;  // where the sweep for aged entries goes on
  MediaCounts counts_;
};

}  // namespace heptap
