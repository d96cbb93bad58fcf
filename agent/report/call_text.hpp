#pragma once

#include <string>

#include "agent/report/call_facts.hpp"

namespace heptap {

/// gives     what is known of a call beyond its line in the table, as lines of at most 100 columns;
///           empty for one of which nothing more is to be said
[[nodiscard]] std::string call_details_text(const CallFacts& facts);

}  // namespace heptap
