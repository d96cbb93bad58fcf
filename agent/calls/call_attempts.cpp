#include "agent/calls/call_attempts.hpp"

#include <algorithm>
#include <charconv>

#include "agent/calls/call_slots.hpp"
#include "proto/sip/chars.hpp"
#include "proto/sip/params.hpp"

namespace heptap {
namespace {

constexpr std::int64_t retry_window_us = 2'000'000;
constexpr int loop_challenges = 3;

int number_of(std::string_view text) noexcept {
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

bool removes_binding(const SipView& sip) noexcept {
  const std::string_view expires = sip.first(HeaderId::expires);
  if (!expires.empty()) return expires == "0";
  std::string_view list = sip.first(HeaderId::contact);
  std::string_view contact;
  if (!next_list_item(list, contact)) return false;
  return param_value(contact.substr(contact.find('>') + 1), "expires") == "0";
}

// Q.850 causes of a user who was reached or cannot be, and of a caller who misdialled (E.425).
bool is_user_cause(const SipView& sip) noexcept {
  std::string_view list = sip.first(HeaderId::reason);
  for (std::string_view item; next_list_item(list, item);) {
    if (!sip_chars::equal_ignoring_case(item.substr(0, 5), "Q.850")) continue;
    const int cause = number_of(param_value(item, "cause"));
    return (cause >= 16 && cause <= 21) || cause == 1 || cause == 28;
  }
  return false;
}

// 305 (incompatible media format), or else the first.
int warn_code(const SipView& sip) noexcept {
  int first = 0;
  std::string_view list = sip.first(HeaderId::warning);
  for (std::string_view item; next_list_item(list, item);) {
    const int code = number_of(item.substr(0, 3));
    if (code == 305) return code;
    if (first == 0) first = code;
  }
  return std::clamp(first, 0, 999);
}

bool is_of(const Attempt& attempt, const CallMessageView& message) noexcept {
  return attempt.first_us != no_time && attempt.method == message.method &&
         attempt.from_tag == message.from_tag;
}

// The same request on the same way: a spiral, or a proxy that tries one target after the other.
Attempt* find_same(CallState& state, const CallMessageView& message) noexcept {
  for (Attempt& attempt : state.attempts) {
    if (is_of(attempt, message) && attempt.pair == message.pair &&
        attempt.first_cseq <= message.cseq && message.cseq <= attempt.cseq) {
      return &attempt;
    }
  }
  return nullptr;
}

bool goes_on(const CallAccount& account, const Attempt& attempt, std::int64_t time_us) noexcept {
  if (attempt.status == 0 || attempt.answer_us != no_time) return false;
  if (attempt.counted && !attempt.partial) return false;
  return time_us - attempt.final_us < chain_window_us(account.bucket(attempt.status));
}

// On the same way, or from the same distance to another target: a redirection.
Attempt* find_earlier(CallAccount& account, const CallMessageView& message,
                      std::uint8_t vias) noexcept {
  Attempt* found = nullptr;
  for (Attempt& attempt : account.state().attempts) {
    if (!is_of(attempt, message) || message.cseq <= attempt.cseq) continue;
    if (attempt.pair == message.pair) return &attempt;
    if (attempt.via_count == vias && goes_on(account, attempt, message.time_us)) found = &attempt;
  }
  return found;
}

// Serial forking to another address (RFC 3261 section 16.7): the same request, at the same distance,
// after the target before has failed.
Attempt* find_failed_target(CallState& state, const CallMessageView& message,
                            std::uint8_t vias) noexcept {
  Attempt* found = nullptr;
  for (Attempt& attempt : state.attempts) {
    if (!is_of(attempt, message) || message.cseq != attempt.cseq || attempt.via_count != vias) {
      continue;
    }
    const bool has_failed = attempt.status >= 300 && !attempt.counted;
    if (!has_failed || message.time_us < attempt.final_us) continue;
    if (found == nullptr || attempt.first_us < found->first_us) found = &attempt;
  }
  return found;
}

// What was said, and whether it was cancelled, is not how it ends.
void forget_failure(Attempt& attempt) noexcept {
  attempt.status = 0;
  attempt.final_us = no_time;
  attempt.cancel_us = no_time;
  attempt.user_cause = false;
}

void go_on(CallAccount& account, Attempt& attempt, const CallMessageView& message) noexcept {
  if (attempt.caller != 0) account.guesses().withdraw(attempt.caller);
  attempt.pair = message.pair;
  attempt.cseq = message.cseq;
  forget_failure(attempt);
  ++attempt.requests;
}

// A hop far from the caller is the first to have no place.
bool has_no_place(const CallState& state, const CallMessageView& message,
                  std::uint8_t vias) noexcept {
  return std::all_of(state.attempts.begin(), state.attempts.end(), [&](const Attempt& attempt) {
    return is_of(attempt, message) && attempt.cseq == message.cseq && attempt.via_count <= vias;
  });
}

void begin(Attempt& attempt, const CallMessageView& message) noexcept {
  attempt.first_us = message.time_us;
  attempt.from_tag = message.from_tag;
  attempt.pair = message.pair;
  attempt.first_cseq = attempt.cseq = message.cseq;
  attempt.method = message.method;
  attempt.requests = 1;
}

void begin_new(CallAccount& account, Attempt& attempt, const CallMessageView& message,
               std::uint8_t vias, std::uint64_t seed) noexcept {
  begin(attempt, message);
  attempt.via_count = vias;
  if (message.method != SipMethod::invite) return;
  attempt.caller = caller_key(message, seed);
  const auto guess = account.guesses().take(attempt.caller, message.time_us);
  if (!guess) return;
  attempt.first_us = *guess;
  attempt.chain_guess = true;
}

// The request came after its response: two workers are not in step.
void complete(CallAccount& account, Attempt& attempt, const CallMessageView& message) noexcept {
  attempt.first_us = message.time_us;
  attempt.via_count = via_count(*message.sip);
  attempt.partial = false;
  if (!attempt.counted) return;
  attempt.counted = false;
  account.settle(attempt);
}

// Serial forking: what the target before has said is not the end.
void try_again(Attempt& attempt, const CallMessageView& message) noexcept {
  attempt.first_us = earlier(attempt.first_us, message.time_us);
  if (attempt.counted || attempt.answer_us != no_time || attempt.cseq != message.cseq) return;
  if (attempt.status != 0) forget_failure(attempt);
}

Attempt* attempt_for(CallAccount& account, const CallMessageView& message,
                     std::uint64_t seed) noexcept {
  if (Attempt* const same = find_same(account.state(), message)) {
    try_again(*same, message);
    return same;
  }
  const std::uint8_t vias = via_count(*message.sip);
  if (Attempt* const failed = find_failed_target(account.state(), message, vias)) {
    go_on(account, *failed, message);
    return failed;
  }
  Attempt* const before = find_earlier(account, message, vias);
  if (before != nullptr && goes_on(account, *before, message.time_us)) {
    go_on(account, *before, message);
    return before;
  }
  if (before != nullptr) {
    free_slot(account, *before);
  } else if (has_no_place(account.state(), message, vias)) {
    return nullptr;
  }
  Attempt& attempt = before != nullptr ? *before : add_attempt(account);
  begin_new(account, attempt, message, vias, seed);
  return &attempt;
}

void take_answer(CallAccount& account, Attempt& attempt, const CallMessageView& message) noexcept {
  if (attempt.answer_us == no_time && attempt.cancel_us != no_time) {
    account.note(CallEventKind::cancel_race, message.time_us, message.status);
  }
  attempt.status = message.status;
  attempt.answer_us = earlier(attempt.answer_us, message.time_us);
  account.settle(attempt);
}

void note_challenge(CallAccount& account, Attempt& attempt,
                    const CallMessageView& message) noexcept {
  if (attempt.challenges < 127) ++attempt.challenges;
  if (attempt.challenges != loop_challenges) return;
  account.note(CallEventKind::auth_loop, message.time_us, message.status);
}

void take_failure(CallAccount& account, Attempt& attempt, const CallMessageView& message) noexcept {
  if (attempt.answer_us != no_time || attempt.status != 0 || message.cseq != attempt.cseq) return;
  attempt.status = message.status;
  attempt.final_us = message.time_us;
  attempt.user_cause = is_user_cause(*message.sip);
  const StatusBucket bucket = account.bucket(message.status);
  if (bucket == StatusBucket::challenge) note_challenge(account, attempt, message);
  if (bucket == StatusBucket::challenge || bucket == StatusBucket::redirect) {
    account.guesses().offer(attempt.caller, attempt.first_us, message.time_us);
  }
  if (message.status == 415 || message.status == 488 || message.status == 606) {
    account.note(CallEventKind::media_rejected, message.time_us, message.status,
                 warn_code(*message.sip));
  }
}

}  // namespace

std::int64_t chain_window_us(StatusBucket bucket) noexcept {
  switch (bucket) {
    case StatusBucket::challenge:
    case StatusBucket::redirect: return sip_timers::timeout_us;
    case StatusBucket::success:
    case StatusBucket::user:
    case StatusBucket::cancelled: return 0;
    default: return retry_window_us;
  }
}

void take_opening(CallAccount& account, Transaction& transaction, const CallMessageView& message,
                  std::uint64_t seed) noexcept {
  CallState& state = account.state();
  transaction.opens_dialog = true;
  transaction.removes = message.method == SipMethod::register_ && removes_binding(*message.sip);
  if (message.sip->contains(HeaderId::replaces)) state.is_transfer = true;
  if (transaction.attempt != no_slot && state.attempts[transaction.attempt].partial) {
    return complete(account, state.attempts[transaction.attempt], message);
  }
  Attempt* const attempt = attempt_for(account, message, seed);
  if (attempt == nullptr) return;
  attempt->removes = transaction.removes;
  transaction.attempt = slot_of(state, *attempt);
}

void take_partial(CallAccount& account, Transaction& transaction,
                  const CallMessageView& message) noexcept {
  Attempt& attempt = add_attempt(account);
  begin(attempt, message);
  attempt.partial = true;
  transaction.opens_dialog = true;
  transaction.attempt = slot_of(account.state(), attempt);
}

void take_outcome(CallAccount& account, Attempt& attempt, const CallMessageView& message,
                  bool is_alert) noexcept {
  const std::int64_t time_us = message.time_us;
  if (is_alert) attempt.alert_us = earlier(attempt.alert_us, time_us);
  if (message.status == 100) {
    attempt.trying_us = earlier(attempt.trying_us, time_us);
  } else if (message.status < 200) {
    attempt.progress_us = earlier(attempt.progress_us, time_us);
    if (message.status == 180) attempt.ringing_us = earlier(attempt.ringing_us, time_us);
  } else if (message.status < 300) {
    take_answer(account, attempt, message);
  } else {
    take_failure(account, attempt, message);
  }
}

void take_cancel(CallAccount& account, const CallMessageView& message) noexcept {
  CallState& state = account.state();
  const std::uint32_t key = message.key(SipMethod::invite);
  for (const Transaction& transaction : state.transactions) {
    if (transaction.first_us == no_time || transaction.key != key ||
        transaction.attempt == no_slot) {
      continue;
    }
    Attempt& attempt = state.attempts[transaction.attempt];
    attempt.cancel_us = earlier(attempt.cancel_us, message.time_us);
    return;
  }
}

}  // namespace heptap
