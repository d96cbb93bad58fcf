#pragma once

#include <cstdint>

#include "agent/calls/call_account.hpp"
#include "agent/calls/call_message.hpp"

// What messages do to attempts.
namespace heptap {

/// How long the next request may take after this final response and still be of the same attempt.
/// gives     microseconds; 0: no request goes on with it
[[nodiscard]] std::int64_t chain_window_us(StatusBucket bucket) noexcept;

/// An INVITE without To tag, or a REGISTER: goes on with an attempt, or begins one.
void take_opening(CallAccount& account, Transaction& transaction, const CallMessageView& message,
                  std::uint64_t seed) noexcept;

/// A response to an INVITE whose request was not seen: the call began before the capture did.
void take_partial(CallAccount& account, Transaction& transaction,
                  const CallMessageView& message) noexcept;

/// A response to one of the requests of the attempt.
/// is_alert  it ends the post-dial delay
void take_outcome(CallAccount& account, Attempt& attempt, const CallMessageView& message,
                  bool is_alert) noexcept;

void take_cancel(CallAccount& account, const CallMessageView& message) noexcept;

}  // namespace heptap
