#include "agent/calls/call_account.hpp"

#include <algorithm>

namespace heptap {
namespace {

template <class Series>
void add(Series& series, std::optional<std::int64_t> time_us) noexcept {
  if (time_us) series.add(*time_us);
}

// E.425: answered, or it was the user who did not want it or was not there.
bool is_effective(int status, StatusBucket bucket, const Attempt& attempt) noexcept {
  if (bucket == StatusBucket::success || bucket == StatusBucket::user) return true;
  if (status == 606 || attempt.user_cause) return true;
  return (status == 487 || status == 408) && attempt.progress_us != no_time;
}

bool may_go_on_elsewhere(StatusBucket bucket) noexcept {
  return bucket == StatusBucket::challenge || bucket == StatusBucket::redirect;
}

void add_to(SessionCounts& counts, int status, StatusBucket bucket,
            const Attempt& attempt) noexcept {
  counts.add(bucket);
  if (is_effective(status, bucket, attempt)) ++counts.effective;
}

bool has_end(const Transaction& transaction) noexcept {
  return transaction.status != 0 || transaction.timed_out;
}

}  // namespace

void CallAccount::close(Transaction& transaction) noexcept {
  if (transaction.closed) return;
  transaction.closed = true;
  if (transaction.no_request) return;
  MethodKpi& method = kpi_.of(transaction.method);
  if (transaction.timed_out) ++method.timeouts;
  if (transaction.first_response != no_offset) method.rtt_first.add(transaction.first_response);
  if (transaction.final_response != no_offset) method.rtt_final.add(transaction.final_response);
  if (!transaction.opens_dialog || transaction.attempt == no_slot) return;
  const Attempt& attempt = state_.attempts[transaction.attempt];
  if (!attempt.partial && is_primary(state_, attempt, transaction.cseq)) {
    count_strict(transaction, attempt);
  }
}

void CallAccount::count_strict(const Transaction& transaction, const Attempt& attempt) noexcept {
  const StatusBucket bucket =
      transaction.status == 0 ? StatusBucket::timeout : this->bucket(transaction.status);
  if (transaction.method == SipMethod::register_) {
    if (!has_end(transaction)) {
      ++kpi_.strict_registers.unfinished;
    } else {
      kpi_.strict_registers.add(bucket, transaction.removes);
    }
    return;
  }
  if (!has_end(transaction)) {
    ++kpi_.strict.unfinished;
  } else {
    add_to(kpi_.strict, transaction.status, bucket, attempt);
  }
}

void CallAccount::settle(Attempt& attempt) noexcept {
  if (attempt.counted) return;
  const bool elsewhere = is_counted_elsewhere(attempt);
  attempt.counted = true;
  if (attempt.partial || elsewhere || !is_primary(state_, attempt, attempt.cseq)) return;
  const StatusBucket bucket = bucket_of(attempt, ineffective_);
  if (may_go_on_elsewhere(bucket) && guesses_.taken(attempt.caller, attempt.first_us)) return;
  attempt.in_kpi = true;
  if (attempt.method == SipMethod::register_) {
    count_register(attempt, bucket);
  } else {
    count_session(attempt, bucket);
  }
}

void CallAccount::count_session(Attempt& attempt, StatusBucket bucket) noexcept {
  if (bucket == StatusBucket::trying) {
    ++kpi_.collapsed.unfinished;
    return;
  }
  add_to(kpi_.collapsed, attempt.status, bucket, attempt);
  attempt.counted_answered = bucket == StatusBucket::success;
  count_times(attempt);
}

void CallAccount::count_times(const Attempt& attempt) noexcept {
  const Sample srd = srd_of(attempt, ineffective_);
  if (srd.kind == SampleKind::success) kpi_.srd_success.add(srd.us);
  if (srd.kind == SampleKind::failed) kpi_.srd_failed.add(srd.us);
  if (srd.kind == SampleKind::cancelled) kpi_.srd_cancelled.add(srd.us);
  add(kpi_.sdr, elapsed_us(attempt.first_us, attempt.ringing_us));
  add(kpi_.snt, elapsed_us(attempt.first_us, attempt.answer_us));
  add(kpi_.pdd, elapsed_us(attempt.first_us, attempt.alert_us));
}

void CallAccount::count_register(const Attempt& attempt, StatusBucket bucket) noexcept {
  if (bucket == StatusBucket::trying) {
    ++kpi_.collapsed_registers.unfinished;
    return;
  }
  kpi_.collapsed_registers.add(bucket, attempt.removes);
  add(kpi_.rrd, elapsed_us(attempt.first_us, attempt.answer_us));
}

// The hop nearest to the caller was seen after another one had been counted.
bool CallAccount::is_counted_elsewhere(const Attempt& attempt) const noexcept {
  return std::any_of(state_.attempts.begin(), state_.attempts.end(), [&](const Attempt& other) {
    return other.first_us != no_time && other.in_kpi && other.method == attempt.method &&
           other.from_tag == attempt.from_tag && other.cseq == attempt.cseq;
  });
}

void CallAccount::end(Dialog& dialog) noexcept {
  if (dialog.counted) return;
  dialog.counted = true;
  const Attempt* const attempt = attempt_of(state_, dialog);
  if (attempt != nullptr && primary_dialog(state_, *attempt) != &dialog) return;
  count_bye(dialog);
  if (attempt == nullptr || !attempt->counted_answered || attempt->end_counted) return;
  state_.attempts[static_cast<std::size_t>(attempt - state_.attempts.data())].end_counted = true;
  count_session_end(*attempt, dialog);
}

void CallAccount::count_bye(const Dialog& dialog) noexcept {
  if (dialog.bye_timed_out) ++kpi_.bye_timeouts;
  const auto time = elapsed_us(dialog.bye_us, dialog.bye_final_us);
  if (!time) return;
  if (bucket_of(dialog.bye_status) == StatusBucket::success) {
    kpi_.sdd_success.add(*time);
  } else {
    kpi_.sdd_failed.add(*time);
  }
}

void CallAccount::count_session_end(const Attempt& attempt, const Dialog& dialog) noexcept {
  if (dialog.bye_final_us != no_time) {
    ++kpi_.collapsed.completed;
    ++kpi_.strict.completed;
  }
  const Sample sdt = sdt_of(state_, dialog, attempt.answer_us);
  if (sdt.kind == SampleKind::none) return;
  if (sdt.kind == SampleKind::success) kpi_.sdt_success.add(sdt.us);
  if (sdt.kind == SampleKind::failed) kpi_.sdt_failed.add(sdt.us);
  kpi_.acd.add(sdt.us);
}

void CallAccount::note(CallEventKind kind, std::int64_t time_us, int status,
                       int warn_code) noexcept {
  ++kpi_.events[static_cast<std::size_t>(kind)];
  for (CallEvent& event : state_.events) {
    if (event.kind == kind) {
      event.count = static_cast<std::uint8_t>(std::min(event.count + 1, 255));
      return;
    }
    if (event.kind != CallEventKind::none) continue;
    event = {.time_us = time_us,
             .kind = kind,
             .status = static_cast<std::uint16_t>(status),
             .warn_code = static_cast<std::uint16_t>(warn_code),
             .count = 1};
    return;
  }
}

}  // namespace heptap
