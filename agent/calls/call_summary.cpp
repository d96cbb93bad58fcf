#include "agent/calls/call_summary.hpp"

#include <algorithm>

namespace heptap {
namespace {

double in_ms(std::int64_t us) noexcept { return static_cast<double>(us) / 1000.0; }

Milliseconds between(std::int64_t from, std::int64_t to) noexcept {
  const auto us = elapsed_us(from, to);
  return us ? Milliseconds(in_ms(*us)) : std::nullopt;
}

Milliseconds of_offset(std::uint32_t offset) noexcept {
  return offset == no_offset ? std::nullopt : Milliseconds(in_ms(offset));
}

bool is_better(const Attempt& a, const Attempt& b) noexcept {
  if ((a.answer_us != no_time) != (b.answer_us != no_time)) return a.answer_us != no_time;
  return a.first_us > b.first_us;
}

const Attempt* chosen_attempt(const CallState& state) noexcept {
  const Attempt* chosen = nullptr;
  for (const Attempt& attempt : state.attempts) {
    if (attempt.first_us == no_time || !is_primary(state, attempt, attempt.cseq)) continue;
    if (chosen == nullptr || is_better(attempt, *chosen)) chosen = &attempt;
  }
  return chosen;
}

// Without an attempt, the one that is known best.
const Dialog* chosen_dialog(const CallState& state, const Attempt* attempt) noexcept {
  if (attempt != nullptr && attempt->answer_us != no_time) return primary_dialog(state, *attempt);
  if (attempt != nullptr) return nullptr;
  const Dialog* chosen = nullptr;
  for (const Dialog& dialog : state.dialogs) {
    if (dialog.used && (chosen == nullptr || dialog.bye_us > chosen->bye_us)) chosen = &dialog;
  }
  return chosen;
}

CallPhase phase_of(const Dialog& dialog) noexcept {
  if (dialog.counted) return CallPhase::ended;
  if (dialog.bye_us != no_time) return CallPhase::ending;
  if (dialog.confirmed) return CallPhase::confirmed;
  return dialog.no_ack ? CallPhase::ack_timeout : CallPhase::answered;
}

CallPhase phase_of(const Attempt& attempt, const IneffectiveCodes& ineffective) noexcept {
  switch (bucket_of(attempt, ineffective)) {
    case StatusBucket::trying: break;
    case StatusBucket::success: return CallPhase::answered;
    case StatusBucket::redirect: return attempt.counted ? CallPhase::failed : CallPhase::redirected;
    case StatusBucket::challenge:
      return attempt.counted ? CallPhase::failed : CallPhase::challenged;
    case StatusBucket::cancelled: return CallPhase::cancelled;
    case StatusBucket::timeout: return CallPhase::timeout;
    default: return CallPhase::failed;
  }
  if (attempt.cancel_us != no_time) return CallPhase::cancelling;
  if (attempt.progress_us != no_time) return CallPhase::progress;
  return attempt.trying_us != no_time ? CallPhase::trying : CallPhase::calling;
}

bool is_abandoned(const Attempt& attempt, const IneffectiveCodes& ineffective) noexcept {
  const StatusBucket bucket = bucket_of(attempt, ineffective);
  return attempt.counted && (bucket == StatusBucket::challenge || bucket == StatusBucket::redirect);
}

std::int64_t ring_end(const Attempt& attempt) noexcept {
  return earlier(earlier(attempt.answer_us, attempt.cancel_us), attempt.final_us);
}

void add_session_times(CallSummary& out, const Attempt& attempt,
                       const IneffectiveCodes& ineffective) noexcept {
  const Sample srd = srd_of(attempt, ineffective);
  out.srd_kind = srd.kind;
  if (srd.kind != SampleKind::none) out.srd_ms = in_ms(srd.us);
  const std::int64_t start = attempt.first_us;
  out.sdr_ms = between(start, attempt.ringing_us);
  out.snt_ms = between(start, attempt.answer_us);
  out.pdd_ms = between(start, attempt.alert_us);
  out.trying_ms = between(start, attempt.trying_us);
  out.cancel_ms = between(start, attempt.cancel_us);
}

void add_attempt(CallSummary& out, const Attempt& attempt,
                 const IneffectiveCodes& ineffective) noexcept {
  out.phase = phase_of(attempt, ineffective);
  out.partial = attempt.partial;
  out.chain_guess = attempt.chain_guess;
  out.abandoned = is_abandoned(attempt, ineffective);
  out.attempt_requests = attempt.requests;
  out.outcome = attempt.status;
  out.timed_out = bucket_of(attempt, ineffective) == StatusBucket::timeout;
  out.ring_ms = between(attempt.ringing_us, ring_end(attempt));
  if (attempt.partial) return;
  if (attempt.method == SipMethod::register_) {
    out.rrd_ms = between(attempt.first_us, attempt.answer_us);
  } else {
    out.cancel_race = attempt.cancel_us != no_time && attempt.answer_us != no_time;
    add_session_times(out, attempt, ineffective);
  }
}

CallParty bye_by(const Dialog& dialog) noexcept {
  if (dialog.bye_us == no_time) return CallParty::unknown;
  const bool by_caller = dialog.caller_known ? dialog.bye_from_a : dialog.bye_from_lower;
  return by_caller ? CallParty::caller : CallParty::callee;
}

void add_dialog(CallSummary& out, const CallState& state, const Dialog& dialog,
                std::int64_t answer_us) noexcept {
  out.phase = phase_of(dialog);
  const Sample sdt = sdt_of(state, dialog, answer_us);
  out.sdt_kind = sdt.kind;
  if (sdt.kind != SampleKind::none) out.sdt_sig_ms = in_ms(sdt.us);
  out.end_inferred = sdt.kind != SampleKind::none && dialog.bye_us == no_time;
  out.ack_ms = between(answer_us, dialog.ack_us);
  if (dialog.bye_status >= 200 && dialog.bye_status < 300) {
    out.sdd_ms = between(dialog.bye_us, dialog.bye_final_us);
  }
  out.bye_by = bye_by(dialog);
  out.bye_status = dialog.bye_status;
}

std::uint16_t extra_dialogs(const CallState& state, const Dialog* primary) noexcept {
  const auto extra =
      std::count_if(state.dialogs.begin(), state.dialogs.end(), [&](const Dialog& dialog) {
        return primary != nullptr && &dialog != primary && dialog.answer_us != no_time &&
               dialog.tag_a == primary->tag_a && dialog.cseq == primary->cseq;
      });
  return static_cast<std::uint16_t>(extra);
}

void add_transactions(CallSummary& out, const CallState& state) noexcept {
  for (const Transaction& t : state.transactions) {
    if (t.first_us == no_time || t.no_request) continue;
    out.transactions[out.transaction_count++] = {t.method,
                                                 t.cseq,
                                                 t.key,
                                                 t.first_us,
                                                 of_offset(t.first_response),
                                                 of_offset(t.final_response),
                                                 t.status,
                                                 t.retransmissions,
                                                 t.timed_out};
  }
  std::sort(out.transactions.begin(), out.transactions.begin() + out.transaction_count,
            [](const auto& a, const auto& b) { return a.time_us < b.time_us; });
}

void add_events(CallSummary& out, const CallState& state) noexcept {
  for (const CallEvent& event : state.events) {
    if (event.kind != CallEventKind::none) out.events[out.event_count++] = event;
  }
}

}  // namespace

CallPhase phase_of(const CallState& state, const IneffectiveCodes& ineffective) noexcept {
  const Attempt* const attempt = chosen_attempt(state);
  if (const Dialog* const dialog = chosen_dialog(state, attempt)) return phase_of(*dialog);
  return attempt != nullptr ? phase_of(*attempt, ineffective) : CallPhase::idle;
}

CallSummary summary_of(const CallState& state, const IneffectiveCodes& ineffective) noexcept {
  CallSummary out;
  out.end = state.end;
  out.transfer = state.is_transfer;
  out.retransmissions = state.retransmissions;
  const Attempt* const attempt = chosen_attempt(state);
  if (attempt != nullptr) add_attempt(out, *attempt, ineffective);
  const Dialog* const dialog = chosen_dialog(state, attempt);
  if (dialog != nullptr) {
    out.partial = out.partial || attempt == nullptr;
    add_dialog(out, state, *dialog, attempt != nullptr ? attempt->answer_us : dialog->answer_us);
  }
  out.extra_dialogs = extra_dialogs(state, dialog);
  add_transactions(out, state);
  add_events(out, state);
  return out;
}

}  // namespace heptap
