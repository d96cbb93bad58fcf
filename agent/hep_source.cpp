// One thread: the io_context runs the listeners, which hand frames to their receivers, which write
// them into the ring. Now and then it looks for calls that are over, and publishes its counters for the
// other threads.
#include "agent/hep_source.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <mutex>
#include <thread>
#include <utility>

#include "agent/peer_log.hpp"
#include "agent/pipeline/outlet.hpp"
#include "agent/plan_routes.hpp"
#include "agent/rare_log.hpp"
#include "agent/transport_log.hpp"
#include "transport/listener.hpp"
#include "transport/wall_clock.hpp"

namespace heptap {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds publish_every{100};

}  // namespace

class HepSource::Worker {
 public:
  Worker(const std::vector<HepSourceOptions>& sources, const hep::Identity& identity,
         FrameRing& ring, CallTable& calls, const RelayedParts& parts)
      : calls_(calls),
        media_(parts.media),
        outlet_(identity, ring, WhenFull::drop),
        sip_(calls, parts, outlet_),
        publish_timer_(io_) {
    for (const HepSourceOptions& source : sources) {
      Source& made = sources_.emplace_back();
      made.receiver =
          std::make_unique<HepReceiver>(source, identity, outlet_, sip_, refused_peers_);
      const ListenerOptions options{
          .endpoint = source.listen, .tls = source.tls, .max_connections = source.max_connections};
      made.listener = std::make_unique<Listener>(io_, options, *made.receiver, events());
      log_(EventLevel::info, "HEP is received on " + to_string(made.listener->endpoint()));
    }
    publish();
  }
  ~Worker() { stop(); }  // NOLINT(bugprone-exception-escape): a join that fails is the end
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void start() {
    const std::lock_guard lock(life_);
    if (thread_.joinable() || is_stopped_) return;
    publish_soon();
    thread_ = std::thread([this] {
      while (io_.run_one() != 0) outlet_.flush();
    });
  }

  void stop() {
    const std::lock_guard lock(life_);
    if (is_stopped_) return;
    is_stopped_ = true;
    if (thread_.joinable()) {
      asio::post(io_, [this] { close_all(); });
      thread_.join();
    } else {
      close_all();
    }
    outlet_.flush();
    publish();
  }

  void send_call_reports() {
    outlet_.set_when_full(WhenFull::wait);  // nobody sends: no frame waits for it
    sip_.send_call_reports();
    outlet_.flush();
    publish();
  }

  [[nodiscard]] HepFigures figures() const {
    const std::lock_guard lock(published_mutex_);
    return published_;
  }

  void set_identity(const hep::Identity& identity) {
    const std::lock_guard lock(life_);
    if (is_stopped_) return;
    asio::post(io_, [this, identity] {
      outlet_.set_identity(identity);
      for (const Source& source : sources_) source.receiver->set_identity(identity);
    });
  }

  std::future<void> set_plan(const PlanRoutes& routes) {
    const auto done = std::make_shared<std::promise<void>>();
    const std::lock_guard lock(life_);
    if (is_stopped_) {
      done->set_value();
      return done->get_future();
    }
    asio::post(io_, [this, routes, done] {
      outlet_.set_plan(routes, plan_log());
      done->set_value();
    });
    return done->get_future();
  }

  void set_auth_keys(const std::vector<std::string>& keys) {
    const std::lock_guard lock(life_);
    if (is_stopped_) return;
    asio::post(io_, [this, keys] {
      const std::size_t count = std::min(keys.size(), sources_.size());
      for (std::size_t i = 0; i < count; ++i) sources_[i].receiver->set_auth_key(keys[i]);
    });
  }

  bool alive() {
    const std::unique_lock lock(life_, std::try_to_lock);
    if (!lock || !thread_.joinable() || asked_.exchange(true)) return false;
    asio::post(io_, [this] { asked_ = false; });
    return true;
  }

  [[nodiscard]] std::vector<Endpoint> endpoints() const {
    std::vector<Endpoint> all;
    for (const Source& source : sources_) all.push_back(source.listener->endpoint());
    return all;
  }

