#pragma once

#include <cstddef>

#include "agent/report/call_facts.hpp"
#include "proto/hep/json_text.hpp"

namespace heptap {

/// What append_call() writes at most.
inline constexpr std::size_t max_call_json_bytes = 60'000;

/// Writes all that is known of a call as one object; what is not known is left out. Allocates nothing.
/// The man page has the keys, under CALL REPORTS.
void append_call(hep::JsonText& json, const CallFacts& facts) noexcept;

}  // namespace heptap
