#pragma once

#include "agent/report/kpi_figures.hpp"
#include "agent/report/metric_families.hpp"

namespace heptap {

/// Adds the families heptap_sip_*: counters that ratios can be made of for any period, ratios since the
/// start, from 0 to 1, where something was asked for, and times in seconds.
void add_kpis(MetricFamilies& page, const KpiFigures& figures);

}  // namespace heptap
