#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "agent/capture_worker.hpp"
#include "agent/every.hpp"
#include "agent/hep_source.hpp"
#include "agent/report/daemon_figures.hpp"
#include "agent/report/kpi_figures.hpp"
#include "agent/report/ledger.hpp"
#include "agent/report/loss_watch.hpp"
#include "transport/transport.hpp"

namespace heptap {

/// What a running agent says of itself to others: what its workers publish, and what its transport says
/// when it is asked. The ledger adds up at every moment: the transport's part of it is older than that of
/// every worker, and what came between the two is held.
class RunFigures {
 public:
  using Workers = std::vector<std::unique_ptr<CaptureWorker>>;

  /// Everything borrowed outlives the figures. No worker is added later.
  /// hep   null: there are no HEP sources
  /// say   told when packets are lost
  RunFigures(const Workers& workers, const HepSource* hep, const SharedTables& tables,
             Transport& transport, LossWatch::Say say)
      : workers_(workers),
        hep_(hep),
        tables_(tables),
        transport_(transport),
        losses_(std::move(say)) {}

  /// Takes in what is new, once all workers have said something. One thread calls it now and then.
  void look();

  /// What names stand for, from now on.
  void set_names(std::vector<NameFigures> names);
  /// What waits in spools of nobody, from now on.
  void set_orphans(const OrphanFigures& orphans);

  // What follows may be called from any thread, and is as of the last look.

  [[nodiscard]] Ledger ledger() const;
  /// gives     those that are there, not those that have left
  [[nodiscard]] std::vector<CollectorSnapshot> collectors() const;
  /// gives     text for Prometheus
  [[nodiscard]] std::string page() const;
  /// gives     why the agent is not doing its work, a line each; empty: it captures on all interfaces,
  ///           and at least one collector takes what comes, over its connection or that of its spool
  [[nodiscard]] std::vector<std::string> not_ready() const;

  /// gives     whether packets may have been lost then; both ends included, packet time
  [[nodiscard]] bool is_degraded(std::int64_t from_us, std::int64_t to_us) const {
    return losses_.degraded_between(from_us, to_us);
  }

  /// gives     as of now; when nothing is captured or sent any more
  [[nodiscard]] Ledger final_ledger();

 private:
  struct Look {
    TransportSnapshot transport;
    std::vector<WorkerFigures> workers;
    HepFigures hep;
  };
  // What any producer says of the calls it says of all: their table belongs to its threads.
  [[nodiscard]] static const CallFigures& calls_of(const Look& look) noexcept {
    return look.workers.empty() ? look.hep.calls : look.workers.front().calls;
  }
  /// What stages of all workers have noted together.
  struct SharedCounts {
    CallCounts calls;
    MediaCounts media;
    MediaBookCounts media_book;
  };
  [[nodiscard]] static SharedCounts shared_of(const Look& look);
  [[nodiscard]] SharedCounts shared_now() const;
  [[nodiscard]] Ledger ledger_of(const Look& look, const SharedCounts& shared) const;
  [[nodiscard]] std::vector<WorkerFigures> worker_figures() const;
  [[nodiscard]] HepFigures hep_figures() const { return hep_ ? hep_->figures() : HepFigures{}; }
  [[nodiscard]] bool has_published_since(const Look& before, const Look& now) const;
  void look_for_losses(const std::vector<WorkerFigures>& workers);
  void look_at_kpis();

  const Workers& workers_;
  const HepSource* hep_;
  const SharedTables& tables_;
  Transport& transport_;
  const std::chrono::system_clock::time_point started_ = std::chrono::system_clock::now();
  LossWatch losses_;
  Every loss_updates_{std::chrono::seconds{1}};
  std::optional<Look> next_;  ///< the transport's part, and what was published before it
  Every kpi_updates_{std::chrono::seconds{1}};
  mutable std::mutex mutex_;  ///< guards all below
  Look last_;
  std::vector<NameFigures> names_;
  std::optional<OrphanFigures> orphans_;
  std::optional<KpiFigures> kpis_;  ///< as last_
};

}  // namespace heptap
