// One thread captures and runs the whole pipeline; the transport thread sends. Nobody can make the
// network wait: when the ring between them is full, the newest message is dropped and counted.
#include "agent/run.hpp"

#include <spdlog/spdlog.h>

#include <memory>
#include <ostream>

#include "agent/capture/live_capture.hpp"
#include "agent/daemon/privileges.hpp"
#include "agent/daemon/seccomp_filter.hpp"
#include "agent/daemon/service_notify.hpp"
#include "agent/daemon/watchdog.hpp"
#include "agent/pipeline/pipeline.hpp"
#include "agent/report/collector_ledger.hpp"
#include "agent/report/http_server.hpp"
#include "agent/report/interface_ledger.hpp"
#include "agent/run_figures.hpp"
#include "agent/stop_signal.hpp"
#include "agent/transport_log.hpp"
#include "transport/transport.hpp"

namespace heptap {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds publish_every{1};

/// Due now, and then each period; a period of 0: never.
class Every {
 public:
  explicit Every(std::chrono::microseconds period) : period_(period) {}
  bool is_due() {
    const auto now = Clock::now();
    if (period_.count() == 0 || now < next_) return false;
    next_ = now + period_;
    return true;
  }

 private:
  std::chrono::microseconds period_;
  Clock::time_point next_;
};

class Agent {
 public:
  Agent(const RunOptions& options, std::ostream& err)
      : options_(options),
        err_(err),
        capture_(options.interfaces, log_event),
        transport_(options.collectors, options.ring_bytes, transport_log()),
        outlet_(options.identity, transport_.ring(), WhenFull::drop),
        calls_(options.calls),
        pipeline_(options.pipeline, calls_, &outlet_),
        figures_(transport_),
        watchdog_({.capture_alive = [] { return true; },  // it is who asks
                   .sending_alive = [this] { return transport_.ping(); }},
                  watchdog_interval()) {
    transport_.hurry_when_readable(stop_.fd(), options.stop_wait);
    http_ = make_http_server(options.http,
                             {.metrics = [this] { return figures_.page(); },
                              .ready = [this] { return figures_.not_ready(); }},
                             transport_log());
  }

  ExitCode run() {
    open();
    Every publishing(publish_every);
    Every signs_of_life(watchdog_.period());
    while (!stop_.requested()) {
      if (capture_.read(take_) == 0) capture_.wait(stop_.fd());
      outlet_.flush();
      if (publishing.is_due()) publish();
      if (signs_of_life.is_due()) watchdog_.tick();
    }
    return finish();
  }

 private:
  static void log_event(bool is_bad, const std::string& text) {
    is_bad ? spdlog::warn(text) : spdlog::info(text);
  }

  // Each step takes away what the steps before it needed.
  void open() {
    capture_.open();
    drop_privileges(options_.security);
    install_seccomp_filter(options_.security);
    transport_.start();
    publish();
    if (http_) http_->start();
  }

  void publish() {
    std::vector<InterfaceCounts> interfaces = capture_.counts();
    Ledger ledger = packets(interfaces);
    figures_.publish(std::move(ledger), std::move(interfaces));
    if (is_ready_ || !capture_.is_capturing()) return;
    is_ready_ = true;
    notify_ready("capturing");
  }

  [[nodiscard]] Ledger packets(const std::vector<InterfaceCounts>& interfaces) const {
    Ledger ledger{.way = pipeline_.ledger(), .streams = pipeline_.stream_ledger()};
    add_calls(ledger, calls_.counts());
    add_interfaces(ledger.way.front(), interfaces);
    return ledger;
  }

  ExitCode finish() {
    notify_stopping("sending what was captured");
    capture_.close(take_);
    pipeline_.finish();
    outlet_.flush();
    const std::vector<CollectorSnapshot> collectors = transport_.drain();
    if (http_) http_->stop();
    Ledger ledger = packets(capture_.counts());
    ledger.collectors = collector_stages(collectors);
    print(err_, ledger);
    for (const auto& collector : collectors) {
      if (collector.frames.lost.total() != 0) spdlog::error(describe_loss(collector));
    }
    return ledger.fault().empty() ? ExitCode::ok : ExitCode::failure;
  }

  const RunOptions& options_;
  std::ostream& err_;
  StopSignal stop_;
  LiveCapture capture_;
  Transport transport_;
  Outlet outlet_;
  CallTable calls_;
  Pipeline pipeline_;
  const LiveSource::Take take_ = [this](const RawFrame& frame) { pipeline_.handle(frame); };
  RunFigures figures_;
  Watchdog watchdog_;
  std::unique_ptr<HttpServer> http_;
  bool is_ready_ = false;
};

}  // namespace

ExitCode run_agent(const RunOptions& options, std::ostream& err) {
  try {
    check_privileges(options.security);
    return Agent(options, err).run();
  } catch (const PrivilegeError& error) {
    spdlog::error(error.what());
    return error.code();
  } catch (const CaptureError& error) {
    spdlog::error(error.what());
    return ExitCode::no_capability;
  }
}

}  // namespace heptap
