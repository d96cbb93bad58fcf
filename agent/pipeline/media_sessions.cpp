#include "agent/pipeline/media_sessions.hpp"

namespace heptap {
namespace {

// Longer than the limit of a media timeout.
constexpr std::int64_t forget_after_us = SeenSession::forget_after_us;

static_assert(SeenSessions::settle_us >= MediaSessions::look_every_us + 2'000'000);

MediaOwner owner_of(const MediaSessionKey& key, MediaType type, MediaParty sender) noexcept {
  return {.call_hash = key.call_hash,
          .call_id = {},
          .sender = sender,
          .type = type,
          .media = key.media};
}

}  // namespace

std::uint32_t MediaSessions::join(const MediaMatch& match, std::int64_t now_us) noexcept {
  const MediaSessionKey key{match.call_hash, match.media};
  std::uint32_t slot = table_.find(key);
  if (slot == none) slot = open(key, now_us);
  if (slot == none) {
    ++refused_;
    return none;
  }
  table_[slot].type = match.type;
  return slot;
}

std::uint32_t MediaSessions::open(const MediaSessionKey& key, std::int64_t now_us) noexcept {
  if (table_.is_full() && !make_room()) return none;
  const std::uint32_t slot = table_.add(key);
  table_[slot] = MediaSession{};
  table_[slot].check_us = now_us + look_every_us;
  table_.append(all_, slot);
  return slot;
}

// Of the first few, one that has no streams.
bool MediaSessions::make_room() noexcept {
  constexpr int looked_at = 64;
  for (int i = 0; i < looked_at && all_.first != none; ++i) {
    const std::uint32_t slot = all_.first;
    if (table_[slot].newest == none) {
      remove(slot);
      return true;
    }
    table_.unlink(all_, slot);
    table_.append(all_, slot);
  }
  return false;
}

std::uint32_t MediaSessions::next_due(std::int64_t now_us) noexcept {
  const std::uint32_t slot = all_.first;
  if (slot == none) return none;
  MediaSession& session = table_[slot];
  const std::int64_t check_us = session.check_us.near(now_us);
  const bool was_set_back = check_us > now_us + 2 * look_every_us;
  if (check_us > now_us && !was_set_back) return none;
  session.check_us = now_us + look_every_us;
  table_.unlink(all_, slot);
  table_.append(all_, slot);
  return slot;
}

MediaPast& MediaSessions::past_of(std::uint32_t slot) noexcept {
  std::uint32_t& past = table_[slot].past;
  if (past == MediaPasts::none) past = pasts_.add({});
  return pasts_[past];
}

void MediaSessions::keep(std::uint32_t slot, MediaParty sender, const SeenSide& seen) noexcept {
  past_of(slot).sides[static_cast<std::size_t>(sender)].add(seen);
}

void MediaSessions::note_left(std::uint32_t slot, std::int64_t now_us) noexcept {
  past_of(slot).left_us = now_us;
}

void MediaSessions::judge(std::uint32_t slot, const SeenSides& sides,
                          const std::optional<MediaCallState>& state,
                          std::int64_t now_us) noexcept {
  MediaSession& session = table_[slot];
  if (state) session.take_state(*state);
  SeenSession seen = session.seen(sides, pasts_, state ? std::optional(now_us) : std::nullopt);
  const MediaSessionKey& key = table_.key(slot);
  MediaFindings findings;
  if (all_workers_ != nullptr) {
    all_workers_->judge(key, seen, now_us, findings);
  } else {
    seen.judge(now_us, 0, findings);
  }
  session.take_look(seen);
  tell(key, session.type, findings, now_us);
}

void MediaSessions::judge_last(SeenSessionShard::Taken& session,
                               const std::optional<MediaCallState>& state) noexcept {
  if (state && session.seen.is_before(state->answered_us)) return;
  if (state) session.seen.take_state(*state, session.last_us);
  MediaFindings findings;
  session.seen.judge(session.last_us, 0, findings);
  tell(session.key, session.seen.type, findings, session.last_us);
}

bool MediaSessions::is_done(std::uint32_t slot, std::int64_t now_us) const noexcept {
  const MediaSession& session = table_[slot];
  if (session.newest != none) return false;
  const std::int64_t idle_us = now_us - pasts_[session.past].left_us;
  return session.is_judged || idle_us > forget_after_us || idle_us < -forget_after_us;
}

void MediaSessions::remove(std::uint32_t slot) noexcept {
  const std::uint32_t past = table_[slot].past;
  if (past != MediaPasts::none) pasts_.remove(past);
  table_.unlink(all_, slot);
  table_.remove(slot);
}

MediaOwner MediaSessions::owner(std::uint32_t slot, MediaParty sender) const noexcept {
  return owner_of(table_.key(slot), table_[slot].type, sender);
}

void MediaSessions::tell(const MediaSessionKey& key, MediaType type, const MediaFindings& findings,
                         std::int64_t now_us) noexcept {
  for (const auto& [kind, party, detail] : findings) {
    news_.tell(
        {.owner = owner_of(key, type, party), .kind = kind, .time_us = now_us, .detail = detail});
  }
}

}  // namespace heptap
