#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <vector>

#include "agent/capture/live_capture.hpp"
#include "agent/report/ledger.hpp"
#include "transport/transport.hpp"

namespace heptap {

/// What a running agent says of itself to others. The thread that captures publishes now and then what
/// it alone knows; any thread may ask.
class RunFigures {
 public:
  /// transport   must outlive the figures
  explicit RunFigures(Transport& transport) : transport_(transport) {}

  /// packets   the way and the streams, with the interfaces in it
  void publish(Ledger packets, std::vector<InterfaceCounts> interfaces);

  /// gives     text for Prometheus
  [[nodiscard]] std::string page();
  /// gives     why the agent is not doing its work, a line each; empty: it captures on all interfaces,
  ///           and at least one collector is connected
  [[nodiscard]] std::vector<std::string> not_ready();

 private:
  Transport& transport_;
  const std::chrono::system_clock::time_point started_ = std::chrono::system_clock::now();
  std::mutex mutex_;  ///< guards what is published
  Ledger packets_;
  std::vector<InterfaceCounts> interfaces_;
};

}  // namespace heptap
