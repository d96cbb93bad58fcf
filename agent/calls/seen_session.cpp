#include "agent/calls/seen_session.hpp"

#include <algorithm>

namespace heptap {
namespace {

constexpr std::int64_t nanos_per_micro = 1000;
constexpr std::int64_t micros_per_milli = 1000;

constexpr std::array<MediaParty, 2> both_parties{MediaParty::caller, MediaParty::callee};

std::int64_t nanos(std::int64_t us) noexcept { return us * nanos_per_micro; }

// By the clock of the one who has brought it, unless that was set back since.
bool is_newer(std::int64_t time_us, std::int64_t than_us) noexcept {
  return time_us >= than_us || than_us - time_us > SeenSession::forget_after_us;
}

bool is_complete_at(const SeenSession& session, std::int64_t now_us,
                    std::int64_t settle_us) noexcept {
  const bool was_set_back = now_us < session.since_us;
  return was_set_back || is_settled(session.since_us, now_us, settle_us);
}

/// One look at a session that was answered.
class Look {
 public:
  Look(SeenSession& session, std::int64_t now_us, std::int64_t settle_us,
       MediaFindings& out) noexcept
      : session_(session),
        awaited_us_(std::max(*session.answered_us, session.opened_us)),
        now_us_(now_us),
        settle_us_(settle_us),
        out_(out) {}

  void at_side(MediaParty party) noexcept {
    SeenSide& side = session_.side(party);
    const bool is_silent = !session_.ended_us && is_complete() &&
                           is_media_timeout(side.media(), nanos(awaited_us_), settled_ns());
    if (is_silent && !side.is_silent) out_.add({MediaEventKind::media_timeout, party});
    side.is_silent = is_silent;
    look_for_late(side, party);
    if (session_.ended_us) look_after_bye(side, party);
  }

  // The answer is taken for the ACK, which is behind it by a round trip. What was told last holds: one-way
  // audio stays so until more than a few packets have come back, and what comes after the end, or while
  // one of both is on hold, changes nothing.
  void at_both() noexcept {
    const std::optional<std::int64_t> ended_us = session_.ended_us;
    if (session_.is_judged || !is_complete()) return;
    if (ended_us && !is_settled(*ended_us, now_us_, settle_us_)) return;
    const MediaDirection one = in_call(MediaParty::caller);
    const MediaDirection other = in_call(MediaParty::callee);
    const MediaPresence presence =
        ended_us ? final_media_presence(one, other)
                 : media_presence(one, other, nanos(awaited_us_), settled_ns());
    const bool few = std::min(one.packets, other.packets) < MediaEventLimits{}.few_packets;
    if (presence == MediaPresence::unknown || (session_.is_one_way && few)) return;
    const auto packets = [&](MediaParty party) { return session_.side(party).packets; };
    const bool is_caller = packets(MediaParty::caller) > packets(MediaParty::callee);
    const auto louder = is_caller ? MediaParty::caller : MediaParty::callee;
    const std::int64_t first_us = session_.side(louder).first_us;
    if (!ended_us || first_us <= *ended_us) tell(presence, louder);
  }

 private:
  // What begins behind the end was not heard in the call.
  [[nodiscard]] MediaDirection in_call(MediaParty party) const noexcept {
    const SeenSide& side = session_.side(party);
    MediaDirection media = side.media();
    const bool is_behind = session_.ended_us && side.first_us > *session_.ended_us;
    if (is_behind) media.packets = 0;
    return media;
  }

  [[nodiscard]] bool is_complete() const noexcept {
    return is_complete_at(session_, now_us_, settle_us_);
  }
  [[nodiscard]] std::int64_t settled_ns() const noexcept { return nanos(now_us_ - settle_us_); }

  void tell(MediaPresence presence, MediaParty louder) noexcept {
    const bool was_empty = session_.is_empty;
    const bool was_told = session_.is_one_way || was_empty;
    session_.is_empty = presence == MediaPresence::none;
    session_.is_one_way = presence == MediaPresence::one_way;
    if (session_.is_one_way) {
      out_.add({MediaEventKind::one_way_audio, louder});
    } else if (session_.is_empty && !was_empty) {
      out_.add({MediaEventKind::no_audio, MediaParty::caller});
    } else if (presence == MediaPresence::both && was_told) {
      out_.add({MediaEventKind::two_way_audio, opposite(louder)});
    }
  }

  void look_for_late(SeenSide& side, MediaParty party) noexcept {
    const std::int64_t first_us = side.first_us;
    if (side.is_late || !is_late_media(side.media(), nanos(awaited_us_))) return;
    if (!is_settled(first_us, now_us_, settle_us_)) return;
    side.is_late = true;
    out_.add({MediaEventKind::late_media, party, (first_us - awaited_us_) / micros_per_milli});
  }

  void look_after_bye(SeenSide& side, MediaParty party) noexcept {
    const std::int64_t ended_us = *session_.ended_us;
    if (side.is_after_bye || !is_media_after_bye(side.media(), nanos(ended_us))) return;
    side.is_after_bye = true;
    const std::int64_t after_us = side.last_us - ended_us;
    out_.add({MediaEventKind::media_after_bye, party, after_us / micros_per_milli});
  }

  SeenSession& session_;
  const std::int64_t awaited_us_;  // of the answer, or of a later one that let more media flow
  const std::int64_t now_us_;
  const std::int64_t settle_us_;
  MediaFindings& out_;
};

}  // namespace

MediaDirection SeenSide::media() const noexcept {
  return {.packets = packets,
          .first_ns = nanos(first_us),
          .last_ns = nanos(last_us),
          .is_expected = is_expected,
          .has_comfort_noise = has_comfort_noise};
}

void SeenSide::add(const SeenSide& other) noexcept {
  if (other.packets == 0) return;
  const bool is_first = packets == 0;
  first_us = is_first ? other.first_us : std::min(first_us, other.first_us);
  last_us = is_first ? other.last_us : std::max(last_us, other.last_us);
  packets = std::max(packets, other.packets);
  has_comfort_noise = has_comfort_noise || other.has_comfort_noise;
}

void SeenSession::take_state(const MediaCallState& state, std::int64_t time_us) noexcept {
  answered_us = state.answered_us;
  ended_us = state.ended_us;
  opened_us = state.opened_us;
  state_us = time_us;
}

void SeenSession::add(const SeenSession& other) noexcept {
  if (other.has_state && is_newer(other.state_us, state_us)) {
    if (is_before(other.answered_us)) *this = SeenSession{.since_us = other.state_us};
    answered_us = other.answered_us;
    ended_us = other.ended_us;
    opened_us = other.opened_us;
    state_us = other.state_us;
  } else if (other.is_before(answered_us)) {
    return;
  }
  type = other.type;
  const bool knows_expected = other.expected_us >= expected_us;
  if (knows_expected) expected_us = other.expected_us;
  for (const MediaParty party : both_parties) {
    SeenSide& sum = side(party);
    const SeenSide& news = other.side(party);
    sum.add(news);
    if (knows_expected) sum.is_expected = news.is_expected;
  }
}

void SeenSession::judge(std::int64_t now_us, std::int64_t settle_us, MediaFindings& out) noexcept {
  if (answered_us) {
    Look look(*this, now_us, settle_us, out);
    for (const MediaParty party : both_parties) look.at_side(party);
    if (type == MediaType::audio) look.at_both();
  }
  const bool is_last_look = ended_us && is_settled(*ended_us, now_us, settle_us) &&
                            is_complete_at(*this, now_us, settle_us);
  is_judged = ended_us && (is_judged || is_last_look);
}

}  // namespace heptap
