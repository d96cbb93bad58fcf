#include "agent/run_figures.hpp"

#include <algorithm>
#include <utility>

#include "agent/report/collector_ledger.hpp"
#include "agent/report/interface_ledger.hpp"
#include "agent/report/metrics_page.hpp"
#include "agent/version.hpp"
#include "transport/wall_clock.hpp"

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

// What the workers have given, and the transport had not taken yet when it was asked.
LedgerStage ring_stage(const LedgerStage& before, const TransportSnapshot& transport) {
  return {.name = "ring",
          .entered = before.left,
          .left = transport.offered,
          .held = before.left - transport.offered};
}

// Of a thread that has no plan yet, or never got one, when others have: there it lets everything pass.
void add_way(Ledger& sum, Ledger part, bool has_plan) {
  const auto named = [](std::string_view name) {
    return [name](const LedgerStage& stage) { return stage.name == name; };
  };
  const auto encode = std::find_if(part.way.begin(), part.way.end(), named("encode"));
  const bool lacks_plan = std::none_of(part.way.begin(), part.way.end(), named("plan"));
  if (has_plan && lacks_plan && encode != part.way.end()) {
    LedgerStage plan{.name = "plan", .entered = encode->entered, .left = encode->entered};
    std::swap(plan.joined, encode->joined);
    if (plan.joined != 0) std::swap(plan.joined_from, encode->joined_from);
    part.way.insert(encode, std::move(plan));
  }
  add(sum, part);
}

bool has_plan(const Ledger& part) {
  return std::any_of(part.way.begin(), part.way.end(),
                     [](const LedgerStage& stage) { return stage.name == "plan"; });
}

