// Which call a stream belongs to. It is asked for with the first packet, and when something was learned
// of its addresses since; what has been found holds until another call is.
#include <array>

#include "agent/pipeline/rtp_streams.hpp"
#include "proto/sip/sdp.hpp"

namespace heptap {
namespace {

// Addresses share counters of changes, and calls may change often: not for each packet.
constexpr std::uint32_t ask_after_ms = 100;

// Streams of a session that end at once with a report each.
constexpr int most_reported = 64;

constexpr std::array<MediaParty, 2> both_parties{MediaParty::caller, MediaParty::callee};

constexpr std::int64_t silent_after_end_us = MediaEventLimits{}.after_bye_ns / 1000;

}  // namespace

bool RtpStreams::may_have_other_call(const TrackedStream& one,
                                     std::int64_t time_us) const noexcept {
  if (one.stream.is_empty()) return true;
  if (calls_.is_current(one.watch)) return false;
  return low_millis(time_us) - one.asked_ms >= ask_after_ms;
}

MediaMatch RtpStreams::find_call(std::uint32_t slot, std::uint8_t payload_type,
                                 std::int64_t time_us) noexcept {
  const RtpStreamKey key = key_of(slot);
  return calls_.find_rtp(key.flow, key.ssrc, payload_type, time_us, text_);
}

/// gives     its slot; or that of a stream that begins now when it was of another call
std::uint32_t RtpStreams::with_call(std::uint32_t slot, std::uint8_t payload_type,
                                    std::int64_t time_us) noexcept {
  const MediaMatch match = find_call(slot, payload_type, time_us);
  const std::uint32_t session = table_[slot].session;
  if (match && session != none && !sessions_.is_of(session, match)) {
    const RtpStreamKey key = key_of(slot);
    end(slot, time_us);
    slot = open(key, time_us);
  }
  take_match(slot, match, time_us);
  return slot;
}

// Without a packet that would tell.
void RtpStreams::look_for_call(std::uint32_t slot, std::int64_t now_us) noexcept {
  const TrackedStream& one = table_[slot];
  if (calls_.is_current(one.watch)) return;
  const MediaMatch match = find_call(slot, one.stream.payload_type(), now_us);
  const bool is_other = match && one.session != none && !sessions_.is_of(one.session, match);
  if (!is_other) take_match(slot, match, now_us);
}

void RtpStreams::take_match(std::uint32_t slot, const MediaMatch& match,
                            std::int64_t time_us) noexcept {
  TrackedStream& one = table_[slot];
  one.watch = match.watch;
  one.asked_ms = low_millis(time_us);
  one.miss = match.miss;
  if (!match) return;
  if (one.session != none && one.sender != match.sender) leave_side(slot);
  one.sender = match.sender;
  one.is_video = match.type == MediaType::video;
  one.is_srtp = match.is_srtp;
  one.is_expected = match.is_expected;
  hold_formats(one, match);
  const bool is_new = one.session == none;
  if (is_new) join_session(slot, sessions_.join(match, time_us));
  if (one.session == none) return;
  sessions_[one.session].take_match(match, time_us);
  if (!one.stream.is_confirmed()) return;
  join_side(slot, time_us);
  if (is_new) check_codec(slot, time_us);
}

void RtpStreams::hold_formats(TrackedStream& one, const MediaMatch& match) noexcept {
  const FormatLists::Id before = one.formats;
  one.formats = formats_.hold(match.formats());
  formats_.release(before);
  if (one.formats != before) one.stream.forget_formats();
}

void RtpStreams::join_side(std::uint32_t slot, std::int64_t time_us) noexcept {
  const TrackedStream& one = table_[slot];
  MediaSession& session = sessions_[one.session];
  const std::uint32_t before = session.stream(one.sender);
  if (before == slot) return;
  session.stream(one.sender) = slot;
  if (before == none) return;
  keep_progress(before);
  const bool is_change =
      session.type == MediaType::audio && key_of(before).flow == key_of(slot).flow;
  if (!is_change) return;
  ++session.ssrc_changes(one.sender);
  tell(slot, MediaEventKind::ssrc_changed, time_us, 0);
}

void RtpStreams::leave_side(std::uint32_t slot) noexcept {
  std::uint32_t& side = sessions_[table_[slot].session].stream(table_[slot].sender);
  if (side == slot) side = none;
}

void RtpStreams::join_session(std::uint32_t slot, std::uint32_t session) noexcept {
  if (session == none) return;
  TrackedStream& one = table_[slot];
  one.session = session;
  one.older = sessions_[session].newest;
  if (one.older != none) table_[one.older].newer = slot;
  sessions_[session].newest = slot;
}

void RtpStreams::leave_session(std::uint32_t slot, std::int64_t now_us) noexcept {
  leave_side(slot);
  const TrackedStream& one = table_[slot];
  MediaSession& session = sessions_[one.session];
  (one.newer == none ? session.newest : table_[one.newer].older) = one.older;
  if (one.older != none) table_[one.older].newer = one.newer;
  sessions_.note_left(one.session, now_us);
}

/// gives     nothing sent for one that is not confirmed
SeenSide RtpStreams::progress_of(const TrackedStream& one) const noexcept {
  if (!one.stream.is_confirmed()) return {};
  return {.packets = one.stream.counts(extras_).packets(),
          .first_us = one.stream.first_ns() / 1000,
          .last_us = one.last_us(),
          .has_comfort_noise = one.stream.has_comfort_noise()};
}

SeenSides RtpStreams::progress_of(const MediaSession& session) const noexcept {
  SeenSides out;
  for (const MediaParty party : both_parties) {
    const std::uint32_t slot = session.stream(party);
    if (slot != none) out[static_cast<std::size_t>(party)] = progress_of(table_[slot]);
  }
  return out;
}

void RtpStreams::keep_progress(std::uint32_t slot) noexcept {
  const TrackedStream& one = table_[slot];
  if (one.session != none) sessions_.keep(one.session, one.sender, progress_of(one));
}

void RtpStreams::look_at_session(std::uint32_t session, std::int64_t now_us) noexcept {
  const MediaOwner owner = sessions_.owner(session, MediaParty::caller);
  const auto state = calls_.state(owner.call_hash, now_us, text_);
  if (state && sessions_[session].is_before(state->answered_us)) {
    return drop_session(session, now_us);
  }
  for (const MediaParty party : both_parties) {
    const std::uint32_t slot = sessions_[session].stream(party);
    if (slot == none) continue;
    look_for_call(slot, now_us);
    signs_.note(owner.call_hash, table_[slot].last_us());
  }
  sessions_.judge(session, progress_of(sessions_[session]), state, now_us);
  // Not before all workers know whether it was one-way: the last reports say so.
  if (sessions_[session].is_judged) {
    for (const MediaParty party : both_parties) {
      const std::uint32_t slot = sessions_[session].stream(party);
      if (slot == none) continue;
      if (now_us - table_[slot].last_us() > silent_after_end_us) end(slot, now_us);
    }
  }
  if (sessions_.is_done(session, now_us)) sessions_.remove(session);
}

void RtpStreams::end_call(std::uint64_t call_hash, std::int64_t now_us) noexcept {
  for (std::uint8_t media = 0; media < SdpView::max_media; ++media) {
    const std::uint32_t session = sessions_.find({call_hash, media});
    if (session != none) end_session(session, now_us);
  }
  sessions_.forget(call_hash);
}

void RtpStreams::end_session(std::uint32_t session, std::int64_t now_us) noexcept {
  const std::uint64_t call_hash = sessions_.owner(session, MediaParty::caller).call_hash;
  sessions_.judge(session, progress_of(sessions_[session]), calls_.state(call_hash, now_us, text_),
                  now_us);
  end_streams(session, most_reported, now_us);
  sessions_.remove(session);
}

// Another worker has seen that the Call-ID is used again. What the streams were is not of the next call,
// and that of their own is not known any more.
void RtpStreams::drop_session(std::uint32_t session, std::int64_t now_us) noexcept {
  end_streams(session, 0, now_us);
  sessions_.remove(session);
}

// The newest first. Each stream has come with a packet of its own, so that nobody makes many of them end
// with little.
void RtpStreams::end_streams(std::uint32_t session, int max_reports, std::int64_t now_us) noexcept {
  for (int i = 0; sessions_[session].newest != none; ++i) {
    const std::uint32_t slot = sessions_[session].newest;
    i < max_reports ? end(slot, now_us) : end_unreported(slot, now_us);
  }
}

}  // namespace heptap
