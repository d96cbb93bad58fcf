// One thread captures and runs the whole pipeline; the transport thread sends. Nobody can make the
// network wait: when the ring between them is full, the newest message is dropped and counted.
#include "agent/run.hpp"

#include <spdlog/spdlog.h>

#include <ostream>

#include "agent/capture/live_capture.hpp"
#include "agent/pipeline/pipeline.hpp"
#include "agent/report/collector_ledger.hpp"
#include "agent/report/interface_ledger.hpp"
#include "agent/stop_signal.hpp"
#include "agent/transport_log.hpp"
#include "transport/transport.hpp"

namespace heptap {
namespace {

constexpr std::string_view capability_remedy =
    "needs the capability CAP_NET_RAW: give it to the program with `setcap cap_net_raw=ep "
    "/usr/bin/heptap`, or to the service with AmbientCapabilities=CAP_NET_RAW";

class Agent {
 public:
  Agent(const RunOptions& options, std::ostream& err)
      : err_(err),
        capture_(options.interfaces, log_event),
        transport_(options.collectors, options.ring_bytes, transport_log()),
        outlet_(options.identity, transport_.ring(), WhenFull::drop),
        calls_(options.calls),
        pipeline_(options.pipeline, calls_, &outlet_) {
    transport_.hurry_when_readable(stop_.fd(), options.stop_wait);
  }

  ExitCode run() {
    try {
      capture_.open();
    } catch (const CaptureError& error) {
      spdlog::error("{}; heptap {}", error.what(), capability_remedy);
      return ExitCode::no_capability;
    }
    transport_.start();
    const LiveSource::Take take = [this](const RawFrame& frame) { pipeline_.handle(frame); };
    while (!stop_.requested()) {
      capture_.wait(stop_.fd());
      while (capture_.read(take) != 0 && !stop_.requested()) outlet_.flush();
    }
    return finish(take);
  }

 private:
  static void log_event(bool is_bad, const std::string& text) {
    is_bad ? spdlog::warn(text) : spdlog::info(text);
  }

  ExitCode finish(const LiveSource::Take& take) {
    capture_.close(take);
    pipeline_.finish();
    outlet_.flush();
    transport_.drain();
    const Ledger ledger = account();
    print(err_, ledger);
    for (const auto& collector : transport_.snapshot()) {
      if (collector.frames.lost.total() != 0) spdlog::error(describe_loss(collector));
    }
    return ledger.fault().empty() ? ExitCode::ok : ExitCode::failure;
  }

  Ledger account() {
    Ledger ledger{.way = pipeline_.ledger(),
                  .streams = pipeline_.stream_ledger(),
                  .collectors = collector_stages(transport_.snapshot())};
    add_interfaces(ledger.way.front(), capture_.counts());
    return ledger;
  }

  std::ostream& err_;
  StopSignal stop_;
  LiveCapture capture_;
  Transport transport_;
  Outlet outlet_;
  CallTable calls_;
  Pipeline pipeline_;
};

}  // namespace

ExitCode run_agent(const RunOptions& options, std::ostream& err) {
  return Agent(options, err).run();
}

}  // namespace heptap
