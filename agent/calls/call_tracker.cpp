#include "agent/calls/call_tracker.hpp"

#include <algorithm>

#include "agent/calls/call_attempts.hpp"
#include "agent/calls/call_dialogs.hpp"
#include "agent/calls/call_repeats.hpp"
#include "agent/calls/call_reuse.hpp"
#include "agent/calls/call_slots.hpp"
#include "agent/calls/call_timers.hpp"

// A message finds its transaction by the branch, and its dialog by the tags. Times are the least of all
// that were seen, not those of the first message that came: workers are a little out of step, and what
// comes late must not make a time negative. What has a limit in time is decided when a later message,
// or expire(), shows that the limit has passed.
namespace heptap {
namespace {

constexpr std::int64_t disorder_window_us = 5'000;  // workers are out of step
constexpr std::uint32_t max_offset = no_offset - 1;

std::uint32_t offset_of(std::int64_t from_us, std::int64_t to_us) noexcept {
  return static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(to_us - from_us, 0, std::int64_t{max_offset}));
}

void move(std::uint32_t& offset, std::uint32_t by) noexcept {
  if (offset != no_offset)
    offset = std::min(max_offset, offset + std::min(by, max_offset - offset));
}

// An earlier copy of the request than all before.
void begin_at(Transaction& transaction, std::int64_t time_us) noexcept {
  const std::uint32_t by = offset_of(time_us, transaction.first_us);
  move(transaction.last_request, by);
  move(transaction.first_response, by);
  move(transaction.last_provisional, by);
  move(transaction.final_response, by);
  transaction.first_us = std::min<std::int64_t>(transaction.first_us, time_us);
}

// Between other addresses it is the same message at another place.
void take_repeat(CallAccount& account, Transaction& transaction,
                 const CallMessageView& message) noexcept {
  const std::int64_t last_us = transaction.first_us + transaction.last_request;
  if (message.pair != transaction.pair) {
    if (message.time_us - last_us > sip_timers::timeout_us) {
      account.note(CallEventKind::replayed_request, message.time_us);
    }
    return;
  }
  const bool copy = is_captured_twice(transaction, message);
  if (message.time_us < transaction.first_us) begin_at(transaction, message.time_us);
  transaction.last_request =
      std::max(transaction.last_request, offset_of(transaction.first_us, message.time_us));
  transaction.ip_identification = message.packet->ip_identification;
  if (copy) return;
  if (transaction.retransmissions < 0xffff) ++transaction.retransmissions;
  ++account.state().retransmissions;
  ++account.kpi().of(message.method).retransmissions;
}

// The response was here before: the request makes the transaction whole.
bool adopt(Transaction& transaction, const CallMessageView& message) noexcept {
  if (!transaction.no_request || message.time_us > transaction.first_us + disorder_window_us) {
    return false;
  }
  begin_at(transaction, message.time_us);
  transaction.no_request = false;
  transaction.pair = message.pair;
  transaction.request_uri = message.request_uri;
  transaction.ip_identification = message.packet->ip_identification;
  transaction.closed = false;
  return true;
}

void note_response(Transaction& transaction, const CallMessageView& message) noexcept {
  if (transaction.timed_out) return;
  const std::uint32_t offset = offset_of(transaction.first_us, message.time_us);
  transaction.first_response = std::min(transaction.first_response, offset);
  if (message.status < 200) {
    const bool first = transaction.last_provisional == no_offset;
    transaction.last_provisional = first ? offset : std::max(transaction.last_provisional, offset);
  } else if (transaction.status == 0) {
    transaction.status = message.status;
    transaction.final_response = offset;
  }
}

bool is_known(const CallState& state, const CallMessageView& message) noexcept {
  return std::any_of(state.attempts.begin(), state.attempts.end(), [&](const Attempt& attempt) {
    return attempt.first_us != no_time &&
           (attempt.from_tag == message.from_tag || attempt.from_tag == message.to_tag);
  });
}

bool refreshes_session(const CallMessageView& message) noexcept {
  const bool can = message.method == SipMethod::invite || message.method == SipMethod::update;
  return can && message.status >= 200 && message.status < 300;
}

bool has_description(const CallMessageView& message) noexcept {
  return !message.sip->body().empty() && message.sip->contains(HeaderId::content_type);
}

}  // namespace

CallTracker::CallTracker(const CallTrackerOptions& options, std::uint64_t seed,
                         const CarrierMap& carriers, ChainGuesses& guesses)
    : options_(options),
      seed_(seed),
      carriers_(carriers),
      guesses_(guesses),
      kpis_(carriers.names().size()) {}

CallAccount CallTracker::account_of(CallState& state) noexcept {
  return {state, kpis_[state.carrier], guesses_, options_.ineffective};
}

// Inbound it is the source, outbound the destination.
void CallTracker::note_carrier(CallState& state, const Packet& packet) const noexcept {
  if (state.has_carrier) return;
  state.has_carrier = true;
  if (kpis_.size() == 1) return;
  state.carrier = carriers_.find(packet.source);
  if (state.carrier == CarrierMap::default_carrier) {
    state.carrier = carriers_.find(packet.destination);
  }
}

void CallTracker::update(CallState& state, const SipView& sip, const Packet& packet,
                         std::int64_t time_us) noexcept {
  const CallMessageView message = read_call_message(sip, packet, time_us, seed_);
  expire(state, message.time_us);
  note_carrier(state, packet);
  state.last_us = std::max(state.last_us, message.time_us);
  CallAccount account = account_of(state);
  if (!message.is_request) {
    take_response(account, message);
  } else if (message.method == SipMethod::ack) {
    take_ack(account, message);
  } else {
    take_request(account, message);
  }
  state.due_us = next_due_us(account);
  expire(state, message.time_us);  // what it has to say may have been over before it came
}

