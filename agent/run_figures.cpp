#include "agent/run_figures.hpp"

#include <algorithm>

#include "agent/report/collector_ledger.hpp"
#include "agent/report/metrics_page.hpp"
#include "agent/version.hpp"

namespace heptap {
namespace {

CaptureFigures capture_figures(const WorkerFigures& worker) {
  const InterfaceCounts& counts = worker.counts;
  return {.interface = worker.interface,
          .worker = worker.index,
          .up = counts.is_open,
          .received_packets = counts.packets.received,
          .kernel_dropped_packets = counts.packets.kernel_dropped,
          .interface_dropped_packets = counts.packets.interface_dropped};
}

RingFigures ring_figures(const std::string& worker, const RingSnapshot& ring) {
  return {.name = worker, .used_bytes = ring.bytes, .size_bytes = ring.capacity_bytes};
}

// What waits in the rings of the workers for its turn.
LedgerStage ring_stage(const TransportSnapshot& transport) {
  LedgerStage stage{.name = "ring", .left = transport.offered};
  for (const RingSnapshot& ring : transport.rings) stage.entered += ring.entered;
  stage.held = stage.entered - stage.left;
  return stage;
}

}  // namespace

std::vector<WorkerFigures> RunFigures::worker_figures() const {
  std::vector<WorkerFigures> all;
  for (const auto& worker : workers_) all.push_back(worker->figures());
  return all;
}

Ledger RunFigures::ledger_of(const std::vector<WorkerFigures>& workers,
                             const TransportSnapshot& transport) const {
  Ledger ledger;
  for (const WorkerFigures& worker : workers) add(ledger, worker.packets);
  add_calls(ledger, calls_.counts());
  ledger.way.push_back(ring_stage(transport));
  ledger.collectors = collector_stages(transport.collectors);
  return ledger;
}

Ledger RunFigures::ledger() { return ledger_of(worker_figures(), transport_.account()); }

std::string RunFigures::page() {
  const std::vector<WorkerFigures> workers = worker_figures();
  const TransportSnapshot transport = transport_.account();
  DaemonFigures figures;
  figures.version = version;
  figures.started = started_;
  for (const auto& one : transport.collectors) figures.collectors.push_back(collector_figures(one));
  for (const auto& one : workers) figures.captures.push_back(capture_figures(one));
  for (std::size_t i = 0; i < workers.size(); ++i) {
    figures.rings.push_back(ring_figures(workers[i].counts.name, transport.rings[i]));
  }
  return metrics_page(ledger_of(workers, transport), figures);
}

std::vector<std::string> RunFigures::not_ready() {
  const std::vector<CollectorSnapshot> collectors = transport_.snapshot();
  std::vector<std::string> reasons;
  const auto is_up = [](const CollectorSnapshot& one) { return one.state == CollectorState::up; };
  if (std::none_of(collectors.begin(), collectors.end(), is_up)) {
    reasons.emplace_back("no collector is connected");
  }
  for (const WorkerFigures& worker : worker_figures()) {
    if (!worker.counts.is_open) reasons.push_back(worker.counts.name + " is not captured");
  }
  return reasons;
}

bool RunFigures::is_capturing() const {
  const std::vector<WorkerFigures> workers = worker_figures();
  return std::any_of(workers.begin(), workers.end(),
                     [](const WorkerFigures& one) { return one.counts.is_open; });
}

}  // namespace heptap
