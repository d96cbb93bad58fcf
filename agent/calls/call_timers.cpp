#include "agent/calls/call_timers.hpp"

#include <algorithm>
#include <limits>

#include "agent/calls/call_attempts.hpp"
#include "agent/calls/call_dialogs.hpp"

namespace heptap {
namespace {

constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

// Timers B and F, and C once something has come back.
std::int64_t due_of(const Transaction& transaction) noexcept {
  if (transaction.first_us == no_time || transaction.closed) return never;
  if (transaction.method == SipMethod::invite && transaction.last_provisional != no_offset) {
    return transaction.first_us + transaction.last_provisional + sip_timers::timer_c_us;
  }
  return transaction.first_us + sip_timers::timeout_us;
}

std::int64_t due_of(const CallAccount& account, const Attempt& attempt) noexcept {
  if (attempt.first_us == no_time || attempt.counted || attempt.final_us == no_time) return never;
  // What nothing goes on with stays a little, too: another target may be tried.
  const std::int64_t window = chain_window_us(account.bucket(attempt.status));
  return attempt.final_us + std::max(window, chain_window_us(StatusBucket::other_client));
}

std::int64_t bye_due_us(const Dialog& dialog) noexcept {
  return dialog.bye_us + sip_timers::timeout_us * (dialog.bye_status != 0 ? 2 : 1);
}

bool waits_for_ack(const Dialog& dialog) noexcept {
  return dialog.answer_us != no_time && !dialog.confirmed && dialog.repeats > 0 && !dialog.no_ack;
}

std::int64_t session_due_us(const CallState& state) noexcept {
  const std::int64_t lapse = state.refresh_us + state.session_expires_s * std::int64_t{1'000'000};
  return std::max(lapse, state.media_us) + sip_timers::timeout_us;
}

std::int64_t due_of(const CallState& state, const Dialog& dialog) noexcept {
  if (!dialog.used || dialog.counted) return never;
  if (dialog.bye_us != no_time) return bye_due_us(dialog);
  if (waits_for_ack(dialog)) return dialog.answer_us + sip_timers::timeout_us;
  const bool may_be_up = dialog.confirmed || !dialog.caller_known;
  if (may_be_up && state.session_expires_s != 0) return session_due_us(state);
  return never;
}

bool is_last_hope(const CallState& state, const Transaction& transaction) noexcept {
  return std::none_of(state.transactions.begin(), state.transactions.end(),
                      [&](const Transaction& other) {
                        return other.first_us != no_time && !other.closed &&
                               other.attempt == transaction.attempt && &other != &transaction;
                      });
}

void give_up(CallAccount& account, const Transaction& transaction) noexcept {
  if (transaction.attempt == no_slot || !is_last_hope(account.state(), transaction)) return;
  Attempt& attempt = account.state().attempts[transaction.attempt];
  if (attempt.status != 0 || attempt.cseq != transaction.cseq) return;
  attempt.timed_out = true;
  account.settle(attempt);
}

void time_out(CallAccount& account, Transaction& transaction, std::int64_t due_us) noexcept {
  transaction.timed_out = !transaction.no_request;
  const bool insisted = transaction.retransmissions > 0 || !transaction.is_udp;
  if (transaction.timed_out && insisted && transaction.first_response == no_offset) {
    account.note(CallEventKind::no_response, due_us);
  }
  account.close(transaction);
  give_up(account, transaction);
}

void end_bye(CallAccount& account, Dialog& dialog, std::int64_t due_us) noexcept {
  dialog.bye_timed_out = dialog.bye_status == 0;
  if (dialog.bye_timed_out) account.note(CallEventKind::bye_timeout, due_us);
  account.end(dialog);
}

void time_out(CallAccount& account, Dialog& dialog, std::int64_t due_us) noexcept {
  if (dialog.bye_us != no_time) return end_bye(account, dialog, due_us);
  if (waits_for_ack(dialog)) {
    dialog.no_ack = true;
    return account.note(CallEventKind::ack_timeout, dialog.repeat_us);
  }
  dialog.expired = true;
  account.note(CallEventKind::session_expired, due_us);
  account.end(dialog);
}

}  // namespace

std::int64_t next_due_us(const CallAccount& account) noexcept {
  const CallState& state = account.state();
  std::int64_t due = never;
  for (const Transaction& transaction : state.transactions)
    due = std::min(due, due_of(transaction));
  for (const Attempt& attempt : state.attempts) due = std::min(due, due_of(account, attempt));
  for (const Dialog& dialog : state.dialogs) due = std::min(due, due_of(state, dialog));
  return due;
}

void run_timers(CallAccount& account, std::int64_t now_us) noexcept {
  CallState& state = account.state();
  for (Transaction& transaction : state.transactions) {
    const std::int64_t due = due_of(transaction);
    if (due <= now_us) time_out(account, transaction, due);
  }
  for (Attempt& attempt : state.attempts) {
    if (due_of(account, attempt) <= now_us) account.settle(attempt);
  }
  for (Dialog& dialog : state.dialogs) {
    const std::int64_t due = due_of(state, dialog);
    if (due <= now_us) time_out(account, dialog, due);
  }
}

}  // namespace heptap
