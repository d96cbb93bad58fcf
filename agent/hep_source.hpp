#pragma once

#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "agent/calls/call_table.hpp"
#include "agent/hep_receiver.hpp"
#include "agent/pipeline/relayed_sip.hpp"
#include "agent/report/ledger.hpp"
#include "agent/report/plan_figures.hpp"
#include "agent/report/table_figures.hpp"
#include "proto/hep/encode.hpp"
#include "transport/endpoint.hpp"
#include "transport/frame_ring.hpp"

namespace heptap {

/// What the sources said of themselves when they were last heard of.
struct HepFigures {
  Ledger
      ledger;  ///< the sources, and what `encode` did with their frames and with reports of calls: to be
               ///< added to the way's
  std::uint64_t times_published = 0;
  CallFigures calls = {};                 ///< of the workers, too
  PlanFigures plan = {};                  ///< of their own frames
  std::vector<TableFigures> shared = {};  ///< other tables of the workers
};

/// Leaves at least half of the files that the process may have open to everything but the connections
/// of the sources: whoever can connect must not keep collectors and interfaces from being opened again.
void limit_connections(std::vector<HepSourceOptions>& sources, std::size_t max_files);

/// Receives HEP of other agents on all sources of the configuration, in one thread of its own, and
/// puts it into a ring. When the ring is full, what has come last is dropped and counted, over
/// connections too: who sends must not wait for our collectors.
class HepSource {
 public:
  /// Opens all sockets and reads the TLS files; nothing is received before start().
  /// ring      this is its only producer; must outlive the source, as all that is borrowed
  /// errors    std::runtime_error: an address cannot be bound, TLS files cannot be used
  HepSource(const std::vector<HepSourceOptions>& sources, const hep::Identity& identity,
            FrameRing& ring, CallTable& calls, const RelayedParts& parts = {});
  /// stop()
  ~HepSource();
  HepSource(const HepSource&) = delete;
  HepSource& operator=(const HepSource&) = delete;

  void start();
  /// Closes all sockets; what had come is given on, and the thread has ended.
  void stop();

  /// Sends the reports of calls that are over when nobody captures any more, as a worker does. Not before
  /// stop().
  void send_call_reports();

  // From any thread.

  /// gives     as of one moment a short while ago; after stop(), all there ever was
  [[nodiscard]] HepFigures figures() const;
  [[nodiscard]] Ledger ledger() const { return figures().ledger; }

  /// Frames that come from now on go on with this one, and reports of calls are sent with it.
  void set_identity(const hep::Identity& identity);

  /// Frames that come from now on go where this plan says.
  /// gives     ready when they do, or when it has stopped
  [[nodiscard]] std::future<void> set_plan(const PlanRoutes& routes);

  /// Of what comes from now on, each source asks for its key.
  /// keys      in the order of the options
  void set_auth_keys(const std::vector<std::string>& keys);

  /// gives     whether its thread has gone round since the last call; asks it to do so again
  [[nodiscard]] bool alive();

  /// gives     where it listens, with the ports it really has; in the order of the options
  [[nodiscard]] std::vector<Endpoint> endpoints() const;

 private:
  class Worker;
  std::unique_ptr<Worker> worker_;
};

}  // namespace heptap
