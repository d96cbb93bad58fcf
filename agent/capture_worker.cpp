#include "agent/capture_worker.hpp"

#include "agent/every.hpp"
#include "agent/plan_routes.hpp"
#include "agent/report/interface_ledger.hpp"
#include "transport/wall_clock.hpp"

namespace heptap {
namespace {

constexpr std::chrono::milliseconds publish_every{250};

// What the kernel has captured has been read by then, were it late by far.
constexpr std::chrono::seconds idle_clock_behind{1};
static_assert(idle_clock_behind > 10 * LiveSource::longest_delay);

}  // namespace

CaptureWorker::CaptureWorker(const WorkerOptions& options, SharedTables& tables, FrameRing& ring,
                             const StopSignal& stop, LiveCapture::OnEvent on_event)
    : interface_(options.interface.interface),
      index_(options.index),
      stop_(stop),
      tables_(tables),
      capture_(options.interface, std::move(on_event)),
      losses_(wall_time_us()),
      outlet_(options.identity, ring, WhenFull::drop),
      pipeline_(with_own_losses(options.pipeline), tables.calls, &outlet_,
                {.duplicates = &tables.duplicates,
                 .media = tables.media.get(),
                 .tracked = tables.tracked.get(),
                 .observer = tables.media_book.get()}) {
  outlet_.set_plan(options.routes, plan_log());
  if (tables.call_reports) {
    pipeline_.report_calls({tables.call_reports.get(), &tables.calls, tables.media_book.get()});
  }
}

void CaptureWorker::start() {
  publish();
  thread_ = std::thread([this] { run(); });
}

void CaptureWorker::send_call_reports() {
  outlet_.set_when_full(WhenFull::wait);  // nobody captures: no packet waits for it
  pipeline_.send_call_reports();
  outlet_.flush();
  publish();
}

void CaptureWorker::join() {
  if (thread_.joinable()) thread_.join();
}

void CaptureWorker::run() {
  Every publishing(publish_every);
  while (!stop_.requested()) {
    const bool has_read = read();
    pipeline_.catch_up();
    if (!has_read) capture_.wait(stop_.fd());
    outlet_.flush();
    mailbox_.do_work();
    turns_.fetch_add(1, std::memory_order_relaxed);
    if (publishing.is_due()) publish();
  }
  capture_.close(take_);
  pipeline_.finish();
  outlet_.flush();
  publish();
}

// Without packets time goes on: streams and calls end, and other workers learn what was seen here.
bool CaptureWorker::read() {
  const std::int64_t before_us = wall_time_us();
  if (capture_.read(take_) != 0) return true;
  pipeline_.pass_until(before_us - std::chrono::microseconds(idle_clock_behind).count());
  return false;
}

PipelineOptions CaptureWorker::with_own_losses(PipelineOptions options) {
  if (!options.rtp) return options;
  options.rtp->is_degraded = [this, of_all = options.rtp->is_degraded](std::int64_t from_us,
                                                                       std::int64_t to_us) {
    return has_lost(from_us, to_us) || (of_all && of_all(from_us, to_us));
  };
  return options;
}

// What is known of all workers is a second old; a stream ends its period at once when the packet behind
// a gap comes.
bool CaptureWorker::has_lost(std::int64_t from_us, std::int64_t to_us) {
  const std::int64_t now_us = wall_time_us();
  if (losses_.is_due(now_us)) losses_.look(capture_.counts(), now_us);
  return losses_.any_between(from_us, to_us);
}

void CaptureWorker::publish() {
  const std::int64_t now_us = wall_time_us();
  WorkerFigures now{.interface = interface_, .index = index_, .counts = capture_.counts()};
  losses_.look(now.counts, now_us);
  // All handles of an interface say the same of it.
  if (index_ != 0) now.counts.packets.interface_dropped = 0;
  now.packets = {.way = pipeline_.ledger(),
                 .streams = pipeline_.stream_ledger(),
                 .sources = pipeline_.source_ledger()};
  now.tables = pipeline_.tables();
  now.calls = tables_.calls.figures();
  if (tables_.media) {
    now.media = tables_.media->counts();
    now.shared = {{"media_calls", tables_.media->use()},
                  {"media_addresses", tables_.media->addresses()}};
  }
  if (tables_.sessions) now.shared.push_back({"all_media_sessions", tables_.sessions->use()});
  if (tables_.media_book) {
    now.media_book = tables_.media_book->counts();
    now.shared.push_back({"media_book", tables_.media_book->use()});
  }
  now.plan = plan_figures(outlet_.plan());
  now.ring_full = outlet_.counts().ring_full;
  add_interface(now.packets.way.front(), now.counts);
  is_capturing_ = now.counts.is_open;
  const std::lock_guard lock(mutex_);
  now.times_published = figures_.times_published + 1;
  figures_ = std::move(now);
}

bool CaptureWorker::is_alive() noexcept {
  const std::uint64_t turns = turns_.load(std::memory_order_relaxed);
  return std::exchange(seen_turns_, turns) != turns;
}

WorkerFigures CaptureWorker::figures() const {
  const std::lock_guard lock(mutex_);
  return figures_;
}

void CaptureWorker::set_identity(const hep::Identity& identity) {
  mailbox_.post([this, identity] { outlet_.set_identity(identity); });
}

std::future<void> CaptureWorker::set_plan(const PlanRoutes& routes) {
  const auto done = std::make_shared<std::promise<void>>();
  mailbox_.post([this, routes, done] {
    outlet_.set_plan(routes, plan_log());
    done->set_value();
  });
  return done->get_future();
}

void CaptureWorker::set_filter(const KernelFilterOptions& options) {
  mailbox_.post([this, options] { capture_.set_filter(options); });
}

}  // namespace heptap
