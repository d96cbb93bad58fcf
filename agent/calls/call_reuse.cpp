#include "agent/calls/call_reuse.hpp"

#include <algorithm>

#include "agent/calls/call_attempts.hpp"
#include "agent/calls/call_times.hpp"

namespace heptap {
namespace {

// The same request to another target is a fork, which comes soon behind the failure of the one before.
std::int64_t wait_us(const CallAccount& account, const Attempt& attempt,
                     const CallMessageView& message) noexcept {
  const std::int64_t window = chain_window_us(account.bucket(attempt.status));
  const bool is_same_request = attempt.from_tag == message.from_tag && message.cseq <= attempt.cseq;
  if (!is_same_request) return window;
  return std::max(window, chain_window_us(StatusBucket::other_client));
}

bool has_ended(const CallAccount& account, const Attempt& attempt,
               const CallMessageView& message) noexcept {
  if (attempt.first_us == no_time || attempt.partial || attempt.counted) return true;
  if (attempt.status == 0) return false;
  return message.time_us - attempt.final_us >= wait_us(account, attempt, message);
}

// Its timers are over, and it comes on the same way: it is no retransmission.
bool is_sent_anew(const Transaction& transaction, const CallMessageView& message) noexcept {
  return transaction.pair == message.pair && !transaction.no_request &&
         message.time_us - transaction.first_us >= sip_timers::timeout_us;
}

}  // namespace

bool begins_another_call(const CallAccount& account, const CallMessageView& message,
                         const Transaction* copy_of) noexcept {
  const CallState& state = account.state();
  if (!message.is_request || !message.opens_dialog() || !is_session(state)) return false;
  if (message.time_us < state.last_us) return false;
  if (copy_of != nullptr && !is_sent_anew(*copy_of, message)) return false;
  const bool transactions =
      std::all_of(state.transactions.begin(), state.transactions.end(),
                  [](const Transaction& t) { return t.first_us == no_time || t.closed; });
  const bool attempts =
      std::all_of(state.attempts.begin(), state.attempts.end(),
                  [&](const Attempt& a) { return has_ended(account, a, message); });
  const bool dialogs = std::all_of(state.dialogs.begin(), state.dialogs.end(),
                                   [](const Dialog& dialog) { return has_ended(dialog); });
  return transactions && attempts && dialogs;
}

}  // namespace heptap
