#pragma once

#include <cstdint>

#include "agent/calls/call_account.hpp"

namespace heptap {

/// gives     packet time at which the next timer of the call ends; the largest number: none runs
[[nodiscard]] std::int64_t next_due_us(const CallAccount& account) noexcept;

/// Ends what timers end until now.
void run_timers(CallAccount& account, std::int64_t now_us) noexcept;

}  // namespace heptap
