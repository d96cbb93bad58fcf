#pragma once

#include <string>

#include "agent/report/daemon_figures.hpp"
#include "agent/report/ledger.hpp"

namespace heptap {

/// Writes what Prometheus reads. Each account of the ledger is a group of families: heptap_stage_*
/// in packets, from `parse` on in messages; heptap_stream_* in bytes; heptap_source_* and
/// heptap_collector_* in frames. KPIs are heptap_sip_*.
/// Sums are there even when they are 0, reasons only when they are not.
/// ledger    as of one moment, of all workers together; no two stages of an account share a name
/// gives     a page in which each name is there once, with its HELP and TYPE
/// source    Prometheus text exposition format 0.0.4
[[nodiscard]] std::string metrics_page(const Ledger& ledger, const DaemonFigures& figures);

}  // namespace heptap
