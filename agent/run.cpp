// Workers capture, each with the whole pipeline; the transport's thread sends; this one only looks after
// them, and does what signals ask for.
#include "agent/run.hpp"

#include <poll.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <future>
#include <memory>
#include <ostream>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <vector>

#include "agent/apply_settings.hpp"
#include "agent/daemon/file_limit.hpp"
#include "agent/daemon/privileges.hpp"
#include "agent/daemon/seccomp_filter.hpp"
#include "agent/daemon/service_notify.hpp"
#include "agent/daemon/watchdog.hpp"
#include "agent/every.hpp"
#include "agent/filter_settings.hpp"
#include "agent/hep_source.hpp"
#include "agent/member_switch.hpp"
#include "agent/plan_switch.hpp"
#include "agent/report/http_server.hpp"
#include "agent/report/kpi_report.hpp"
#include "agent/request_signals.hpp"
#include "agent/run_figures.hpp"
#include "agent/shared_tables.hpp"
#include "agent/spool_orphans.hpp"
#include "agent/state/state_keeper.hpp"
#include "agent/stop_signal.hpp"
#include "agent/transport_log.hpp"
#include "agent/worker_plan.hpp"
#include "transport/transport.hpp"
#include "transport/wall_clock.hpp"

namespace heptap {
namespace {

constexpr std::chrono::milliseconds look_every{200};
constexpr std::chrono::seconds look_at_peers_every{1};
constexpr std::chrono::seconds first_look_up{5};
constexpr std::chrono::seconds look_up_at_reload{2};
constexpr auto time_for_orphans = 2 * DiskThread::last_wait;
constexpr auto time_to_end = 3 * DiskThread::last_wait;  // beside what collectors may take

KernelFilterOptions filter_of_all(const RunOptions& options) {
  return options.interfaces.empty() ? KernelFilterOptions{}
                                    : options.interfaces.front().live.filter;
}

// gives     the options with members where names were
RunOptions with_members(const RunOptions& written, MemberSwitch& members) {
  RunOptions options = written;
  members.want({written.collectors, written.pools}, written.names, first_look_up);
  CollectorLayout layout = members.take({});
  options.collectors = std::move(layout.collectors);
  options.pools = std::move(layout.pools);
  for (InterfaceOptions& one : options.interfaces) {
    static_cast<void>(update_exclusions(one.live.filter, options.collectors, {}));
  }
  return options;
}

class Agent {
 public:
  /// members   what options have of collectors and pools is what they give
  Agent(const RunOptions& options, const ReadAgain& read_again, MemberSwitch& members,
        std::ostream& err)
      : options_(options),
        read_again_(read_again),
        members_(members),
        err_(err),
        plan_(plan_workers(options)),
        tables_(make_tables(options, plan_.size(), producers())),
        transport_(options.collectors, options.ring_bytes, transport_log(), producers()),
        state_(options.state_folder),
        routing_(transport_, options.plan, options.collectors, options.pools, options.calls,
                 options.stop_wait),
        hep_(make_hep()) {
    for (WorkerOptions worker : plan_) {
      worker.routes = routing_.routes();
      if (worker.pipeline.rtp) {
        worker.pipeline.rtp->is_degraded = is_degraded();
        worker.pipeline.rtp->all_sessions = tables_.sessions.get();
      }
      workers_.push_back(std::make_unique<CaptureWorker>(
          worker, tables_, transport_.ring(workers_.size()), stop_, log_event));
    }
    transport_.hurry_when_readable(stop_.fd(), options.stop_wait);
    http_ = make_http_server(options.http,
                             {.metrics = [this] { return figures_.page(); },
                              .ready = [this] { return figures_.not_ready(); }},
                             transport_log());
  }

  ExitCode run() {
    open();
    Every looks(look_every);
    Every signs_of_life(watchdog_.period());
    Every look_at_peers(look_at_peers_every);
    while (!stop_.requested()) {
      wait();
      if (looks.is_due()) figures_.look();
      routing_.look();
      members_.look();
      if (members_.is_due()) follow_members();
      const RequestSignals::Requests requests = requests_.take();
      if (requests.reload) reload();
      if (requests.statistics) log_statistics();
      if (!is_ready_ && is_capturing()) become_ready();
      if (signs_of_life.is_due()) watchdog_.tick();
      if (look_at_peers.is_due()) look_at_collectors();
    }
    return finish();
  }

 private:
  // Each has a thread and a ring.
  [[nodiscard]] std::size_t producers() const noexcept {
    return plan_.size() + (options_.hep.empty() ? 0 : 1);
  }

  std::unique_ptr<HepSource> make_hep() {
    if (options_.hep.empty()) return nullptr;
    std::vector<HepSourceOptions> sources = options_.hep;
    limit_connections(sources, max_files_);
    return std::make_unique<HepSource>(sources, options_.identity, transport_.ring(plan_.size()),
                                       tables_.calls, relayed_parts());
  }