// Those that a reload took away are told from those of the same name that it brought.
std::vector<CollectorSnapshot> all_collectors(const TransportSnapshot& transport) {
  std::vector<CollectorSnapshot> all = transport.collectors;
  for (CollectorSnapshot one : transport.departed) {
    one.name += " (left)";
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace

std::vector<WorkerFigures> RunFigures::worker_figures() const {
  std::vector<WorkerFigures> all;
  for (const auto& worker : workers_) all.push_back(worker->figures());
  return all;
}

// Twice: what was published first may have been counted before.
bool RunFigures::has_published_since(const Look& before, const Look& now) const {
  for (std::size_t i = 0; i < now.workers.size(); ++i) {
    if (now.workers[i].times_published < before.workers[i].times_published + 2) return false;
  }
  return hep_ == nullptr || now.hep.times_published >= before.hep.times_published + 2;
}

void RunFigures::look() {
  Look now{.transport = {}, .workers = worker_figures(), .hep = hep_figures()};
  if (loss_updates_.is_due()) look_for_losses(now.workers);
  if (tables_.tracked && kpi_updates_.is_due()) look_at_kpis();
  if (next_ && !has_published_since(*next_, now)) return;
  if (next_) {
    now.transport = std::move(next_->transport);
    const std::lock_guard lock(mutex_);
    last_ = std::move(now);
  }
  TransportSnapshot transport = transport_.account();
  next_ = {std::move(transport), worker_figures(), hep_figures()};
}

void RunFigures::look_for_losses(const std::vector<WorkerFigures>& workers) {
  std::vector<LossTotals> totals;
  totals.reserve(workers.size());
  for (const WorkerFigures& worker : workers) {
    totals.push_back(loss_totals(worker.interface, worker.counts, worker.ring_full));
  }
  losses_.update(totals, wall_time_us());
}

void RunFigures::look_at_kpis() {
  KpiFigures now = kpi_figures(*tables_.tracked);
  const std::lock_guard lock(mutex_);
  kpis_ = std::move(now);
}

void RunFigures::set_names(std::vector<NameFigures> names) {
  const std::lock_guard lock(mutex_);
  names_ = std::move(names);
}

void RunFigures::set_orphans(const OrphanFigures& orphans) {
  const std::lock_guard lock(mutex_);
  orphans_ = orphans;
}

RunFigures::SharedCounts RunFigures::shared_of(const Look& look) {
  SharedCounts shared{.calls = calls_of(look).counts, .media = {}, .media_book = {}};
  if (look.workers.empty()) return shared;
  shared.media = look.workers.front().media;
  shared.media_book = look.workers.front().media_book;
  return shared;
}

RunFigures::SharedCounts RunFigures::shared_now() const {
  return {.calls = tables_.calls.counts(),
          .media = tables_.media ? tables_.media->counts() : MediaCounts{},
          .media_book = tables_.media_book ? tables_.media_book->counts() : MediaBookCounts{}};
}

Ledger RunFigures::ledger_of(const Look& look, const SharedCounts& shared) const {
  Ledger ledger;
  bool any_plan = has_plan(look.hep.ledger);
  for (const WorkerFigures& worker : look.workers) any_plan |= has_plan(worker.packets);
  for (const WorkerFigures& worker : look.workers) add_way(ledger, worker.packets, any_plan);
  add_way(ledger, look.hep.ledger, any_plan);
  if (ledger.way.empty()) return ledger;
  if (tables_.call_reports) ledger.sources.push_back(stage_of(tables_.call_reports->counts()));
  add_calls(ledger, shared.calls);
  add_media(ledger, shared.media);
  add_media_book(ledger, shared.media_book);
  ledger.way.push_back(ring_stage(ledger.way.back(), look.transport));
  add_collectors(ledger, all_collectors(look.transport));
  return ledger;
}

Ledger RunFigures::ledger() const {
  const std::lock_guard lock(mutex_);
  return ledger_of(last_, shared_of(last_));
}

std::vector<CollectorSnapshot> RunFigures::collectors() const {
  const std::lock_guard lock(mutex_);
  return last_.transport.collectors;
}

Ledger RunFigures::final_ledger() {
  return ledger_of({transport_.account(), worker_figures(), hep_figures()}, shared_now());
}

std::string RunFigures::page() const {
  const std::lock_guard lock(mutex_);
  const auto& [transport, workers, hep] = last_;
  DaemonFigures figures;
  figures.version = version;
  figures.started = started_;
  for (const auto& one : transport.collectors) figures.collectors.push_back(collector_figures(one));
  figures.names = names_;
  figures.orphans = orphans_;
  for (std::size_t i = 0; i < workers.size(); ++i) {
    figures.captures.push_back(capture_figures(workers[i]));
    figures.rings.push_back(ring_figures(workers[i].counts.name, transport.rings[i]));
    add_tables(figures.tables, workers[i].tables);
  }
  if (hep.times_published != 0) {
    figures.rings.push_back(ring_figures("hep", transport.rings[workers.size()]));
  }
  add_tables(figures.tables,
             {{"calls", calls_of(last_).use}, {"duplicates", tables_.duplicates.use()}});
  add_tables(figures.tables, workers.empty() ? hep.shared : workers.front().shared);
  if (kpis_) add_tables(figures.tables, {{"tracked_calls", kpis_->use}});
  for (const WorkerFigures& worker : workers) add(figures.plan, worker.plan);
  add(figures.plan, hep.plan);
  figures.losses = losses_.interfaces();
  figures.kpis = kpis_ && tables_.shows_kpis ? &*kpis_ : nullptr;
  return metrics_page(ledger_of(last_, shared_of(last_)), figures);
}

std::vector<std::string> RunFigures::not_ready() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> reasons;
  std::string unsent = why_none_takes_frames(last_.transport.collectors);
  if (!unsent.empty()) reasons.push_back(std::move(unsent));
  if (last_.workers.empty() && last_.hep.times_published == 0) reasons.emplace_back("just started");
  for (const WorkerFigures& worker : last_.workers) {
    if (!worker.counts.is_open) reasons.push_back(worker.counts.name + " is not captured");
  }
  return reasons;
}

}  // namespace heptap
