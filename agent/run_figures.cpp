#include "agent/run_figures.hpp"

#include <algorithm>
#include <utility>

#include "agent/report/collector_ledger.hpp"
#include "agent/report/metrics_page.hpp"
#include "agent/version.hpp"

namespace heptap {
namespace {

CaptureFigures capture_figures(const InterfaceCounts& one) {
  return {.interface = one.name,
          .worker = 0,
          .up = one.is_open,
          .received_packets = one.packets.received,
          .kernel_dropped_packets = one.packets.kernel_dropped,
          .interface_dropped_packets = one.packets.interface_dropped};
}

}  // namespace

void RunFigures::publish(Ledger packets, std::vector<InterfaceCounts> interfaces) {
  const std::lock_guard lock(mutex_);
  packets_ = std::move(packets);
  interfaces_ = std::move(interfaces);
}

std::string RunFigures::page() {
  const std::vector<CollectorSnapshot> collectors = transport_.snapshot();
  DaemonFigures figures;
  figures.version = version;
  figures.started = started_;
  for (const auto& one : collectors) figures.collectors.push_back(collector_figures(one));
  const std::lock_guard lock(mutex_);
  Ledger ledger = packets_;
  ledger.collectors = collector_stages(collectors);
  for (const auto& one : interfaces_) figures.captures.push_back(capture_figures(one));
  return metrics_page(ledger, figures);
}

std::vector<std::string> RunFigures::not_ready() {
  const std::vector<CollectorSnapshot> collectors = transport_.snapshot();
  std::vector<std::string> reasons;
  const auto is_up = [](const CollectorSnapshot& one) { return one.state == CollectorState::up; };
  if (std::none_of(collectors.begin(), collectors.end(), is_up)) {
    reasons.emplace_back("no collector is connected");
  }
  const std::lock_guard lock(mutex_);
  for (const auto& one : interfaces_) {
    if (!one.is_open) reasons.push_back(one.name + " is not captured");
  }
  return reasons;
}

}  // namespace heptap
