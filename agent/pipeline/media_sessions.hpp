#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "agent/calls/media_match.hpp"
#include "agent/pipeline/media_news.hpp"
#include "proto/flow_table.hpp"
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

/// What one party sends in a session.
struct SessionSide {
  MediaDirection seen;                     ///< of any stream; `packets` is that of the greatest one
  std::uint32_t stream = SlotIndex::none;  ///< the newest, in the table of streams
  std::uint16_t ssrc_changes = 0;
  bool is_silent = false;  ///< media_timeout was told, and nothing came since
  bool is_late = false;    ///< told
  bool is_after_bye = false;
};

/// What both parties send, as far as one worker sees it.
struct MediaSession {
  std::array<SessionSide, 2> sides;  ///< by MediaParty
  std::optional<std::int64_t> answered_us;
  std::optional<std::int64_t> ended_us;
  std::int64_t last_us = 0;   ///< when a stream joined or left
  std::int64_t check_us = 0;  ///< when it is looked at next
  std::uint32_t streams = 0;  ///< that are in the table
  MediaType type = MediaType::other;
  bool is_one_way = false;  ///< told, and nothing else since
  bool is_empty = false;    ///< the same for no_audio
  bool is_judged = false;   ///< the call has ended, and what was told of both holds

  [[nodiscard]] SessionSide& side(MediaParty party) noexcept {
    return sides[static_cast<std::size_t>(party)];
  }
  [[nodiscard]] const SessionSide& side(MediaParty party) const noexcept {
    return sides[static_cast<std::size_t>(party)];
  }
};

/// The sessions that streams belong to, and what is an event only where both directions, answer and
/// end of a call are known. It sees what its worker sees: a direction whose packets go to another worker,
/// as those between other addresses and ports may, looks as if there were none; and a call of which no
/// packet came has no session.
class MediaSessions {
 public:
  static constexpr std::uint32_t none = SlotIndex::none;
  /// How often a session is looked at, in packet time.
  static constexpr std::int64_t look_every_us = 5'000'000;

  MediaSessions(std::size_t max_sessions, std::uint64_t seed, MediaNews& news)
      : table_(max_sessions, seed), news_(news) {}

  [[nodiscard]] bool is_of(std::uint32_t slot, const MediaMatch& match) const noexcept {
    return table_.key(slot) == MediaSessionKey{match.call_hash, match.media};
  }

  /// gives     the session, or none
  [[nodiscard]] std::uint32_t find(const MediaSessionKey& key) const noexcept {
    return table_.find(key);
  }

  /// A stream is of this session now.
  /// gives     the session, or none: all there may be have streams
  [[nodiscard]] std::uint32_t join(const MediaMatch& match, std::int64_t now_us) noexcept;
  void leave(std::uint32_t slot, std::int64_t now_us) noexcept;

  /// gives     a session that is to be looked at; it counts as looked at. Or none
  [[nodiscard]] std::uint32_t next_due(std::int64_t now_us) noexcept;

  /// Tells what has come to pass, once each. The sides are as of now.
  /// state     nothing: the call is not known any more
  void judge(std::uint32_t slot, const std::optional<MediaCallState>& state,
             std::int64_t now_us) noexcept;

  /// gives     whether it may be forgotten: it has no streams, and nothing can become of it
  [[nodiscard]] bool is_done(std::uint32_t slot, std::int64_t now_us) const noexcept;
  /// What comes from now on is of the next call of the same Call-ID.
  void begin_again(std::uint32_t slot) noexcept;
  void remove(std::uint32_t slot) noexcept;

  [[nodiscard]] MediaSession& operator[](std::uint32_t slot) noexcept { return table_[slot]; }
  [[nodiscard]] const MediaSession& operator[](std::uint32_t slot) const noexcept {
    return table_[slot];
  }
  [[nodiscard]] MediaOwner owner(std::uint32_t slot, MediaParty sender) const noexcept;

  [[nodiscard]] TableUse use() const noexcept { return table_.use(); }
  /// gives     how often a stream had to do without
  [[nodiscard]] std::uint64_t refused() const noexcept { return refused_; }

 private:
  [[nodiscard]] std::uint32_t open(const MediaSessionKey& key, std::int64_t now_us) noexcept;
  [[nodiscard]] bool make_room() noexcept;
  void judge_side(std::uint32_t slot, MediaParty party, std::int64_t now_us) noexcept;
  void judge_both(std::uint32_t slot, std::int64_t now_us) noexcept;
  void tell(std::uint32_t slot, MediaParty party, MediaEventKind kind, std::int64_t now_us,
            std::int64_t detail = 0) noexcept;

  FlowTable<MediaSessionKey, MediaSession> table_;
  SlotList all_;  // in the order of their next look
  MediaNews& news_;
  std::uint64_t refused_ = 0;
};

}  // namespace heptap
