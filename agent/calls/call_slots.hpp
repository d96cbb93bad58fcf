#pragma once

#include "agent/calls/call_account.hpp"
#include "agent/calls/call_message.hpp"

// Where in a CallState things are, and where there is room for new ones: what has been counted makes
// room first, and what came late before what has been under way for longer.
namespace heptap {

/// Prefers a transaction between the same two addresses: responses may come back another way.
/// gives     nullptr when there is none
[[nodiscard]] Transaction* find_transaction(CallState& state,
                                            const CallMessageView& message) noexcept;
/// The same by folded keys, among those that have a branch with a cookie.
[[nodiscard]] Transaction* find_folded(CallState& state, std::uint32_t folded_key) noexcept;
[[nodiscard]] Transaction& add_transaction(CallAccount& account, const CallMessageView& message,
                                           std::uint32_t folded_key) noexcept;

/// gives     a free slot, with room made when there is none
[[nodiscard]] Attempt& add_attempt(CallAccount& account) noexcept;
[[nodiscard]] std::uint8_t slot_of(const CallState& state, const Attempt& attempt) noexcept;
/// The attempt is over, and no transaction belongs to it any more.
void free_slot(CallAccount& account, Attempt& attempt) noexcept;

/// By its tags, in any order; nullptr: there is none.
[[nodiscard]] Dialog* find_dialog(CallState& state, const CallMessageView& message) noexcept;
/// tag_a is the From tag. gives nullptr when all slots hold dialogs that are alive.
[[nodiscard]] Dialog* add_dialog(CallState& state, const CallMessageView& message) noexcept;

}  // namespace heptap
