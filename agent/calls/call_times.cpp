#include "agent/calls/call_times.hpp"

#include <algorithm>

namespace heptap {
namespace {

bool covers(const Attempt& attempt, std::uint32_t cseq) noexcept {
  return attempt.first_cseq <= cseq && cseq <= attempt.cseq;
}

bool is_same(const Attempt& a, const Attempt& b) noexcept {
  return a.first_us != no_time && a.method == b.method && a.from_tag == b.from_tag;
}

bool is_nearer(const Attempt& a, const Attempt& b) noexcept {
  if (a.via_count != b.via_count) return a.via_count < b.via_count;
  return a.first_us != b.first_us ? a.first_us < b.first_us : &a < &b;
}

bool is_early(const Dialog& dialog) noexcept {
  return dialog.caller_known && !dialog.confirmed && dialog.answer_us == no_time;
}

}  // namespace

std::optional<std::int64_t> elapsed_us(std::int64_t from, std::int64_t to) noexcept {
  if (from == no_time || to == no_time) return std::nullopt;
  return std::max<std::int64_t>(to - from, 0);
}

StatusBucket bucket_of(const Attempt& attempt, const IneffectiveCodes& ineffective) noexcept {
  if (attempt.status != 0) return bucket_of(attempt.status, ineffective);
  return attempt.timed_out ? StatusBucket::timeout : StatusBucket::trying;
}

Sample srd_of(const Attempt& attempt, const IneffectiveCodes& ineffective) noexcept {
  if (attempt.partial || attempt.method != SipMethod::invite) return {};
  SampleKind kind = SampleKind::failed;
  std::int64_t stop = attempt.progress_us;
  switch (bucket_of(attempt, ineffective)) {
    case StatusBucket::trying:
    case StatusBucket::progress: return {};
    case StatusBucket::success:
      kind = SampleKind::success;
      if (stop == no_time) stop = attempt.answer_us;
      break;
    case StatusBucket::redirect:
    case StatusBucket::timeout: break;
    case StatusBucket::cancelled: kind = SampleKind::cancelled; [[fallthrough]];
    default:
      if (stop == no_time) stop = attempt.final_us;
      break;
  }
  const auto us = elapsed_us(attempt.first_us, stop);
  return us ? Sample{*us, kind} : Sample{};
}

Sample sdt_of(const CallState& state, const Dialog& dialog, std::int64_t answer_us) noexcept {
  std::int64_t end = dialog.bye_us;
  if (end == no_time && dialog.expired) {
    end = std::max(state.media_us,
                   state.refresh_us + state.session_expires_s * std::int64_t{1'000'000});
  } else if (end == no_time && state.end == CallEnd::aged) {
    end = state.media_us;
  }
  const auto us = elapsed_us(answer_us, end);
  if (!us) return {};
  if (dialog.bye_timed_out) return {*us + sip_timers::timeout_us, SampleKind::failed};
  return {*us, SampleKind::success};
}

bool is_primary(const CallState& state, const Attempt& attempt, std::uint32_t cseq) noexcept {
  return std::none_of(state.attempts.begin(), state.attempts.end(), [&](const Attempt& other) {
    return &other != &attempt && is_same(other, attempt) && covers(other, cseq) &&
           is_nearer(other, attempt);
  });
}

const Dialog* primary_dialog(const CallState& state, const Attempt& attempt) noexcept {
  const Dialog* first = nullptr;
  for (const Dialog& dialog : state.dialogs) {
    if (!dialog.used || dialog.answer_us == no_time || dialog.tag_a != attempt.from_tag ||
        !covers(attempt, dialog.cseq)) {
      continue;
    }
    if (first == nullptr || dialog.answer_us < first->answer_us) first = &dialog;
  }
  return first;
}

const Attempt* attempt_of(const CallState& state, const Dialog& dialog) noexcept {
  if (dialog.answer_us == no_time) return nullptr;
  for (const Attempt& attempt : state.attempts) {
    if (attempt.first_us != no_time && attempt.method == SipMethod::invite &&
        attempt.from_tag == dialog.tag_a && covers(attempt, dialog.cseq) &&
        is_primary(state, attempt, dialog.cseq)) {
      return &attempt;
    }
  }
  return nullptr;
}

bool is_session(const CallState& state) noexcept {
  if (state.had_dialog) return true;
  const bool was_asked_for =
      std::any_of(state.attempts.begin(), state.attempts.end(), [](const Attempt& attempt) {
        return attempt.first_us != no_time && attempt.method == SipMethod::invite;
      });
  return was_asked_for ||
         std::any_of(state.dialogs.begin(), state.dialogs.end(), [](const Dialog& dialog) {
           return dialog.used && (dialog.bye_us != no_time || dialog.expired);
         });
}

bool has_ended(const Dialog& dialog) noexcept {
  return !dialog.used || dialog.counted || is_early(dialog);
}

std::int64_t over_us(const CallState& state) noexcept {
  const bool transactions =
      std::all_of(state.transactions.begin(), state.transactions.end(),
                  [](const Transaction& t) { return t.first_us == no_time || t.closed; });
  const bool attempts =
      std::all_of(state.attempts.begin(), state.attempts.end(),
                  [](const Attempt& a) { return a.first_us == no_time || a.counted || a.partial; });
  const bool dialogs = std::all_of(state.dialogs.begin(), state.dialogs.end(),
                                   [](const Dialog& dialog) { return has_ended(dialog); });
  if (!transactions || !attempts || !dialogs || state.last_us == no_time) return no_time;
  return state.last_us + sip_timers::timeout_us;
}

}  // namespace heptap
