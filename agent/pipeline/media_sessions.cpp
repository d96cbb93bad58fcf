#include "agent/pipeline/media_sessions.hpp"

#include <algorithm>
#include <utility>

namespace heptap {
namespace {

constexpr std::int64_t nanos_per_micro = 1000;
constexpr std::int64_t micros_per_milli = 1000;

// Longer than the limit of a media timeout.
constexpr std::int64_t forget_after_us = 90'000'000;

constexpr std::array<MediaParty, 2> both_parties{MediaParty::caller, MediaParty::callee};

std::int64_t nanos(std::int64_t us) noexcept { return us * nanos_per_micro; }

}  // namespace

std::uint32_t MediaSessions::join(const MediaMatch& match, std::int64_t now_us) noexcept {
  const MediaSessionKey key{match.call_hash, match.media};
  std::uint32_t slot = table_.find(key);
  if (slot == none) slot = open(key, now_us);
  if (slot == none) {
    ++refused_;
    return none;
  }
  MediaSession& session = table_[slot];
  session.type = match.type;
  session.last_us = now_us;
  ++session.streams;
  return slot;
}

std::uint32_t MediaSessions::open(const MediaSessionKey& key, std::int64_t now_us) noexcept {
  if (table_.is_full() && !make_room()) return none;
  const std::uint32_t slot = table_.add(key);
  if (slot == none) return none;
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
    if (table_[slot].streams == 0) {
      remove(slot);
      return true;
    }
    table_.unlink(all_, slot);
    table_.append(all_, slot);
  }
  return false;
}

void MediaSessions::leave(std::uint32_t slot, std::int64_t now_us) noexcept {
  if (slot == none) return;
  --table_[slot].streams;
  table_[slot].last_us = now_us;
}

std::uint32_t MediaSessions::next_due(std::int64_t now_us) noexcept {
  const std::uint32_t slot = all_.first;
  if (slot == none) return none;
  MediaSession& session = table_[slot];
  const bool was_set_back = session.check_us > now_us + 2 * look_every_us;
  if (session.check_us > now_us && !was_set_back) return none;
  session.check_us = now_us + look_every_us;
  table_.unlink(all_, slot);
  table_.append(all_, slot);
  return slot;
}

void MediaSessions::judge(std::uint32_t slot, const std::optional<MediaCallState>& state,
                          std::int64_t now_us) noexcept {
  MediaSession& session = table_[slot];
  if (state) {
    session.answered_us = state->answered_us;
    session.ended_us = state->ended_us;
  }
  if (!session.answered_us) return;
  for (const MediaParty party : both_parties) judge_side(slot, party, now_us);
  if (session.type == MediaType::audio) judge_both(slot, now_us);
}

void MediaSessions::judge_side(std::uint32_t slot, MediaParty party, std::int64_t now_us) noexcept {
  MediaSession& session = table_[slot];
  SessionSide& side = session.side(party);
  const std::int64_t answered_ns = nanos(*session.answered_us);
  const bool is_silent =
      !session.ended_us && is_media_timeout(side.seen, answered_ns, nanos(now_us));
  if (is_silent && !side.is_silent) tell(slot, party, MediaEventKind::media_timeout, now_us);
  side.is_silent = is_silent;
  if (!side.is_late && is_late_media(side.seen, answered_ns)) {
    side.is_late = true;
    const std::int64_t late_us = side.seen.first_ns / nanos_per_micro - *session.answered_us;
    tell(slot, party, MediaEventKind::late_media, now_us, late_us / micros_per_milli);
  }
  if (!session.ended_us) return;
  if (!side.is_after_bye && is_media_after_bye(side.seen, nanos(*session.ended_us))) {
    side.is_after_bye = true;
    const std::int64_t after_us = side.seen.last_ns / nanos_per_micro - *session.ended_us;
    tell(slot, party, MediaEventKind::media_after_bye, now_us, after_us / micros_per_milli);
  }
}

// The answer is taken for the ACK, which is behind it by a round trip. What was told last holds: one-way
// audio stays so until more than a few packets have come back, and what comes after the end, or while
// one of both is on hold, changes nothing.
void MediaSessions::judge_both(std::uint32_t slot, std::int64_t now_us) noexcept {
  MediaSession& session = table_[slot];
  const MediaDirection& one = session.side(MediaParty::caller).seen;
  const MediaDirection& other = session.side(MediaParty::callee).seen;
  if (std::exchange(session.is_judged, session.ended_us.has_value())) return;
  const MediaPresence presence =
      session.ended_us ? final_media_presence(one, other)
                       : media_presence(one, other, nanos(*session.answered_us), nanos(now_us));
  const bool few = std::min(one.packets, other.packets) < MediaEventLimits{}.few_packets;
  if (presence == MediaPresence::unknown || (session.is_one_way && few)) return;
  const auto louder = one.packets > other.packets ? MediaParty::caller : MediaParty::callee;
  const std::int64_t first_us = session.side(louder).seen.first_ns / nanos_per_micro;
  if (session.ended_us && first_us > *session.ended_us) return;
  const bool was_told = session.is_one_way || session.is_empty;
  const bool was_empty = std::exchange(session.is_empty, presence == MediaPresence::none);
  session.is_one_way = presence == MediaPresence::one_way;
  if (session.is_one_way) {
    tell(slot, louder, MediaEventKind::one_way_audio, now_us);
  } else if (session.is_empty && !was_empty) {
    tell(slot, MediaParty::caller, MediaEventKind::no_audio, now_us);
  } else if (presence == MediaPresence::both && was_told) {
    tell(slot, opposite(louder), MediaEventKind::two_way_audio, now_us);
  }
}

bool MediaSessions::is_done(std::uint32_t slot, std::int64_t now_us) const noexcept {
  const MediaSession& session = table_[slot];
  if (session.streams != 0) return false;
  const std::int64_t idle_us = now_us - session.last_us;
  return session.ended_us.has_value() || idle_us > forget_after_us || idle_us < -forget_after_us;
}

// Streams that have been silent for a while are still in it, and leave it later.
void MediaSessions::begin_again(std::uint32_t slot) noexcept {
  MediaSession& session = table_[slot];
  if (session.streams == 0) return remove(slot);
  MediaSession next;
  next.last_us = session.last_us;
  next.check_us = session.check_us;
  next.streams = session.streams;
  next.type = session.type;
  session = next;
}

void MediaSessions::remove(std::uint32_t slot) noexcept {
  table_.unlink(all_, slot);
  table_.remove(slot);
}

MediaOwner MediaSessions::owner(std::uint32_t slot, MediaParty sender) const noexcept {
  const MediaSessionKey& key = table_.key(slot);
  return {.call_hash = key.call_hash,
          .call_id = {},
          .sender = sender,
          .type = table_[slot].type,
          .media = key.media};
}

void MediaSessions::tell(std::uint32_t slot, MediaParty party, MediaEventKind kind,
                         std::int64_t now_us, std::int64_t detail) noexcept {
  news_.tell({.owner = owner(slot, party), .kind = kind, .time_us = now_us, .detail = detail});
}

}  // namespace heptap