  [[nodiscard]] RelayedParts relayed_parts() const {
    return {.media = tables_.media.get(),
            .tracked = tables_.tracked.get(),
            .reports = {tables_.call_reports.get(), &tables_.calls, tables_.media_book.get()},
            .duplicate_window_us = options_.pipeline.duplicate_window_us};
  }

  IsCaptureDegraded is_degraded() {
    return [this](std::int64_t from_us, std::int64_t to_us) {
      return figures_.is_degraded(from_us, to_us);
    };
  }

  // Each step takes away what the steps before it needed.
  void open() {
    transport_.fault_in();  // as long as no packet waits for it
    for (const auto& worker : workers_) worker->open();
    drop_privileges(options_.security);
    state_.open();
    install_seccomp_filter(options_.security,
                           options_.writes_files ? FileWriting::some : FileWriting::none);
    state_.restore(saved_tables(), wall_time_us());
    try {
      start_threads();
    } catch (const std::system_error& error) {
      stop_.request();
      for (const auto& worker : workers_) worker->join();
      throw std::runtime_error(std::string("cannot make all threads: ") + error.what());
    }
  }

  [[nodiscard]] SavedTables saved_tables() {
    return {.calls = tables_.calls,
            .media = tables_.media.get(),
            .tracked = tables_.tracked.get(),
            .plan = routing_.routes().plan.get(),
            .scopes = routing_.routes().scopes.get()};
  }

  void start_threads() {
    transport_.start();
    for (const auto& worker : workers_) worker->start();
    if (hep_) static_cast<void>(hep_->set_plan(routing_.routes()));
    if (hep_) hep_->start();
    owners_ = {wanted_.collectors, members_.services()};
    orphans_->set_owners(owners_);
    if (options_.writes_files) orphans_->start();
    if (http_) http_->start();
  }

  void wait() {
    std::vector<pollfd> fds{{stop_.fd(), POLLIN, 0}, {requests_.fd(), POLLIN, 0}};
    members_.add_sockets(fds);
    ::poll(fds.data(), fds.size(), static_cast<int>(look_every.count()));
  }

  void become_ready() {
    is_ready_ = true;
    notify_ready("capturing");
  }

  // All or nothing: what cannot be is found before anything has changed.
  void reload() {
    notify_reloading();
    if (const std::optional<RunOptions> next = read_again_(); next && reconfigure(*next)) {
      for (const auto& worker : workers_) worker->set_identity(next->identity);
      if (hep_) reload_hep(*next);
      apply_log_level(next->log);
      spdlog::info("the configuration was read again");
    } else {
      spdlog::error("the configuration stays as it was");
    }
    if (is_ready_) notify_ready("capturing");
  }

  void reload_hep(const RunOptions& next) {
    hep_->set_identity(next.identity);
    std::vector<std::string> keys;
    for (const HepSourceOptions& one : next.hep) keys.push_back(one.auth_key);
    hep_->set_auth_keys(keys);
  }

  bool reconfigure(const RunOptions& next) {
    if (!tables_.tracked && next.plan && next.plan->asks_for(FieldNeed::calls)) {
      spdlog::warn("plan: it asks for the state of calls, which has no value until the next start");
    }
    members_.want({next.collectors, next.pools}, next.names, look_up_at_reload);
    try {
      route(next.plan, members_.take(routing_.present()));
      return true;
    } catch (const std::runtime_error& error) {
      spdlog::error(error.what());
      members_.go_back();
      return false;
    }
  }

  // Where they will be is left out of what is captured before anything is sent there.
  void route(std::shared_ptr<const Plan> plan, const CollectorLayout& layout) {
    leave_out_own_connections(layout.collectors);
    std::vector<CollectorOptions> both = layout.collectors;
    both.insert(both.end(), wanted_.collectors.begin(), wanted_.collectors.end());
    orphans_->set_owners({std::move(both), owners_.services});
    try {
      routing_.change(plan, layout.collectors, layout.pools, [this](const PlanRoutes& routes) {
        std::vector<std::future<void>> changes;
        for (const auto& worker : workers_) changes.push_back(worker->set_plan(routes));
        if (hep_) changes.push_back(hep_->set_plan(routes));
        return changes;
      });
    } catch (...) {
      orphans_->set_owners(owners_);
      throw;
    }
    wanted_ = layout;
    wanted_plan_ = std::move(plan);
    owners_ = {wanted_.collectors, members_.services()};
    orphans_->set_owners(owners_);
  }

