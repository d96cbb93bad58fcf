#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/plan/plan_runner.hpp"
#include "agent/report/ledger.hpp"
#include "proto/hep/encode.hpp"
#include "proto/hep/relay.hpp"
#include "transport/frame_ring.hpp"
#include "transport/pool.hpp"

namespace heptap {

/// What happens to a message when the ring is full.
enum class WhenFull : std::uint8_t {
  wait,  ///< replay's back-pressure
  drop,  ///< it is the newest, and nobody can make the network wait
};

/// What stage 7 did with the messages that came to it.
struct OutletCounts {
  std::uint64_t entered = 0;
  std::uint64_t encoded = 0;
  std::uint64_t over_limit = 0;   ///< the head alone does not fit into a frame
  std::uint64_t ring_full = 0;    ///< collectors took less than came
  std::uint64_t ring_closed = 0;  ///< the transport was stopped or drained already
  std::uint64_t unmaskable = 0;   ///< it should be masked, and nobody can read it
  std::uint64_t cut = 0;          ///< of the encoded: the end of the body did not fit
  std::uint64_t copies = 0;       ///< of the entered: others of the same message, with other masks
  std::uint64_t vendor_chunks = 0;  ///< left out of frames that were passed on
};

/// A plan, and where the collectors that it names are.
struct PlanRoutes {
  std::shared_ptr<const Plan> plan;  ///< null: everything goes to each of `bits`
  std::vector<unsigned> bits;  ///< in FrameSlot::collectors, in the order of Plan::collectors()
  std::shared_ptr<PlanScopes> scopes = nullptr;  ///< as PlanRunner has it
  std::vector<Pool> pools = {};  ///< of the names behind those; there are some only with a plan
  std::uint64_t pool_parts = 0;  ///< bit i: the i-th pool is part of another, see PoolOptions
  /// As Transport::healthy(), and as long as it lives; null: all are.
  const std::atomic<std::uint64_t>* healthy = nullptr;
};

/// Encodes what a plan lets through straight into the ring that the collectors read. Without a plan,
/// everything goes to everyone.
class Outlet {
 public:
  /// ring      must outlive the outlet
  Outlet(const hep::Identity& identity, FrameRing& ring, WhenFull when_full = WhenFull::wait)
      : encoder_(identity), ring_(ring), when_full_(when_full) {}

  /// Of a message of SIP.
  /// subject   the same, as a plan sees it
  void offer(const hep::Message& message, const PlanSubject& subject) noexcept;

  /// Of what was made of packets: RTCP as JSON, and reports.
  void offer(const hep::Message& message, const PlanReport& report) noexcept;

  /// Passes on a frame that decode() took for good, and made `view` of.
  /// arrival_us   when it came, since 1970, UTC; its own time is that of another clock
  /// subject      the same, as a plan sees it; not looked at without a plan
  void forward(const hep::Relay& relay, const hep::HepView& view, Bytes frame,
               std::int64_t arrival_us, const PlanSubject& subject = {}) noexcept;

  /// The call is over, and its Call-ID that of another one, for which no rule of the plan holds yet.
  void forget_call(std::uint64_t call_hash, std::int64_t now_us) noexcept {
    if (plan_) plan_->forget_call(call_hash, now_us);
  }

  /// What is offered from now on goes where this plan says, and to no collector that it does not know.
  /// routes    with a plan, when there ever was one
  /// log       told of each message that a rule with `log` takes
  void set_plan(PlanRoutes routes, PlanRunner::Log log);

  /// From now on, somebody is told what the plan decides. There is a plan.
  void watch_plan(PlanRunner::Watch watch) { plan_->set_watch(std::move(watch)); }

  /// What is offered from now on says it is from this one.
  void set_identity(const hep::Identity& identity) { encoder_ = hep::Encoder(identity); }

  /// What is offered from now on waits for room, or does not.
  void set_when_full(WhenFull when_full) noexcept { when_full_ = when_full; }

  /// Makes everything offered so far visible to the collectors now.
  void flush() noexcept { ring_.flush(); }

  [[nodiscard]] const OutletCounts& counts() const noexcept { return counts_; }
  /// gives     null: there was never a plan
  [[nodiscard]] const PlanRunner* plan() const noexcept { return plan_ ? &*plan_ : nullptr; }

  /// Whether the plan asks for what is known of a message's call.
  [[nodiscard]] bool asks_for_calls() const noexcept { return asks_for_calls_; }
  /// Whether its plan decides about copies of a mirror port, too.
  [[nodiscard]] bool asks_for_copies() const noexcept { return asks_for_copies_; }

  /// gives     the stages `plan`, where there is one, and `encode` of the way
  [[nodiscard]] std::vector<LedgerStage> stages() const;

 private:
  void put(const hep::Message& message, const PlanDelivery& to, const SipView* sip) noexcept;
  void put(const hep::Relay& relay, const hep::HepView& view, Bytes frame, std::int64_t arrival_us,
           const PlanDelivery& to, const hep::Marks& marks, const SipView* sip) noexcept;
  template <class Put>
  void deliver(const PlanSubject& subject, Put put) noexcept;
  void mask(const SipView* sip, Bytes payload, std::span<std::uint8_t> copy,
            const SipMasks& masks) const noexcept;
  [[nodiscard]] std::uint64_t routed(std::uint64_t collectors, std::string_view call_id) noexcept;
  [[nodiscard]] std::uint64_t pooled(std::uint64_t pools, std::string_view call_id) noexcept;
  template <class Encode>
  void put(std::size_t bound_bytes, std::uint64_t collectors, std::int64_t time_us,
           Encode encode) noexcept;

  hep::Encoder encoder_;
  FrameRing& ring_;
  WhenFull when_full_;
  OutletCounts counts_;
  std::optional<PlanRunner> plan_;
  bool asks_for_calls_ = false;
  bool asks_for_copies_ = false;
  std::vector<unsigned> bits_;
  std::vector<Pool> pools_;
  std::uint64_t pool_parts_ = 0;
  const std::atomic<std::uint64_t>* healthy_ = nullptr;
  std::uint64_t turn_ = 0;      ///< frames of no call that came to pools
  std::int64_t latest_us_ = 0;  // of a message of SIP: reports are of what was before
  /// Bits of the ring that are in no pool; of collectors to come, too, until it is told who is there.
  std::uint64_t all_ = Verdict::every_collector;
  std::uint64_t before_plan_ = 0;  ///< messages that came when there was no plan
};

}  // namespace heptap
