#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "agent/calls/media_match.hpp"
#include "agent/calls/media_observer.hpp"
#include "proto/flow_table.hpp"
#include "proto/packed_time.hpp"
#include "proto/rtp/media_events.hpp"

namespace heptap {

/// One m= line of a call.
struct MediaSessionKey {
  std::uint64_t call_hash = 0;
  std::uint8_t media = 0;

  friend bool operator==(const MediaSessionKey&, const MediaSessionKey&) = default;
  [[nodiscard]] std::uint64_t hash(std::uint64_t seed) const noexcept {
    return hash_parts::fold(call_hash ^ seed, hash_parts::key_b ^ seed ^ media);
  }
};

/// Something that has come to pass in a session.
struct MediaFinding {
  MediaEventKind kind = MediaEventKind::media_timeout;
  MediaParty party = MediaParty::caller;
  std::int64_t detail = 0;  ///< where has_detail()
};

/// What one look at a session finds.
class MediaFindings {
 public:
  void add(const MediaFinding& finding) noexcept { all_[count_++] = finding; }

  [[nodiscard]] const MediaFinding* begin() const noexcept { return all_.data(); }
  [[nodiscard]] const MediaFinding* end() const noexcept { return all_.data() + count_; }

 private:
  std::array<MediaFinding, 7> all_;  // three of each party, and one of both
  std::size_t count_ = 0;
};

/// What one party sends in a session.
struct SeenSide {
  std::uint32_t packets = 0;  ///< of the greatest stream
  PackedTime first_us;        ///< of any stream; meaningless without packets
  PackedTime last_us;
  bool is_expected : 1 = true;
  bool has_comfort_noise : 1 = false;
  bool is_silent : 1 = false;  ///< media_timeout was told, and nothing came since
  bool is_late : 1 = false;    ///< told
  bool is_after_bye : 1 = false;

  [[nodiscard]] MediaDirection media() const noexcept;
  /// Another stream of it, or the same one further on.
  void add(const SeenSide& other) noexcept;
};

/// What was seen of a session of media, and what was told of it.
struct SeenSession {
  /// Longer than any worker keeps a session that it does not look at.
  static constexpr std::int64_t forget_after_us = 90'000'000;

  std::array<SeenSide, 2> sides = {};  ///< by MediaParty
  std::optional<PackedTime> answered_us = {};
  std::optional<PackedTime> ended_us = {};
  PackedTime opened_us = 0;    ///< when SDP last let more media flow than before; 0: never
  PackedTime state_us = 0;     ///< when the call was asked for these three; 0: it is not known
  PackedTime expected_us = 0;  ///< when SDP was asked which directions are expected
  PackedTime since_us = 0;     ///< when the first of it was brought
  MediaType type = MediaType::other;
  bool is_one_way : 1 = false;  ///< told, and nothing else since
  bool is_empty : 1 = false;    ///< the same for no_audio
  bool is_judged : 1 = false;   ///< the call has ended, and what was told of both holds
  bool has_state : 1 =
      true;  ///< else what is said of the call was known before, and is not asked for

  [[nodiscard]] SeenSide& side(MediaParty party) noexcept {
    return sides[static_cast<std::size_t>(party)];
  }
  [[nodiscard]] const SeenSide& side(MediaParty party) const noexcept {
    return sides[static_cast<std::size_t>(party)];
  }

  void take_state(const MediaCallState& state, std::int64_t time_us) noexcept;
  /// gives     whether that is the state of the next call of the same Call-ID
  [[nodiscard]] bool is_before(
      const std::optional<std::int64_t>& other_answered_us) const noexcept {
    return answered_us && answered_us != other_answered_us;
  }
  /// Somebody else has seen this of the same session; what was told of it is not taken over. All begins
  /// anew when it is of the next call, and nothing of the call before is taken.
  void add(const SeenSession& other) noexcept;

  /// Finds what has come to pass, once each.
  /// settle_us   only what was to be seen so long before now is judged by what is missing, and nothing
  ///             is before everybody had as long to bring what he has seen
  void judge(std::int64_t now_us, std::int64_t settle_us, MediaFindings& out) noexcept;
};

static_assert(sizeof(SeenSession) <= 88);

/// gives     whether all that was to be seen until a time is known; without settle_us always
[[nodiscard]] constexpr bool is_settled(std::int64_t time_us, std::int64_t now_us,
                                        std::int64_t settle_us) noexcept {
  return settle_us == 0 || now_us - time_us >= settle_us;
}

}  // namespace heptap
