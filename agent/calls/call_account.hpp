#pragma once

#include <cstdint>

#include "agent/calls/call_state.hpp"
#include "agent/calls/call_times.hpp"
#include "agent/calls/chain_guesses.hpp"
#include "agent/calls/kpi.hpp"

namespace heptap {

/// Takes what has ended of one call into the KPIs, each thing once. Made for one message or one moment.
class CallAccount {
 public:
  CallAccount(CallState& state, Kpi& kpi, ChainGuesses& guesses,
              const IneffectiveCodes& ineffective) noexcept
      : state_(state), kpi_(kpi), guesses_(guesses), ineffective_(ineffective) {}

  /// It had its final response, or will have none.
  void close(Transaction& transaction) noexcept;
  /// No request will go on with it.
  void settle(Attempt& attempt) noexcept;
  /// It is over, whichever way.
  void end(Dialog& dialog) noexcept;
  void note(CallEventKind kind, std::int64_t time_us, int status = 0, int warn_code = 0) noexcept;

  [[nodiscard]] CallState& state() noexcept { return state_; }
  [[nodiscard]] const CallState& state() const noexcept { return state_; }
  [[nodiscard]] Kpi& kpi() noexcept { return kpi_; }
  [[nodiscard]] ChainGuesses& guesses() noexcept { return guesses_; }
  [[nodiscard]] StatusBucket bucket(int status) const noexcept {
    return bucket_of(status, ineffective_);
  }

 private:
  void count_strict(const Transaction& transaction, const Attempt& attempt) noexcept;
  void count_session(Attempt& attempt, StatusBucket bucket) noexcept;
  void count_register(const Attempt& attempt, StatusBucket bucket) noexcept;
  void count_times(const Attempt& attempt) noexcept;
  void count_bye(const Dialog& dialog) noexcept;
  void count_session_end(const Attempt& attempt, const Dialog& dialog) noexcept;
  [[nodiscard]] bool is_counted_elsewhere(const Attempt& attempt) const noexcept;

  CallState& state_;
  Kpi& kpi_;
  ChainGuesses& guesses_;
  const IneffectiveCodes& ineffective_;
};

}  // namespace heptap
