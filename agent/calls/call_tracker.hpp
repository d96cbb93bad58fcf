#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "agent/calls/call_account.hpp"
#include "agent/calls/call_message.hpp"
#include "agent/calls/call_state.hpp"
#include "agent/calls/call_summary.hpp"
#include "agent/calls/carrier_map.hpp"
#include "agent/calls/chain_guesses.hpp"
#include "agent/calls/kpi.hpp"

namespace heptap {

/// What ends the post-dial delay.
enum class PddMode : std::uint8_t {
  any,          ///< the first of 180, 183 and 200
  ringing,      ///< 180 alone
  early_media,  ///< as `any`, but 183 only when it has a session description
};

struct CallTrackerOptions {
  PddMode pdd = PddMode::any;
  IneffectiveCodes ineffective = default_ineffective_codes;
};

/// What is known of a call before one of its messages.
struct CallStanding {
  std::optional<CallPhase> phase = {};  ///< nothing: the call is not known
  bool is_retransmission = false;       ///< is_retransmission()
};

/// Transactions, dialogs and KPIs: takes messages into the state of their call, and what has ended into
/// counters. One thread uses a tracker; a call may be told of its messages by several of them, one at a
/// time, when all have the same seed. Nothing here allocates but the constructor.
/// source    RFC 3261 sections 9, 12, 13 and 17, RFC 4028, RFC 6026, RFC 6076
class CallTracker {
 public:
  /// seed      a secret; of all trackers of a run
  /// carriers, guesses   must outlive the tracker; not changed any more, and shared
  CallTracker(const CallTrackerOptions& options, std::uint64_t seed, const CarrierMap& carriers,
              ChainGuesses& guesses);

  /// Takes one message of the call into account. Times may go back a little from message to message.
  void update(CallState& state, const SipView& sip, const Packet& packet,
              std::int64_t time_us) noexcept;

  /// Whether this message, which update() has not seen yet, begins another call: the state must be
  /// closed, and a new one takes it. Runs the timers of this one.
  [[nodiscard]] bool begins_another(CallState& state, const SipView& sip, const Packet& packet,
                                    std::int64_t time_us) noexcept;

  /// Of a message that update() has not seen yet. Runs the timers of the call.
  [[nodiscard]] CallStanding standing(CallState& state, const SipView& sip, const Packet& packet,
                                      std::int64_t time_us) noexcept;

  /// What timers end until now. Cheap when `state.due_us` is later; update() does it first.
  void expire(CallState& state, std::int64_t now_us) noexcept;

  /// Goes on with a call of an earlier run. What came to pass in between was not seen: what had not ended
  /// is in no ratio, as what began unseen, and the session timer begins anew.
  /// state     its times are no_time, or 0 to 2^54
  void resume(CallState& state, std::int64_t now_us) noexcept;

  /// The call leaves: what is open stays without end, and goes into no ratio. The state is still good
  /// for a summary.
  /// why       not `open`
  void close(CallState& state, CallEnd why, std::int64_t now_us) noexcept;

  /// gives     by carrier, as CarrierMap numbers them
  [[nodiscard]] const std::vector<Kpi>& kpis() const noexcept { return kpis_; }
  [[nodiscard]] Kpi total() const noexcept;
  void set_seed(std::uint64_t seed) noexcept { seed_ = seed; }
  [[nodiscard]] const CallTrackerOptions& options() const noexcept { return options_; }

 private:
  /// A transaction, or nothing and the folded key that it would have.
  struct Found {
    Transaction* transaction;
    std::uint32_t folded_key;
  };

  [[nodiscard]] CallAccount account_of(CallState& state) noexcept;
  void note_carrier(CallState& state, const Packet& packet) const noexcept;

  [[nodiscard]] Found find(CallState& state, const CallMessageView& message) const noexcept;
  [[nodiscard]] Transaction& transaction_of(CallAccount& account,
                                            const CallMessageView& message) noexcept;
  void take_request(CallAccount& account, const CallMessageView& message) noexcept;
  void take_ack(CallAccount& account, const CallMessageView& message) noexcept;
  void take_response(CallAccount& account, const CallMessageView& message) noexcept;
  [[nodiscard]] bool is_alert(const CallMessageView& message) const noexcept;

  CallTrackerOptions options_;
  std::uint64_t seed_;
  const CarrierMap& carriers_;
  ChainGuesses& guesses_;
  std::vector<Kpi> kpis_;
};

}  // namespace heptap
