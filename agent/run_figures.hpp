#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "agent/capture_worker.hpp"
#include "agent/report/ledger.hpp"
#include "transport/transport.hpp"

namespace heptap {

/// What a running agent says of itself to others: what its workers have published, and what its
/// transport says when it is asked. Any thread may ask.
class RunFigures {
 public:
  using Workers = std::vector<std::unique_ptr<CaptureWorker>>;

  /// Everything borrowed outlives the figures. No worker is added later.
  RunFigures(const Workers& workers, const CallTable& calls, Transport& transport)
      : workers_(workers), calls_(calls), transport_(transport) {}

  [[nodiscard]] Ledger ledger();
  /// gives     text for Prometheus
  [[nodiscard]] std::string page();
  /// gives     why the agent is not doing its work, a line each; empty: it captures on all interfaces,
  ///           and at least one collector is connected
  [[nodiscard]] std::vector<std::string> not_ready();
  [[nodiscard]] bool is_capturing() const;

 private:
  [[nodiscard]] Ledger ledger_of(const std::vector<WorkerFigures>& workers,
                                 const TransportSnapshot& transport) const;
  [[nodiscard]] std::vector<WorkerFigures> worker_figures() const;

  const Workers& workers_;
  const CallTable& calls_;
  Transport& transport_;
  const std::chrono::system_clock::time_point started_ = std::chrono::system_clock::now();
};

}  // namespace heptap
