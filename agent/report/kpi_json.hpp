#pragma once

#include <string>

#include "agent/report/kpi_figures.hpp"

namespace heptap {

/// gives     {"total":{…},"carriers":[…]}, one line; carriers only when there are several. Ratios are
///           percentages, times milliseconds; what cannot be said is null
[[nodiscard]] std::string kpi_json(const KpiFigures& figures);

}  // namespace heptap
