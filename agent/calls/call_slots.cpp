#include "agent/calls/call_slots.hpp"

#include <algorithm>
#include <tuple>

namespace heptap {
namespace {

// RFC 2543 has no branch: requests of one transaction have the same Request-URI, too.
bool is_request_of(const Transaction& transaction, const CallMessageView& message) noexcept {
  return !message.is_request || transaction.no_request || message.method == SipMethod::cancel ||
         transaction.request_uri == message.request_uri;
}

// What is asked for first is kept longest, and what is open longer still.
auto worth(const Transaction& transaction) noexcept {
  return std::tuple(transaction.first_us != no_time, !transaction.closed, transaction.opens_dialog,
                    transaction.first_us);
}

auto worth(const Attempt& attempt) noexcept {
  return std::tuple(attempt.first_us != no_time, !attempt.counted, attempt.first_us);
}

bool is_alive(const Dialog& dialog) noexcept {
  return dialog.used && !dialog.counted && (dialog.confirmed || dialog.answer_us != no_time);
}

auto worth(const Dialog& dialog) noexcept {
  return std::tuple(dialog.used, is_alive(dialog), dialog.answer_us);
}

template <class Slots>
auto& least(Slots& slots) noexcept {
  return *std::min_element(slots.begin(), slots.end(),
                           [](const auto& a, const auto& b) { return worth(a) < worth(b); });
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
  Transaction& slot = least(account.state().transactions);
  if (slot.first_us != no_time) account.close(slot);
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
  Attempt& slot = least(account.state().attempts);
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
  Dialog& slot = least(state.dialogs);
  if (is_alive(slot)) return nullptr;
  slot = Dialog{};
  slot.used = true;
  slot.tag_a = message.from_tag;
  slot.tag_b = message.to_tag;
  return &slot;
}

}  // namespace heptap
