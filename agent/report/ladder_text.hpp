#pragma once

#include <string>

#include "agent/calls/media_record.hpp"
#include "agent/report/ladder.hpp"

namespace heptap {

/// Draws a column for each host and an arrow for each message, a line each, as sngrep does; streams of
/// RTP where they begin, when both of their hosts have a column.
/// media     null: nothing is known of it
/// columns   of the terminal: hosts stand no farther apart than there is room for, but not too close
///           for their names, and labels that are too long end in an ellipsis
[[nodiscard]] std::string ladder_text(const Ladder& ladder, const CallMedia* media,
                                      std::size_t columns);

}  // namespace heptap
