#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "agent/calls/call_state.hpp"
#include "agent/calls/call_times.hpp"

namespace heptap {

/// Where a call is, or how it ended.
enum class CallPhase : std::uint8_t {
  idle,  ///< no attempt and no dialog: requests of other kinds
  calling,
  trying,
  progress,
  cancelling,
  challenged,
  redirected,
  answered,
  confirmed,
  ending,
  ended,
  failed,
  cancelled,
  timeout,
  ack_timeout,
  count_
};

inline constexpr std::array<std::string_view, static_cast<std::size_t>(CallPhase::count_)>
    call_phase_names{"idle",       "calling",    "trying",    "progress",  "cancelling",
                     "challenged", "redirected", "answered",  "confirmed", "ending",
                     "ended",      "failed",     "cancelled", "timeout",   "ack_timeout"};

[[nodiscard]] constexpr std::string_view to_string(CallPhase phase) noexcept {
  return call_phase_names[static_cast<std::size_t>(phase)];
}

enum class CallParty : std::uint8_t { unknown, caller, callee };

using Milliseconds = std::optional<double>;

struct TransactionSummary {
  SipMethod method = SipMethod::other;
  std::uint32_t cseq = 0;
  std::uint32_t key = 0;     ///< as CallMessageView::key()
  std::int64_t time_us = 0;  ///< packet time of the request
  Milliseconds rtt_first_ms;
  Milliseconds rtt_final_ms;
  std::uint16_t status = 0;  ///< final; 0: none
  std::uint16_t retransmissions = 0;
  bool timed_out = false;
};

/// What the signalling of a call says, for reports. Times that do not exist are not there; none is
/// negative. Names as the reports have them; seen at the tap, so without the way to the user agent.
/// source    RFC 6076
struct CallSummary {
  CallPhase phase = CallPhase::idle;
  CallEnd end = CallEnd::open;
  bool partial = false;      ///< the capture began within the call
  bool chain_guess = false;  ///< goes on with an attempt of another Call-ID
  bool cancel_race = false;
  bool transfer = false;
  bool end_inferred = false;           ///< no BYE: the media stopped, or the session timer lapsed
  bool abandoned = false;              ///< challenged or redirected, and not tried again
  std::uint16_t attempt_requests = 0;  ///< INVITEs, or REGISTERs, of the attempt
  std::uint16_t extra_dialogs = 0;     ///< answered by others as well
  std::uint16_t outcome = 0;           ///< final status; 0: none
  bool timed_out = false;              ///< no final response to the attempt
  std::uint32_t retransmissions = 0;

  Milliseconds srd_ms;
  SampleKind srd_kind = SampleKind::none;
  Milliseconds sdr_ms;
  Milliseconds snt_ms;
  Milliseconds pdd_ms;
  Milliseconds trying_ms;
  Milliseconds ring_ms;
  Milliseconds ack_ms;
  Milliseconds cancel_ms;
  Milliseconds sdt_sig_ms;
  SampleKind sdt_kind = SampleKind::none;
  Milliseconds sdd_ms;
  Milliseconds rrd_ms;
  CallParty bye_by = CallParty::unknown;
  std::uint16_t bye_status = 0;  ///< final; 0: none

  std::array<TransactionSummary, CallState::max_transactions> transactions{};  ///< by time
  std::uint8_t transaction_count = 0;
  std::array<CallEvent, CallState::max_events> events{};
  std::uint8_t event_count = 0;
};

/// gives     as summary_of() has it
[[nodiscard]] CallPhase phase_of(const CallState& state, const IneffectiveCodes& ineffective =
                                                             default_ineffective_codes) noexcept;

/// Of the attempt that was answered, or else of the last.
/// ineffective   as the tracker has them
[[nodiscard]] CallSummary summary_of(
    const CallState& state,
    const IneffectiveCodes& ineffective = default_ineffective_codes) noexcept;

}  // namespace heptap
