#include "agent/calls/call_slots.hpp"

#include <algorithm>
#include <cstdint>
#include <tuple>

namespace heptap {
namespace {

// RFC 2543 has no branch: requests of one transaction have the same Request-URI, too.
bool is_request_of(const Transaction& transaction, const CallMessageView& message) noexcept {
  return !message.is_request || transaction.no_request || message.method == SipMethod::cancel ||
         transaction.request_uri == message.request_uri;
}

// What has ended goes before what is open, the oldest of it first. A session that was asked for stays
// longest, and then the first of them, above all when something has come back: nobody who learns a
// Call-ID later makes what is under way lose its place.
auto worth(const Transaction& transaction) noexcept {
  const bool is_open = !transaction.closed;
  const bool asks = is_open && transaction.opens_dialog;
  const std::int64_t first_us = transaction.first_us;
  return std::tuple(transaction.first_us != no_time, is_open, transaction.opens_dialog,
                    asks && transaction.last_provisional != no_offset, asks ? -first_us : first_us);
}

enum class AttemptUse : std::uint8_t { none, ended, failed, under_way };

// What a challenge or a redirection has ended goes on, too.
bool is_under_way(const CallAccount& account, const Attempt& attempt) noexcept {
  if (attempt.answer_us != no_time) {
    const Dialog* const dialog = primary_dialog(account.state(), attempt);
    return dialog != nullptr && !has_ended(*dialog);
  }
  if (attempt.counted) return false;
  const StatusBucket bucket = account.bucket(attempt.status);
  return attempt.status == 0 || bucket == StatusBucket::challenge ||
         bucket == StatusBucket::redirect;
}

AttemptUse use_of(const CallAccount& account, const Attempt& attempt) noexcept {
  if (attempt.first_us == no_time) return AttemptUse::none;
  if (is_under_way(account, attempt)) return AttemptUse::under_way;
  return attempt.counted ? AttemptUse::ended : AttemptUse::failed;
}

// The same, and what is seen again at another hop goes before what is seen once.
auto worth(const CallAccount& account, const Attempt& attempt) noexcept {
  const AttemptUse use = use_of(account, attempt);
  const bool may_go_on = use > AttemptUse::ended;
  const std::int64_t first_us = attempt.first_us;
  return std::tuple(use, may_go_on && is_primary(account.state(), attempt, attempt.cseq),
                    may_go_on && earlier(attempt.progress_us, attempt.answer_us) != no_time,
                    may_go_on ? -first_us : first_us);
}

bool is_alive(const Dialog& dialog) noexcept {
  return dialog.used && !dialog.counted && (dialog.confirmed || dialog.answer_us != no_time);
}

auto worth(const Dialog& dialog) noexcept {
  return std::tuple(dialog.used, is_alive(dialog), dialog.answer_us);
}

template <class Slots, class Worth>
auto& least(Slots& slots, const Worth& worth_of) noexcept {
  return *std::min_element(slots.begin(), slots.end(),
                           [&](const auto& a, const auto& b) { return worth_of(a) < worth_of(b); });
}

bool is_open_for(const Transaction& transaction, std::uint8_t attempt) noexcept {
  return transaction.first_us != no_time && !transaction.closed && transaction.attempt == attempt;
}

// An attempt that has no open transaction left, and no final response, would wait for ever.
void let_go(CallAccount& account, Transaction& transaction) noexcept {
  CallState& state = account.state();
  const bool was_open = !transaction.closed;
  account.close(transaction);
  if (!was_open || transaction.attempt == no_slot) return;
  Attempt& attempt = state.attempts[transaction.attempt];
  const bool waits = std::any_of(
      state.transactions.begin(), state.transactions.end(),
      [&](const Transaction& other) { return is_open_for(other, transaction.attempt); });
  if (!waits && attempt.status == 0) account.settle(attempt);
}

}  // namespace

Transaction* find_transaction(CallState& state, const CallMessageView& message) noexcept {
  Transaction* found = nullptr;
  const std::uint32_t key = message.key();
  for (Transaction& transaction : state.transactions) {
    if (transaction.first_us == no_time || transaction.key != key) continue;
    if (!is_request_of(transaction, message)) continue;
    if (transaction.pair == message.pair) return &transaction;
    if (found == nullptr) found = &transaction;
  }
  return found;
}

Transaction* find_folded(CallState& state, std::uint32_t folded_key) noexcept {
  for (Transaction& transaction : state.transactions) {
    if (transaction.first_us != no_time && transaction.folded_key == folded_key) {
      return &transaction;
    }
  }
  return nullptr;
}

Transaction& add_transaction(CallAccount& account, const CallMessageView& message,
                             std::uint32_t folded_key) noexcept {
  Transaction& slot =
      least(account.state().transactions, [](const Transaction& t) { return worth(t); });
  if (slot.first_us != no_time) let_go(account, slot);
  slot = Transaction{};
  slot.first_us = message.time_us;
  slot.key = message.key();
  slot.folded_key = folded_key;
  slot.pair = message.pair;
  slot.request_uri = message.request_uri;
  slot.cseq = message.cseq;
  slot.method = message.method;
  slot.ip_identification = message.packet->ip_identification;
  slot.is_udp = message.packet->ip_protocol == ip_protocol_udp;
  slot.no_request = !message.is_request;
  return slot;
}

Attempt& add_attempt(CallAccount& account) noexcept {
  Attempt& slot =
      least(account.state().attempts, [&](const Attempt& a) { return worth(account, a); });
  free_slot(account, slot);
  return slot;
}

void free_slot(CallAccount& account, Attempt& attempt) noexcept {
  if (attempt.first_us == no_time) return;
  const std::uint8_t slot = slot_of(account.state(), attempt);
  for (Transaction& transaction : account.state().transactions) {
    if (transaction.attempt != slot) continue;
    account.close(transaction);
    transaction.attempt = no_slot;
  }
  account.settle(attempt);
  attempt = Attempt{};
}

std::uint8_t slot_of(const CallState& state, const Attempt& attempt) noexcept {
  return static_cast<std::uint8_t>(&attempt - state.attempts.data());
}

Dialog* find_dialog(CallState& state, const CallMessageView& message) noexcept {
  for (Dialog& dialog : state.dialogs) {
    if (!dialog.used) continue;
    if (dialog.tag_a == message.from_tag && dialog.tag_b == message.to_tag) return &dialog;
    if (dialog.tag_b == message.from_tag && dialog.tag_a == message.to_tag) return &dialog;
  }
  return nullptr;
}

Dialog* add_dialog(CallState& state, const CallMessageView& message) noexcept {
  Dialog& slot = least(state.dialogs, [](const Dialog& d) { return worth(d); });
  if (is_alive(slot)) return nullptr;
  slot = Dialog{};
  slot.used = true;
  slot.tag_a = message.from_tag;
  slot.tag_b = message.to_tag;
  return &slot;
}

}  // namespace heptap
