#include "agent/calls/call_repeats.hpp"

#include <cstdlib>

#include "agent/calls/call_slots.hpp"

namespace heptap {
namespace {

// A mirror shows the same packet twice, nearer than any timer sends it again.
bool is_shown_twice(std::int64_t last_us, std::int64_t time_us) noexcept {
  constexpr std::int64_t copy_window_us = 5'000;
  return std::abs(time_us - last_us) < copy_window_us;
}

// Of a fork, each answers once.
bool is_final_again(CallState& state, const Transaction& transaction,
                    const CallMessageView& message) noexcept {
  if (message.status < 200 || transaction.status != message.status) return false;
  std::int64_t first_us = transaction.first_us + transaction.final_response;
  const bool may_fork = transaction.opens_dialog && message.method == SipMethod::invite;
  if (may_fork && message.status < 300) {
    const Dialog* const dialog = find_dialog(state, message);
    if (dialog == nullptr || dialog->answer_us == no_time) return false;
    first_us = dialog->answer_us;
  }
  return !is_shown_twice(first_us, message.time_us);
}

}  // namespace

// A message that came by HEP has no IP identification, nor do some packets: 0 may be any.
bool is_captured_twice(const Transaction& transaction, const CallMessageView& message) noexcept {
  const std::int64_t last_us = transaction.first_us + transaction.last_request;
  const std::uint16_t id = message.packet->ip_identification;
  const std::uint16_t last_id = transaction.ip_identification;
  const bool may_be_same = id == last_id || id == 0 || last_id == 0;
  return may_be_same && is_shown_twice(last_us, message.time_us);
}

bool is_retransmission(CallState& state, const Transaction& transaction,
                       const CallMessageView& message) noexcept {
  const bool may_be =
      message.packet->ip_protocol == ip_protocol_udp && message.method != SipMethod::ack;
  if (!may_be || transaction.pair != message.pair) return false;
  if (!message.is_request) return is_final_again(state, transaction, message);
  return !transaction.no_request && !is_captured_twice(transaction, message);
}

}  // namespace heptap
