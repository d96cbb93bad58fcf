// Bytes of what is said of whole runs, of signalling and of plans; those of media are in media_records.cpp.
#include "agent/state/saved_records.hpp"

#include "agent/state/field_codec.hpp"
#include "agent/state/saved_fields.hpp"

namespace heptap {
namespace {

constexpr std::size_t max_detail_bytes = CallDetails::max_text_bytes + 3;  // and an ellipsis
constexpr std::size_t max_carrier_bytes = 64;
constexpr std::uint8_t max_challenges = 127;

template <class Fields>
void pass(Fields& f, SavedRun& run) {
  run.written_us = f.time(run.written_us);
  run.calls_seed = f.number(run.calls_seed);
  run.media_seed = f.number(run.media_seed);
  run.tracked_seed = f.number(run.tracked_seed);
  run.plan = f.number(run.plan);
}

// Without its last messages: their hashes are of this process alone.
template <class Fields>
void pass(Fields& f, Call& call) {
  call.first_us = f.time(call.first_us);
  call.last_us = f.time(call.last_us);
  call.message_count = f.number(call.message_count);
  f.require(call.message_count != 0);
  call.final_status = f.number(call.final_status);
  call.opened_by = f.choice(call.opened_by, SipMethod::count_);
  call.answered_us = f.time(call.answered_us);
  call.ended_us = f.time(call.ended_us);
  call.method_count = f.number(call.method_count);
  f.require(call.method_count <= call.methods.size());
  for (SipMethod& method : call.methods) method = f.choice(method, SipMethod::count_);
  call.has_provisional = f.flag(call.has_provisional);
}

template <class Fields>
void pass(Fields& f, CallDetails& details) {
  f.text(details.call_id, max_detail_bytes);
  f.require(!details.call_id.empty());
  f.text(details.from, max_detail_bytes);
  f.text(details.to, max_detail_bytes);
  pass(f, details.flow.source);
  pass(f, details.flow.destination);
  details.flow.source_port = f.number(details.flow.source_port);
  details.flow.destination_port = f.number(details.flow.destination_port);
  details.ip_protocol = f.number(details.ip_protocol);
}

template <class Fields>
void pass(Fields& f, SavedCall& saved) {
  saved.hash = f.number(saved.hash);
  pass(f, saved.call);
  if (f.flag(!saved.details.call_id.empty())) pass(f, saved.details);
}

template <class Fields>
void pass(Fields& f, Transaction& t) {
  t.first_us = f.time(t.first_us);
  t.key = f.number(t.key);
  t.folded_key = f.number(t.folded_key);
  t.pair = f.number(t.pair);
  t.request_uri = f.number(t.request_uri);
  t.cseq = f.number(t.cseq);
  t.last_request = f.number(t.last_request);
  t.first_response = f.number(t.first_response);
  t.last_provisional = f.number(t.last_provisional);
  t.final_response = f.number(t.final_response);
  t.status = f.number(t.status);
  t.retransmissions = f.number(t.retransmissions);
  t.ip_identification = f.number(t.ip_identification);
  t.method = f.choice(t.method, SipMethod::count_);
  t.attempt = f.number(t.attempt);
  t.opens_dialog = f.flag(t.opens_dialog);
  t.no_request = f.flag(t.no_request);
  t.timed_out = f.flag(t.timed_out);
  t.closed = f.flag(t.closed);
  t.is_udp = f.flag(t.is_udp);
  t.removes = f.flag(t.removes);
}

template <class Fields>
void pass(Fields& f, Attempt& a) {
  a.first_us = f.time(a.first_us);
  for (PackedTime* const us : {&a.trying_us, &a.progress_us, &a.ringing_us, &a.alert_us,
                               &a.answer_us, &a.cancel_us, &a.final_us}) {
    *us = f.time_or(no_time, *us);
  }
  a.caller = f.number(a.caller);
  a.from_tag = f.number(a.from_tag);
  a.pair = f.number(a.pair);
  a.first_cseq = f.number(a.first_cseq);
  a.cseq = f.number(a.cseq);
  a.status = f.number(a.status);
  f.require(a.status == 0 || a.answer_us != no_time || a.final_us != no_time);
  a.requests = f.number(a.requests);
  a.method = f.choice(a.method, SipMethod::count_);
  a.via_count = f.number(a.via_count);
  const std::uint8_t challenges = f.number(std::uint8_t{a.challenges});
  f.require(challenges <= max_challenges);
  a.challenges = challenges & max_challenges;
  a.partial = f.flag(a.partial);
  a.timed_out = f.flag(a.timed_out);
  a.counted = f.flag(a.counted);
  a.in_kpi = f.flag(a.in_kpi);
  a.counted_answered = f.flag(a.counted_answered);
  a.end_counted = f.flag(a.end_counted);
  a.user_cause = f.flag(a.user_cause);
  a.chain_guess = f.flag(a.chain_guess);
  a.removes = f.flag(a.removes);
}

template <class Fields>
void pass(Fields& f, Dialog& d) {
  d.tag_a = f.number(d.tag_a);
  d.tag_b = f.number(d.tag_b);
  for (PackedTime* const us : {&d.answer_us, &d.ack_us, &d.bye_us, &d.bye_final_us, &d.repeat_us}) {
    *us = f.time_or(no_time, *us);
  }
  d.cseq = f.number(d.cseq);
  d.bye_pair = f.number(d.bye_pair);
  d.bye_status = f.number(d.bye_status);
  d.repeats = f.number(d.repeats);
  f.require(d.repeats == 0 || d.repeat_us != no_time);
  d.used = f.flag(d.used);
  f.require(d.used);
  d.confirmed = f.flag(d.confirmed);
  d.caller_known = f.flag(d.caller_known);
  d.bye_from_a = f.flag(d.bye_from_a);
  d.bye_from_lower = f.flag(d.bye_from_lower);
  d.bye_timed_out = f.flag(d.bye_timed_out);
  d.expired = f.flag(d.expired);
  d.no_ack = f.flag(d.no_ack);
  d.counted = f.flag(d.counted);
}

template <class Fields>
void pass(Fields& f, CallEvent& event) {
  event.time_us = f.time(event.time_us);
  event.kind = f.choice(event.kind, CallEventKind::count_);
  f.require(event.kind != CallEventKind::none);
  event.count = f.number(event.count);
  event.status = f.number(event.status);
  event.warn_code = f.number(event.warn_code);
}

// Most slots are free: one that is, is a byte.
template <class Fields, class Slots, class IsUsed>
void pass_slots(Fields& f, Slots& slots, IsUsed is_used) {
  for (auto& slot : slots) {
    if (f.flag(is_used(slot))) pass(f, slot);
  }
}

bool has_only_attempts_that_are_there(const CallState& state) noexcept {
  for (const Transaction& t : state.transactions) {
    if (t.first_us == no_time || t.attempt == no_slot) continue;
    if (t.attempt >= state.attempts.size()) return false;
    if (state.attempts[t.attempt].first_us == no_time) return false;
  }
  return true;
}

template <class Fields>
void pass(Fields& f, CallState& state) {
  state.last_us = f.time(state.last_us);
  state.refresh_us = f.time_or(no_time, state.refresh_us);
  state.media_us = f.time_or(no_time, state.media_us);
  state.session_expires_s = f.number(state.session_expires_s);
  f.require(state.session_expires_s == 0 || state.refresh_us != no_time);
  state.retransmissions = f.number(state.retransmissions);
  state.has_carrier = f.flag(state.has_carrier);
  state.is_transfer = f.flag(state.is_transfer);
  state.had_dialog = f.flag(state.had_dialog);
  pass_slots(f, state.transactions, [](const Transaction& t) { return t.first_us != no_time; });
  pass_slots(f, state.attempts, [](const Attempt& a) { return a.first_us != no_time; });
  pass_slots(f, state.dialogs, [](const Dialog& d) { return d.used; });
  pass_slots(f, state.events, [](const CallEvent& e) { return e.kind != CallEventKind::none; });
  f.require(has_only_attempts_that_are_there(state));
}

template <class Fields>
void pass(Fields& f, SavedTracked& saved) {
  saved.hash = f.number(saved.hash);
  f.text(saved.carrier, max_carrier_bytes);
  pass(f, saved.state);
}

template <class Fields>
void pass(Fields& f, SavedVerdict& saved) {
  saved.call_hash = f.number(saved.call_hash);
  saved.last_us = f.time(saved.last_us);
  f.list(saved.rules, HeldRules::most, [&](SavedRule& rule) {
    rule.rule = f.number(rule.rule);
    f.text(rule.suffix, max_node_suffix_bytes);
  });
  saved.decides = f.number(saved.decides);
  f.require(saved.decides == HeldRules::none || saved.decides < saved.rules.size());
}

constexpr auto pass_record = [](auto& fields, auto& record) { pass(fields, record); };

}  // namespace

bool encode(SavedRun& run, std::vector<std::uint8_t>& out) {
  return write_record(run, out, pass_record);
}
bool encode(SavedCall& call, std::vector<std::uint8_t>& out) {
  return write_record(call, out, pass_record);
}
bool encode(SavedTracked& tracked, std::vector<std::uint8_t>& out) {
  return write_record(tracked, out, pass_record);
}
bool encode(SavedVerdict& verdict, std::vector<std::uint8_t>& out) {
  return write_record(verdict, out, pass_record);
}

bool decode(Bytes in, SavedRun& out) { return read_record(in, out, pass_record); }
bool decode(Bytes in, SavedCall& out) { return read_record(in, out, pass_record); }
bool decode(Bytes in, SavedTracked& out) { return read_record(in, out, pass_record); }
bool decode(Bytes in, SavedVerdict& out) { return read_record(in, out, pass_record); }

}  // namespace heptap
