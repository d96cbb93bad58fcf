#pragma once

#include <atomic>
#include <future>
#include <memory>
#include <mutex>
#include <thread>

#include "agent/capture/live_capture.hpp"
#include "agent/capture_losses.hpp"
#include "agent/mailbox.hpp"
#include "agent/pipeline/pipeline.hpp"
#include "agent/report/ledger.hpp"
#include "agent/report/plan_figures.hpp"
#include "agent/shared_tables.hpp"
#include "agent/stop_signal.hpp"

namespace heptap {

struct WorkerOptions {
  LiveOptions interface;
  unsigned index = 0;  ///< among the workers of this interface
  PipelineOptions pipeline;
  hep::Identity identity;
  PlanRoutes routes = {};
};

/// What a worker said of itself when it was last heard of.
struct WorkerFigures {
  std::string interface;
  unsigned index = 0;  ///< among the workers of the interface
  std::uint64_t times_published = 0;
  InterfaceCounts counts = {};
  std::uint64_t ring_full = 0;            ///< messages that the ring had no room for
  PlanFigures plan = {};                  ///< of its own messages
  Ledger packets = {};                    ///< the interface in it, without the call table's notes
  std::vector<TableFigures> tables = {};  ///< that no other worker uses
  CallFigures calls = {};                 ///< of all workers
  MediaCounts media = {};                 ///< of all workers
  MediaBookCounts media_book = {};        ///< of all workers
  std::vector<TableFigures> shared = {};  ///< tables of all workers
};

/// A thread that captures on one interface, alone or with others, and brings what it finds into its own
/// ring. Nobody can make the network wait: when the ring is full, the newest message is dropped and
/// counted.
class CaptureWorker {
 public:
  /// Everything borrowed outlives the worker.
  CaptureWorker(const WorkerOptions& options, SharedTables& tables, FrameRing& ring,
                const StopSignal& stop, LiveCapture::OnEvent on_event);

  /// Opens the interface if it is there.
  /// errors    CaptureError, when it is not permitted
  void open() { capture_.open(); }

  void start();

  /// Sends the reports of calls that are over when nobody captures any more. Not before join(). It waits
  /// for collectors, as long as the transport does: see Transport::hurry_when_readable().
  void send_call_reports();

  /// Returns when the worker has seen the stop signal and has given on all there was.
  void join();

  /// gives     whether its thread has made a turn since it was asked last; one thread may ask
  [[nodiscard]] bool is_alive() noexcept;

  [[nodiscard]] WorkerFigures figures() const;

  /// gives     whether the interface is captured now
  [[nodiscard]] bool is_capturing() const noexcept { return is_capturing_.load(); }

  /// What it sends from now on has this identity.
  void set_identity(const hep::Identity& identity);

  /// What it captures from now on goes where this plan says.
  /// gives     ready when it does
  [[nodiscard]] std::future<void> set_plan(const PlanRoutes& routes);

  /// What the kernel lets through from now on, see LiveCapture.
  void set_filter(const KernelFilterOptions& options);

 private:
  void run();
  /// gives     whether there was anything
  [[nodiscard]] bool read();
  /// With the losses of this worker among those that degrade streams.
  [[nodiscard]] PipelineOptions with_own_losses(PipelineOptions options);
  [[nodiscard]] bool has_lost(std::int64_t from_us, std::int64_t to_us);
  void publish();

  const std::string interface_;
  const unsigned index_;
  const StopSignal& stop_;
  const SharedTables& tables_;
  LiveCapture capture_;
  CaptureLosses losses_;
  Outlet outlet_;
  Pipeline pipeline_;
  const LiveSource::Take take_ = [this](const RawFrame& frame) { pipeline_.handle(frame); };
  Mailbox mailbox_;
  std::atomic<bool> is_capturing_{false};
  std::atomic<std::uint64_t> turns_{0};
  std::uint64_t seen_turns_ = 0;
  mutable std::mutex mutex_;  ///< guards what is published
  WorkerFigures figures_;
  std::thread thread_;
};

}  // namespace heptap
