#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "agent/calls/media_match.hpp"
#include "agent/calls/seen_session.hpp"
#include "proto/packed_time.hpp"
#include "proto/slot_index.hpp"
#include "proto/slot_pool.hpp"

namespace heptap {

/// What both parties of a session have sent, by MediaParty.
using SeenSides = std::array<SeenSide, 2>;

/// What is left of streams that have left a session, or that others have taken the place of.
struct MediaPast {
  SeenSides sides = {};
  PackedTime left_us = 0;  ///< when one left last
};

/// Of many sessions; at least one for each.
using MediaPasts = SlotPool<MediaPast>;

/// What both parties send, as far as one worker sees it: two streams most of the time, which know best
/// what they are. Of those that have been, there is a MediaPast.
struct MediaSession {
  std::uint32_t newest = SlotIndex::none;  ///< of its streams, in the table of streams
  std::uint32_t past = MediaPasts::none;
  NearTime check_us = 0;  ///< when it is looked at next
  PackedTime opened_us = 0;
  PackedTime expected_us = 0;
  OptionalTime answered_us = {};
  OptionalTime ended_us = {};
  std::uint8_t short_reported = 0;  ///< streams, see RtpReports
  MediaType type : 5 = MediaType::other;
  bool is_one_way : 1 = false;
  bool is_empty : 1 = false;
  bool is_judged : 1 = false;

  /// The newest stream of a party, in the table of streams; or none.
  [[nodiscard]] std::uint32_t& stream(MediaParty party) noexcept { return streams_[at(party)]; }
  [[nodiscard]] std::uint32_t stream(MediaParty party) const noexcept {
    return streams_[at(party)];
  }
  [[nodiscard]] std::uint16_t& ssrc_changes(MediaParty party) noexcept {
    return ssrc_changes_[at(party)];
  }

  /// match     of any stream of the session
  void take_match(const MediaMatch& match, std::int64_t time_us) noexcept;
  void take_state(const MediaCallState& state) noexcept;
  /// gives     whether that is the state of the next call of the same Call-ID
  [[nodiscard]] bool is_before(
      const std::optional<std::int64_t>& other_answered_us) const noexcept {
    const std::optional<std::int64_t> answered = answered_us;
    return answered && answered != other_answered_us;
  }

  /// gives     all that is known of it, for a look
  /// sides     what `stream` of both parties are
  /// state_us  when the call was asked for; nothing: it is not known any more
  [[nodiscard]] SeenSession seen(const SeenSides& sides, const MediaPasts& pasts,
                                 std::optional<std::int64_t> state_us) const noexcept;
  /// What the look has found holds.
  void take_look(const SeenSession& seen) noexcept;

 private:
  struct Told {
    bool is_expected : 1 = true;
    bool is_silent : 1 = false;
    bool is_late : 1 = false;
    bool is_after_bye : 1 = false;
  };

  [[nodiscard]] static std::size_t at(MediaParty party) noexcept {
    return static_cast<std::size_t>(party);
  }

  std::array<Told, 2> told_ = {};
  std::array<std::uint16_t, 2> ssrc_changes_ = {};
  std::array<std::uint32_t, 2> streams_ = {SlotIndex::none, SlotIndex::none};
};

static_assert(sizeof(MediaSession) <= 56);

}  // namespace heptap
