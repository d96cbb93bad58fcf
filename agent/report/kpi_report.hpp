#pragma once

#include <iosfwd>
#include <string>

#include "agent/report/kpi_figures.hpp"

namespace heptap {

/// Prints ratios and times of all calls, and of each carrier when there are several; nothing when no
/// request for a session or a registration was seen.
void print_kpis(std::ostream& out, const KpiFigures& figures);

/// gives     "11 attempts, 7 answered, SER 63.6 %, …": all carriers together, in a line
[[nodiscard]] std::string kpi_line(const KpiFigures& figures);

}  // namespace heptap
