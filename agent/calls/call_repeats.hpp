#pragma once

#include "agent/calls/call_message.hpp"
#include "agent/calls/call_state.hpp"

// Messages that come more than once: sent again, or shown twice by a mirror.
namespace heptap {

/// Whether a mirror has shown the last copy of the request once more.
[[nodiscard]] bool is_captured_twice(const Transaction& transaction,
                                     const CallMessageView& message) noexcept;

/// Whether this message, which the transaction has not been told of, is a retransmission: over UDP, between
/// the same addresses, a request that was here before, but no ACK, or a final response.
/// state     that the transaction is in
/// source    RFC 3261 sections 17.1.1.2, 17.1.2.2, 17.2.1 and 13.3.1.4
[[nodiscard]] bool is_retransmission(CallState& state, const Transaction& transaction,
                                     const CallMessageView& message) noexcept;

}  // namespace heptap
