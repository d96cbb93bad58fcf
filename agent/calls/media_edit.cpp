#include "agent/calls/media_edit.hpp"

#include <algorithm>

namespace heptap {
namespace {

std::int64_t after(std::int64_t time_us, std::chrono::microseconds wait) noexcept {
  return time_us + wait.count();
}

bool is_same_origin(const MediaDescription& a, const MediaDescription& b) noexcept {
  return a.party == b.party && a.tag == b.tag && a.hop == b.hop;
}

}  // namespace

void MediaEdit::apply(const MediaEvent& event, const SdpView* sdp, std::uint32_t content,
                      std::int64_t time_us) noexcept {
  note_caller(event);
  const Side side = side_of(event);
  drop_expired(time_us);
  if (sdp != nullptr) describe(side, *sdp, content, time_us);
  signal(event.signal, side, time_us);
}

void MediaEdit::note_caller(const MediaEvent& event) noexcept {
  const bool is_first = event.signal == MediaSignal::invite && event.to_tag == 0;
  if (call_.caller_tag_count != 0 && !is_first) return;
  if (is_first && call_.is_over()) {
    reopen();
    call_.is_answered = false;
    call_.has_bye = false;
  }
  if (call_.is_caller(event.from_tag) || call_.caller_tag_count == call_.caller_tags.size()) return;
  call_.caller_tags[call_.caller_tag_count++] = event.from_tag;
}

MediaEdit::Side MediaEdit::side_of(const MediaEvent& event) const noexcept {
  const bool from_caller = call_.is_caller(event.from_tag);
  return {.sender = from_caller == event.is_request ? MediaParty::caller : MediaParty::callee,
          .callee_tag = from_caller ? event.to_tag : event.from_tag,
          .hop = event.hop};
}

void MediaEdit::signal(MediaSignal signal, const Side& side, std::int64_t time_us) noexcept {
  switch (signal) {
    case MediaSignal::answered: return confirm(side, time_us);
    case MediaSignal::accepted: return commit(false, side.sender, time_us);
    case MediaSignal::refused: return refuse(side, time_us);
    case MediaSignal::withdrawn: return withdraw(opposite(side.sender), time_us);
    case MediaSignal::gone: refuse(side, time_us); return end(time_us);
    case MediaSignal::bye: return take_bye(side, time_us);
    case MediaSignal::bye_refused:
      if (call_.has_bye) reopen();
      call_.has_bye = false;
      return;
    default: return;
  }
}

// The youngest of the same origin that has not been replaced.
std::uint32_t MediaEdit::older_of(const MediaDescription& description) const noexcept {
  for (auto at = description.next; at != no_node; at = parts_.descriptions[at].next) {
    const MediaDescription& one = parts_.descriptions[at];
    if (!one.is_replaced && is_same_origin(one, description)) return at;
  }
  return no_node;
}

// Whether a party sends or receives what it did not before: after hold, or of one more medium.
bool MediaEdit::opens(const MediaDescription& fresh, const MediaDescription& older) const noexcept {
  for (auto at = fresh.lines; at != no_node; at = parts_.lines[at].next) {
    const MediaLine& now = parts_.lines[at];
    const MediaLine* const before = line_at(parts_, older, now.media);
    const bool could_send = before != nullptr && before->wants_to_send();
    const bool could_receive = before != nullptr && before->wants_to_receive();
    if (now.wants_to_send() && !could_send) return true;
    if (now.wants_to_receive() && !could_receive) return true;
  }
  return false;
}

void MediaEdit::replace_older(const MediaDescription& by, std::int64_t time_us) noexcept {
  for (auto at = by.next; at != no_node; at = parts_.descriptions[at].next) {
    MediaDescription& older = parts_.descriptions[at];
    if (older.is_replaced || !is_same_origin(older, by)) continue;
    if (opens(by, older)) call_.opened_us = time_us;
    older.is_replaced = true;
    older.until_us =
        std::min<std::int64_t>(older.until_us, after(time_us, keep_.limits.move_grace));
  }
}

// An answer makes what was offered hold; a 2xx does so for what was answered differently before, too.
void MediaEdit::commit(bool only_of, MediaParty party, std::int64_t time_us) noexcept {
  for (auto at = call_.descriptions; at != no_node; at = parts_.descriptions[at].next) {
    MediaDescription& one = parts_.descriptions[at];
    if (!one.is_pending || (only_of && one.party != party)) continue;
    one.is_pending = false;
    replace_older(one, time_us);
  }
}

// An offer that is refused leaves the session as it was (RFC 3264 section 8).
void MediaEdit::withdraw(MediaParty party, std::int64_t time_us) noexcept {
  for (auto at = call_.descriptions; at != no_node; at = parts_.descriptions[at].next) {
    MediaDescription& one = parts_.descriptions[at];
    if (!one.is_pending || one.party != party) continue;
    one.is_pending = false;
    one.is_replaced = true;
    one.until_us = std::min<std::int64_t>(one.until_us, after(time_us, keep_.limits.move_grace));
  }
}

// Forks that nobody has confirmed on this hop fall silent when another one answers.
void MediaEdit::confirm(const Side& side, std::int64_t time_us) noexcept {
  if (call_.is_over() && !call_.has_bye) reopen();
  if (!call_.is_answered) {
    call_.confirmed_tag = side.callee_tag;
    call_.answered_us = time_us;
  }
  call_.is_answered = true;
  commit(false, side.sender, time_us);
  for (auto at = call_.descriptions; at != no_node; at = parts_.descriptions[at].next) {
    MediaDescription& one = parts_.descriptions[at];
    if (one.party == MediaParty::caller || one.is_replaced) continue;
    if (one.tag == side.callee_tag) {
      one.is_confirmed = true;
      one.until_us = never_us;
    } else if (one.hop == side.hop && !one.is_confirmed) {
      one.until_us = std::min<std::int64_t>(one.until_us, after(time_us, keep_.limits.move_grace));
    }
  }
}

// A fork that fails behind a proxy ends no call that others still ring for.
void MediaEdit::refuse(const Side& side, std::int64_t time_us) noexcept {
  withdraw(opposite(side.sender), time_us);
  if (call_.is_answered) return;
  end_fork(side.callee_tag, time_us);
  if (side.hop == call_.first_hop || !has_other_fork(side.callee_tag)) end(time_us);
}

bool MediaEdit::has_other_fork(std::uint32_t tag) const noexcept {
  for (auto at = call_.descriptions; at != no_node; at = parts_.descriptions[at].next) {
    const MediaDescription& one = parts_.descriptions[at];
    if (one.party == MediaParty::callee && one.tag != tag && one.until_us == never_us) return true;
  }
  return false;
}

void MediaEdit::end_fork(std::uint32_t tag, std::int64_t time_us) noexcept {
  for (auto at = call_.descriptions; at != no_node; at = parts_.descriptions[at].next) {
    MediaDescription& one = parts_.descriptions[at];
    if (one.party != MediaParty::callee || one.tag != tag) continue;
    one.until_us = std::min<std::int64_t>(one.until_us, after(time_us, keep_.limits.linger));
  }
}

// The second fork that answers is ended at once, and the call goes on with the first.
void MediaEdit::take_bye(const Side& side, std::int64_t time_us) noexcept {
  if (call_.is_answered && side.callee_tag != call_.confirmed_tag) {
    return end_fork(side.callee_tag, time_us);
  }
  call_.has_bye = true;
  end(time_us);
}

void MediaEdit::end(std::int64_t time_us) noexcept {
  if (call_.is_over()) return;
  call_.ended_us = time_us;
  touch_claims();
}

void MediaEdit::reopen() noexcept {
  call_.ended_us = never_us;
  touch_claims();
}

void MediaEdit::learn(const MediaClaim& claim) noexcept {
  std::size_t count = 0;
  for (auto at = call_.learned; at != no_node; at = parts_.claims[at].next, ++count) {
    const MediaClaim& known = parts_.claims[at];
    if (known.address == claim.address && known.kind == claim.kind) return;
  }
  if (count == max_learned) {
    changes_.note(ClaimChanges::Kind::remove, parts_.claims[call_.learned].address.hash(keep_.seed),
                  call_.hash);
    parts_.claims.erase(call_.learned, call_.learned);
    --call_.claim_count;
  }
  ++(claim.kind == MediaClaim::Kind::ssrc ? keep_.counts.ssrcs : keep_.counts.latched);
  add_claim(call_.learned, claim);
}

void MediaEdit::forget() noexcept {
  while (call_.descriptions != no_node) drop_description(call_.descriptions);
  drop_claims(call_.learned);
  parts_.texts.clear(call_.call_id);
  parts_.texts.clear(call_.link);
}

void MediaEdit::drop_expired(std::int64_t time_us) noexcept {
  for (auto at = call_.descriptions; at != no_node;) {
    const auto next = parts_.descriptions[at].next;
    if (parts_.descriptions[at].until_us < time_us) drop_description(at);
    at = next;
  }
}

void MediaEdit::drop_description(std::uint32_t at) noexcept {
  MediaDescription& one = parts_.descriptions[at];
  for (auto line = one.lines; line != no_node; line = parts_.lines[line].next) {
    parts_.payloads.clear(parts_.lines[line].payloads);
  }
  parts_.lines.clear(one.lines);
  drop_claims(one.claims);
  parts_.descriptions.erase(call_.descriptions, at);
}

void MediaEdit::drop_claims(std::uint32_t& chain) noexcept {
  for (auto at = chain; at != no_node; at = parts_.claims[at].next) {
    changes_.note(ClaimChanges::Kind::remove, parts_.claims[at].address.hash(keep_.seed),
                  call_.hash);
    --call_.claim_count;
  }
  parts_.claims.clear(chain);
}

void MediaEdit::touch_claims() noexcept {
  const auto touch = [this](std::uint32_t chain) {
    for (auto at = chain; at != no_node; at = parts_.claims[at].next) {
      changes_.note(ClaimChanges::Kind::touch, parts_.claims[at].address.hash(keep_.seed),
                    call_.hash);
    }
  };
  for (auto at = call_.descriptions; at != no_node; at = parts_.descriptions[at].next) {
    touch(parts_.descriptions[at].claims);
  }
  touch(call_.learned);
}

}  // namespace heptap