  // As long as those that leave take up all places, there is none for others.
  void follow_members() {
    const CollectorLayout& layout = members_.take(routing_.present());
    if (layout == wanted_) return;
    try {
      route(wanted_plan_, layout);
    } catch (const std::runtime_error& error) {
      spdlog::debug("{}: {}", "members of collectors", error.what());
      members_.postpone();
    }
  }

  void log_statistics() {
    const Ledger ledger = figures_.ledger();
    if (ledger.way.empty()) return spdlog::info("just started: there is no ledger yet");
    std::ostringstream text;
    print(text, ledger);
    std::istringstream lines(text.str());
    for (std::string line; std::getline(lines, line);) spdlog::info(line);
    if (tables_.tracked && tables_.shows_kpis)
      spdlog::info("KPIs: {}", kpi_line(kpi_figures(*tables_.tracked)));
  }

  [[nodiscard]] bool is_capturing() const {
    return workers_.empty() ||
           std::any_of(workers_.begin(), workers_.end(),
                       [](const auto& worker) { return worker->is_capturing(); });
  }

  void look_at_collectors() {
    figures_.set_names(members_.figures());
    if (options_.writes_files) figures_.set_orphans(orphans_->figures());
    leave_out_own_connections({});
  }

  // coming    beside those that are there
  void leave_out_own_connections(std::vector<CollectorOptions> coming) {
    const std::vector<CollectorSnapshot> collectors = figures_.collectors();
    if (workers_.empty()) return;
    const auto& present = routing_.present();
    coming.insert(coming.begin(), present.begin(), present.end());
    if (!update_exclusions(filter_, coming, collectors)) return;
    for (const auto& worker : workers_) worker->set_filter(filter_);
  }

  bool capture_is_alive() {
    bool is_alive = !hep_ || hep_->alive();
    for (const auto& worker : workers_) is_alive &= worker->is_alive();
    return is_alive;
  }

  ExitCode finish() {
    notify_stopping("sending what was captured", options_.stop_wait + time_to_end);
    for (const auto& worker : workers_) worker->join();
    if (hep_) hep_->stop();
    // Calls that the next run goes on with are not over: it reports and counts them.
    const bool goes_on = state_.save(saved_tables(), wall_time_us());
    if (tables_.tracked && !goes_on) tables_.tracked->finish();
    if (tables_.call_reports) send_call_reports();
    orphans_->finish();
    const std::vector<CollectorSnapshot> collectors = transport_.drain();
    end_orphans();
    if (http_) http_->stop();
    const Ledger ledger = figures_.final_ledger();
    print(err_, ledger);
    for (const auto& collector : collectors) log_outcome(collector);
    return ledger.fault().empty() ? ExitCode::ok : ExitCode::failure;
  }

  void end_orphans() {
    if (!options_.writes_files || orphans_->ends_within(time_for_orphans)) return;
    spdlog::error("the disk of the spool does not answer, and is waited for no more");
    DiskThread::leave_behind(std::move(orphans_));
  }

  void send_call_reports() {
    workers_.empty() ? hep_->send_call_reports() : workers_.front()->send_call_reports();
  }

  const RunOptions& options_;
  const ReadAgain& read_again_;
  MemberSwitch& members_;
  std::ostream& err_;
  const std::size_t max_files_ = raise_file_limit();
  StopSignal stop_;
  RequestSignals requests_;
  const std::vector<WorkerOptions> plan_;
  SharedTables tables_;
  Transport transport_;
  StateKeeper state_;
  std::vector<std::unique_ptr<CaptureWorker>> workers_;
  PlanSwitch routing_;
  const std::unique_ptr<HepSource> hep_;
  RunFigures figures_{workers_, hep_.get(), tables_, transport_, log_event};
  Watchdog watchdog_{{.capture_alive = [this] { return capture_is_alive(); },
                      .sending_alive = [this] { return transport_.ping(); }},
                     watchdog_interval()};
  std::unique_ptr<HttpServer> http_;
  SpoolOwners owners_;  ///< as orphans_ has them
  std::unique_ptr<SpoolOrphans> orphans_ = std::make_unique<SpoolOrphans>(transport_log());
  KernelFilterOptions filter_ = filter_of_all(options_);
  CollectorLayout wanted_{options_.collectors, options_.pools};
  std::shared_ptr<const Plan> wanted_plan_ = options_.plan;
  bool is_ready_ = false;
};

}  // namespace

ExitCode run_agent(const RunOptions& options, const ReadAgain& read_again, std::ostream& err) {
  try {
    if (!options.interfaces.empty()) check_privileges(options.security);
    MemberSwitch members(log_event);
    return Agent(with_members(options, members), read_again, members, err).run();
  } catch (const PrivilegeError& error) {
    spdlog::error(error.what());
    return error.code();
  } catch (const CaptureError& error) {
    spdlog::error(error.what());
    return ExitCode::no_capability;
  }
}

}  // namespace heptap
