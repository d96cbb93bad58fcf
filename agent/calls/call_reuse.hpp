#pragma once

#include "agent/calls/call_account.hpp"
#include "agent/calls/call_message.hpp"

namespace heptap {

/// Whether an INVITE without To tag begins another call under the Call-ID of one that has ended, as
/// phones do that were reset, and load generators that start again. False for what may still belong to
/// the first one: a copy, a hop, a fork, and what a challenge, a redirection or a failure is tried
/// again with.
/// account     of the call so far, with its timers run until the message
/// copy_of     the transaction that has the branch of the message; null: none
[[nodiscard]] bool begins_another_call(const CallAccount& account, const CallMessageView& message,
                                       const Transaction* copy_of) noexcept;

}  // namespace heptap
