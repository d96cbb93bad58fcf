#pragma once

#include <cstdint>
#include <optional>

#include "agent/calls/media_match.hpp"
#include "agent/calls/seen_sessions.hpp"
#include "agent/pipeline/media_news.hpp"
#include "agent/pipeline/media_session.hpp"
#include "proto/flow_table.hpp"

namespace heptap {

/// The sessions that streams belong to, and what is an event only where both directions, answer and
/// end of a call are known: what other workers have seen of a session counts, too. A call of which no
/// packet came has no session.
class MediaSessions {
 public:
  static constexpr std::uint32_t none = SlotIndex::none;
  /// How often a session is looked at, in packet time.
  static constexpr std::int64_t look_every_us = 5'000'000;

  /// all       what all workers have seen; null: there is no other one. It outlives this one
  MediaSessions(std::size_t max_sessions, std::uint64_t seed, MediaNews& news, SeenSessions* all)
      : table_(max_sessions, seed), pasts_(max_sessions), news_(news), all_workers_(all) {
    if (all != nullptr) all->enter();
  }

  [[nodiscard]] bool is_of(std::uint32_t slot, const MediaMatch& match) const noexcept {
    return table_.key(slot) == MediaSessionKey{match.call_hash, match.media};
  }

  /// gives     the session, or none
  [[nodiscard]] std::uint32_t find(const MediaSessionKey& key) const noexcept {
    return table_.find(key);
  }

  /// A stream is of this session now; the caller has it lead the others.
  /// gives     the session, or none: all there may be have streams
  [[nodiscard]] std::uint32_t join(const MediaMatch& match, std::int64_t now_us) noexcept;

  /// gives     a session that is to be looked at; it counts as looked at. Or none
  [[nodiscard]] std::uint32_t next_due(std::int64_t now_us) noexcept;

  /// Of a stream that leaves the session, or is not its party's newest.
  void keep(std::uint32_t slot, MediaParty sender, const SeenSide& seen) noexcept;
  /// A stream has left.
  void note_left(std::uint32_t slot, std::int64_t now_us) noexcept;

  /// Tells what has come to pass, once each.
  /// sides     what the newest streams of both parties are now
  /// state     nothing: the call is not known any more
  void judge(std::uint32_t slot, const SeenSides& sides, const std::optional<MediaCallState>& state,
             std::int64_t now_us) noexcept;

  /// Nothing more comes: the last worker tells what all of them have seen.
  /// state_of  what judge() takes, of a call and a time
  template <class StateOf>
  void finish(StateOf state_of) noexcept {
    if (all_workers_ == nullptr || !all_workers_->leave()) return;
    while (auto session = all_workers_->take()) {
      judge_last(*session, state_of(session->key.call_hash, session->last_us));
    }
  }

  /// gives     whether it may be forgotten: it has no streams, and nothing can become of it
  [[nodiscard]] bool is_done(std::uint32_t slot, std::int64_t now_us) const noexcept;
  void remove(std::uint32_t slot) noexcept;
  /// What all workers have seen of this call is not of the next one of its Call-ID.
  void forget(std::uint64_t call_hash) noexcept {
    if (all_workers_ != nullptr) all_workers_->forget(call_hash);
  }

  [[nodiscard]] MediaSession& operator[](std::uint32_t slot) noexcept { return table_[slot]; }
  [[nodiscard]] const MediaSession& operator[](std::uint32_t slot) const noexcept {
    return table_[slot];
  }
  [[nodiscard]] MediaOwner owner(std::uint32_t slot, MediaParty sender) const noexcept;

  [[nodiscard]] TableUse use() const noexcept { return table_.use(); }
  /// gives     that of what is left of streams
  [[nodiscard]] TableUse past_use() const noexcept { return pasts_.use(); }
  /// gives     how often a stream had to do without
  [[nodiscard]] std::uint64_t refused() const noexcept { return refused_; }

 private:
  [[nodiscard]] std::uint32_t open(const MediaSessionKey& key, std::int64_t now_us) noexcept;
  [[nodiscard]] bool make_room() noexcept;
  [[nodiscard]] MediaPast& past_of(std::uint32_t slot) noexcept;
  void judge_last(SeenSessionShard::Taken& session,
                  const std::optional<MediaCallState>& state) noexcept;
  void tell(const MediaSessionKey& key, MediaType type, const MediaFindings& findings,
            std::int64_t now_us) noexcept;

  FlowTable<MediaSessionKey, MediaSession> table_;
  MediaPasts pasts_;
  SlotList all_;  // in the order of their next look
  MediaNews& news_;
  SeenSessions* all_workers_;
  std::uint64_t refused_ = 0;
};

}  // namespace heptap