 private:
  struct Source {
    std::unique_ptr<HepReceiver> receiver;
    std::unique_ptr<Listener> listener;
  };

  // What strangers can cause is a warning, and there may be any number of them.
  EventSink events() {
    return [this](EventLevel level, const std::string& text) {
      level == EventLevel::warning ? rare_log_.warn(text) : log_(level, text);
    };
  }

  void publish_soon() {
    publish_timer_.expires_after(publish_every);
    publish_timer_.async_wait([this](const boost::system::error_code& error) {
      if (error || is_closed_) return;  // it may have been due before it was cancelled
      for (const Source& source : sources_) source.listener->report_overflow();
      sip_.look(wall_time_us());
      publish();
      publish_soon();
    });
  }

  void publish() {
    Ledger ledger;
    for (const Source& source : sources_) {
      ledger.sources.push_back(source.receiver->stage(to_string(source.listener->endpoint())));
    }
    if (const CallReports* const reports = sip_.call_reports()) {
      ledger.sources.push_back(reports->stage());
    }
    ledger.way = outlet_.stages();
    ledger.way.front().joined = ledger.way.front().entered;
    ledger.way.front().joined_from = "sources";
    const CallFigures call_figures = calls_.figures();
    std::vector<TableFigures> shared;
    if (media_ != nullptr) {
      shared = {{"media_calls", media_->use()}, {"media_addresses", media_->addresses()}};
    }
    PlanFigures plan = plan_figures(outlet_.plan());
    const std::lock_guard lock(published_mutex_);
    published_.calls = call_figures;
    published_.plan = std::move(plan);
    published_.shared = std::move(shared);
    published_.ledger = std::move(ledger);
    ++published_.times_published;
  }

  void close_all() {
    is_closed_ = true;
    publish_timer_.cancel();
    for (const Source& source : sources_) source.listener->stop();
  }

  const CallTable& calls_;
  const MediaCalls* media_;
  const EventSink log_ = transport_log();
  RareLog rare_log_;
  PeerLog refused_peers_;
  Outlet outlet_;
  RelayedSip sip_;
  asio::io_context io_{1};
  asio::steady_timer publish_timer_;
  std::vector<Source> sources_;
  bool is_closed_ = false;  ///< of the thread, as what stands above
  std::atomic<bool> asked_{false};
  mutable std::mutex published_mutex_;  ///< guards published_
  HepFigures published_;
  std::mutex life_;  ///< guards thread_ and is_stopped_: who joins it, and who may post to it
  std::thread thread_;
  bool is_stopped_ = false;
};

void limit_connections(std::vector<HepSourceOptions>& sources, std::size_t max_files) {
  const auto streams = static_cast<std::size_t>(std::ranges::count_if(
      sources, [](const auto& one) { return one.listen.carrier != Carrier::udp; }));
  if (streams == 0) return;
  const std::size_t share = std::max<std::size_t>(max_files / 2 / streams, 1);
  for (HepSourceOptions& one : sources) one.max_connections = std::min(one.max_connections, share);
}

HepSource::HepSource(const std::vector<HepSourceOptions>& sources, const hep::Identity& identity,
                     FrameRing& ring, CallTable& calls, const RelayedParts& parts)
    : worker_(std::make_unique<Worker>(sources, identity, ring, calls, parts)) {}

HepSource::~HepSource() = default;
void HepSource::start() { worker_->start(); }
void HepSource::stop() { worker_->stop(); }
void HepSource::send_call_reports() { worker_->send_call_reports(); }
HepFigures HepSource::figures() const { return worker_->figures(); }
void HepSource::set_identity(const hep::Identity& identity) { worker_->set_identity(identity); }
void HepSource::set_auth_keys(const std::vector<std::string>& keys) {
  worker_->set_auth_keys(keys);
}
std::future<void> HepSource::set_plan(const PlanRoutes& routes) {
  return worker_->set_plan(routes);
}
bool HepSource::alive() { return worker_->alive(); }
std::vector<Endpoint> HepSource::endpoints() const { return worker_->endpoints(); }

}  // namespace heptap
