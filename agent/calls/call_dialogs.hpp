#pragma once

#include "agent/calls/call_account.hpp"
#include "agent/calls/call_message.hpp"

// What messages do to dialogs.
namespace heptap {

/// A response to an INVITE that opens dialogs: early ones by 101 to 199, others by 2xx.
/// is_repeat   the transaction had its final response before
void take_dialog_response(CallAccount& account, const CallMessageView& message,
                          bool is_repeat) noexcept;

/// A request with a To tag, but no ACK.
void take_in_dialog(CallAccount& account, const CallMessageView& message) noexcept;

/// An ACK for a 2xx.
void take_dialog_ack(CallAccount& account, const CallMessageView& message) noexcept;

/// transaction   that of the BYE
void take_bye_response(CallAccount& account, const Transaction& transaction,
                       const CallMessageView& message) noexcept;

/// A 2xx to an INVITE or UPDATE starts the session timer, or ends it.
/// source    RFC 4028 sections 7.2 and 10
void take_session_timer(CallState& state, const CallMessageView& message) noexcept;

/// Whether the BYE may still be sent again, since it was challenged or should come later.
[[nodiscard]] bool is_recoverable(const Dialog& dialog) noexcept;

}  // namespace heptap
