#include "agent/calls/call_dialogs.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "agent/calls/call_slots.hpp"

namespace heptap {
namespace {

// What comes twice within this time was captured twice.
constexpr std::int64_t copy_window_us = 5'000;

bool has_attempt(const CallState& state, std::uint32_t from_tag) noexcept {
  return std::any_of(state.attempts.begin(), state.attempts.end(), [&](const Attempt& attempt) {
    return attempt.first_us != no_time && attempt.method == SipMethod::invite &&
           attempt.from_tag == from_tag;
  });
}

void turn(Dialog& dialog) noexcept {
  std::swap(dialog.tag_a, dialog.tag_b);
  dialog.bye_from_a = !dialog.bye_from_a;
}

void know_caller(Dialog& dialog, std::uint32_t caller_tag) noexcept {
  if (dialog.tag_a != caller_tag) turn(dialog);
  dialog.caller_known = true;
}

// Who called whom is known by the INVITE, or by an INVITE within the dialog.
void guess_caller(const CallState& state, Dialog& dialog, const CallMessageView& message) noexcept {
  if (has_attempt(state, message.from_tag)) return know_caller(dialog, message.from_tag);
  if (has_attempt(state, message.to_tag)) return know_caller(dialog, message.to_tag);
  if (message.method == SipMethod::invite) know_caller(dialog, message.from_tag);
}

Dialog* dialog_of(CallAccount& account, const CallMessageView& message) noexcept {
  CallState& state = account.state();
  if (Dialog* const known = find_dialog(state, message)) return known;
  const bool matters = message.method == SipMethod::bye || message.method == SipMethod::invite;
  if (matters && state.had_dialog) account.note(CallEventKind::tag_change, message.time_us);
  return add_dialog(state, message);
}

void take_bye(Dialog& dialog, const CallMessageView& message) noexcept {
  if (dialog.bye_us != no_time && dialog.bye_us <= message.time_us) return;
  dialog.bye_us = message.time_us;
  dialog.bye_pair = message.pair;
  dialog.bye_from_a = message.from_tag == dialog.tag_a;
  dialog.bye_from_lower = message.from_lower();
}

void answer(Dialog& dialog, const CallMessageView& message, bool is_repeat) noexcept {
  if (dialog.answer_us == no_time) {
    dialog.cseq = message.cseq;
    dialog.answer_us = message.time_us;
    return;
  }
  if (is_repeat && message.time_us - dialog.answer_us >= copy_window_us) {
    if (dialog.repeats < 255) ++dialog.repeats;
    dialog.repeat_us = std::max<std::int64_t>(dialog.repeat_us, message.time_us);
  }
  dialog.answer_us = std::min<std::int64_t>(dialog.answer_us, message.time_us);
}

// The ACK to a failure is of the transaction; with a branch of its own it looks as if it were of a dialog.
bool has_failed(const CallState& state, const CallMessageView& ack) noexcept {
  return std::any_of(state.attempts.begin(), state.attempts.end(), [&](const Attempt& attempt) {
    return attempt.first_us != no_time && attempt.status >= 300 &&
           attempt.from_tag == ack.from_tag && attempt.cseq == ack.cseq;
  });
}

}  // namespace

void take_dialog_response(CallAccount& account, const CallMessageView& message,
                          bool is_repeat) noexcept {
  if (message.status == 100 || message.status >= 300) return;
  if (message.status < 200 && message.to_tag == 0) return;
  CallState& state = account.state();
  Dialog* dialog = find_dialog(state, message);
  if (dialog == nullptr) dialog = add_dialog(state, message);
  if (dialog == nullptr) return;
  state.had_dialog = true;
  know_caller(*dialog, message.from_tag);
  if (message.status >= 200) answer(*dialog, message, is_repeat);
}

void take_in_dialog(CallAccount& account, const CallMessageView& message) noexcept {
  Dialog* const dialog = dialog_of(account, message);
  if (message.method == SipMethod::refer) account.state().is_transfer = true;
  if (dialog == nullptr) return;
  if (!dialog->caller_known) guess_caller(account.state(), *dialog, message);
  const bool early = message.method == SipMethod::prack || message.method == SipMethod::update;
  if (!early) dialog->confirmed = true;
  if (message.method == SipMethod::bye) take_bye(*dialog, message);
}

void take_dialog_ack(CallAccount& account, const CallMessageView& message) noexcept {
  if (message.to_tag == 0) return;
  Dialog* const dialog = dialog_of(account, message);
  if (dialog == nullptr) return;
  if (!dialog->caller_known) guess_caller(account.state(), *dialog, message);
  if (dialog->answer_us == no_time && has_failed(account.state(), message)) return;
  dialog->confirmed = true;
  if (dialog->answer_us == no_time || message.cseq == dialog->cseq) {
    dialog->ack_us = earlier(dialog->ack_us, message.time_us);
  }
}

bool is_recoverable(const Dialog& dialog) noexcept {
  return dialog.bye_status == 401 || dialog.bye_status == 407 || dialog.bye_status == 503;
}

void take_bye_response(CallAccount& account, const Transaction& transaction,
                       const CallMessageView& message) noexcept {
  Dialog* const dialog = find_dialog(account.state(), message);
  if (dialog == nullptr || dialog->bye_us == no_time || dialog->counted) return;
  const bool from_a = message.from_tag == dialog->tag_a;
  if (message.status < 200 || transaction.pair != dialog->bye_pair ||
      from_a != dialog->bye_from_a) {
    return;
  }
  dialog->bye_status = message.status;
  const bool later = message.status != 503 || message.sip->contains(HeaderId::retry_after);
  if (is_recoverable(*dialog) && later) return;
  dialog->bye_final_us = message.time_us;
  account.end(*dialog);
}

void take_session_timer(CallState& state, const CallMessageView& message) noexcept {
  const std::string_view value = message.sip->first(HeaderId::session_expires);
  std::uint32_t seconds = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  state.session_expires_s = error == std::errc{} ? seconds : 0;
  state.refresh_us = std::max(state.refresh_us, message.time_us);
}

}  // namespace heptap