bool CallTracker::begins_another(CallState& state, const SipView& sip, const Packet& packet,
                                 std::int64_t time_us) noexcept {
  const CallMessageView message = read_call_message(sip, packet, time_us, seed_);
  expire(state, message.time_us);
  return begins_another_call(account_of(state), message, find(state, message).transaction);
}

CallStanding CallTracker::standing(CallState& state, const SipView& sip, const Packet& packet,
                                   std::int64_t time_us) noexcept {
  const CallMessageView message = read_call_message(sip, packet, time_us, seed_);
  expire(state, message.time_us);
  const Transaction* const transaction = find(state, message).transaction;
  const bool asks = message.is_request && message.opens_dialog();
  if (asks && begins_another_call(account_of(state), message, transaction)) return {};
  return {phase_of(state, options_.ineffective),
          transaction != nullptr && is_retransmission(state, *transaction, message)};
}

CallTracker::Found CallTracker::find(CallState& state,
                                     const CallMessageView& message) const noexcept {
  if (Transaction* const exact = find_transaction(state, message)) return {exact, 0};
  const std::uint32_t folded = folded_key(message, seed_);
  return {message.has_cookie ? find_folded(state, folded) : nullptr, folded};
}

void CallTracker::take_request(CallAccount& account, const CallMessageView& message) noexcept {
  auto [transaction, folded] = find(account.state(), message);
  if (transaction == nullptr) {
    transaction = &add_transaction(account, message, folded);
  } else if (!adopt(*transaction, message)) {
    return take_repeat(account, *transaction, message);
  }
  ++account.kpi().of(message.method).requests;
  if (message.method == SipMethod::cancel) {
    take_cancel(account, message);
  } else if (message.opens_dialog() || message.method == SipMethod::register_) {
    take_opening(account, *transaction, message, seed_);
  } else if (message.to_tag != 0) {
    transaction->opens_dialog = false;
    take_in_dialog(account, message);
  }
  if (transaction->status != 0) account.close(*transaction);
}

void CallTracker::take_ack(CallAccount& account, const CallMessageView& message) noexcept {
  const Transaction* const transaction = find_transaction(account.state(), message);
  if (transaction != nullptr && transaction->status >= 300) return;
  take_dialog_ack(account, message);
}

void CallTracker::take_response(CallAccount& account, const CallMessageView& message) noexcept {
  if (message.status < 100 || message.status > 699) return;
  Transaction& transaction = transaction_of(account, message);
  const bool is_repeat = transaction.status != 0;
  note_response(transaction, message);
  if (transaction.opens_dialog && transaction.attempt != no_slot) {
    const bool is_old = is_repeat && message.status >= 300;  // another target may be tried since
    Attempt& attempt = account.state().attempts[transaction.attempt];
    if (!is_old) take_outcome(account, attempt, message, is_alert(message));
    if (message.method == SipMethod::invite) take_dialog_response(account, message, is_repeat);
  } else if (message.method == SipMethod::bye) {
    take_bye_response(account, transaction, message);
  }
  if (refreshes_session(message) && !is_repeat) take_session_timer(account.state(), message);
  if (transaction.status != 0) account.close(transaction);
}

Transaction& CallTracker::transaction_of(CallAccount& account,
                                         const CallMessageView& message) noexcept {
  CallState& state = account.state();
  const auto [transaction, folded] = find(state, message);
  if (transaction != nullptr) return *transaction;
  account.note(CallEventKind::orphan_response, message.time_us, message.status);
  Transaction& orphan = add_transaction(account, message, folded);
  if (message.method == SipMethod::invite && !is_known(state, message) &&
      find_dialog(state, message) == nullptr) {
    take_partial(account, orphan, message);
  }
  return orphan;
}

bool CallTracker::is_alert(const CallMessageView& message) const noexcept {
  if (message.status == 180) return true;
  if (options_.pdd == PddMode::ringing) return false;
  if (message.status == 183) return options_.pdd == PddMode::any || has_description(message);
  return message.status >= 200 && message.status < 300;
}

void CallTracker::expire(CallState& state, std::int64_t now_us) noexcept {
  while (now_us >= state.due_us) {
    CallAccount account = account_of(state);
    run_timers(account, now_us);
    state.due_us = next_due_us(account);
  }
}

void CallTracker::close(CallState& state, CallEnd why, std::int64_t now_us) noexcept {
  if (state.end != CallEnd::open) return;
  expire(state, now_us);
  state.end = over_us(state) != no_time ? CallEnd::signalled : why;
  CallAccount account = account_of(state);
  for (Transaction& transaction : state.transactions) {
    if (transaction.first_us != no_time) account.close(transaction);
  }
  for (Attempt& attempt : state.attempts) {
    if (attempt.first_us != no_time) account.settle(attempt);
  }
  for (Dialog& dialog : state.dialogs) {
    if (dialog.answer_us != no_time && state.end == CallEnd::aged) account.end(dialog);
  }
  state.due_us = next_due_us(account);
}

Kpi CallTracker::total() const noexcept {
  Kpi sum;
  for (const Kpi& kpi : kpis_) sum += kpi;
  return sum;
}

}  // namespace heptap
