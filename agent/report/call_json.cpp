#include "agent/report/call_json.hpp"

#include <span>

#include "agent/report/media_json.hpp"

namespace heptap {
namespace {

using hep::JsonText;

void ms_if(JsonText& json, std::string_view key, const Milliseconds& value) noexcept {
  if (value) json.decimal(key, *value, 3);
}

void us_as_ms_if(JsonText& json, std::string_view key,
                 const std::optional<std::int64_t>& us) noexcept {
  if (us) json.decimal(key, static_cast<double>(*us) / 1000, 3);
}

void time_if(JsonText& json, std::string_view key, std::int64_t time_us) noexcept {
  if (time_us != 0) json.number(key, time_us);
}

void truth_if(JsonText& json, std::string_view key, bool value) noexcept {
  if (value) json.truth(key, true);
}

void append_parties(JsonText& json, const CallFacts& facts) noexcept {
  json.utf8("call_id", facts.details.call_id);
  json.utf8("from", facts.details.from);
  json.utf8("to", facts.details.to);
  const FlowKey& flow = facts.details.flow;
  json.text("source", AddressText(flow.source, flow.source_port).view());
  json.text("destination", AddressText(flow.destination, flow.destination_port).view());
}

void append_messages(JsonText& json, const Call& call) noexcept {
  json.text("opened_by", to_string(call.opened_by));
  json.begin_array("methods");
  for (const SipMethod method : std::span(call.methods).first(call.method_count)) {
    json.element(to_string(method));
  }
  json.end_array();
  if (call.final_status != 0) json.number("final_status", call.final_status);
  json.number("start_us", call.first_us);
  json.number("end_us", call.last_us);
  time_if(json, "answered_us", call.answered_us);
  time_if(json, "bye_us", call.ended_us);
  if (const std::int64_t talk_us = talk_time_us(call); talk_us >= 0) {
    json.number("talk_us", talk_us);
  }
  json.number("messages", call.message_count);
}

void append_state(JsonText& json, const CallSummary& summary) noexcept {
  json.text("state", to_string(summary.phase));
  json.text("end", to_string(summary.end));
  if (summary.outcome != 0) json.number("outcome", summary.outcome);
  if (summary.bye_by != CallParty::unknown) json.text("bye_by", to_string(summary.bye_by));
  if (summary.bye_status != 0) json.number("bye_status", summary.bye_status);
  if (summary.extra_dialogs != 0) json.number("extra_dialogs", summary.extra_dialogs);
  json.number("retransmissions", summary.retransmissions);
  truth_if(json, "is_partial", summary.partial);
  truth_if(json, "is_transfer", summary.transfer);
  truth_if(json, "is_abandoned", summary.abandoned);
  truth_if(json, "is_timed_out", summary.timed_out);
  truth_if(json, "is_cancel_race", summary.cancel_race);
  truth_if(json, "is_chain_guess", summary.chain_guess);
  truth_if(json, "is_end_inferred", summary.end_inferred);
}

void append_timing(JsonText& json, const CallFacts& facts) noexcept {
  const CallSummary& summary = *facts.summary;
  json.begin_object("timing");
  ms_if(json, "trying_ms", summary.trying_ms);
  ms_if(json, "srd_ms", summary.srd_ms);
  if (summary.srd_ms) json.text("srd_kind", to_string(summary.srd_kind));
  ms_if(json, "sdr_ms", summary.sdr_ms);
  ms_if(json, "pdd_ms", summary.pdd_ms);
  ms_if(json, "snt_ms", summary.snt_ms);
  ms_if(json, "ring_ms", summary.ring_ms);
  ms_if(json, "ack_ms", summary.ack_ms);
  ms_if(json, "cancel_ms", summary.cancel_ms);
  ms_if(json, "sdt_sig_ms", summary.sdt_sig_ms);
  if (summary.sdt_sig_ms) json.text("sdt_kind", to_string(summary.sdt_kind));
  ms_if(json, "sdd_ms", summary.sdd_ms);
  ms_if(json, "rrd_ms", summary.rrd_ms);
  const MediaTime media = media_time(facts);
  us_as_ms_if(json, "sdt_media_ms", media.sdt_us);
  us_as_ms_if(json, "sdt_media_a_ms", media_time(facts, MediaParty::caller).sdt_us);
  us_as_ms_if(json, "sdt_media_b_ms", media_time(facts, MediaParty::callee).sdt_us);
  us_as_ms_if(json, "early_media_ms", media.early_us);
  json.end_object();
}

void append_transactions(JsonText& json, const CallSummary& summary) noexcept {
  if (summary.transaction_count == 0) return;
  json.begin_array("transactions");
  for (const auto& one : std::span(summary.transactions).first(summary.transaction_count)) {
    json.begin_object();
    json.text("method", to_string(one.method));
    json.number("cseq", one.cseq);
    json.number("time_us", one.time_us);
    ms_if(json, "rtt_first_ms", one.rtt_first_ms);
    ms_if(json, "rtt_final_ms", one.rtt_final_ms);
    if (one.status != 0) json.number("status", one.status);
    json.number("retransmissions", one.retransmissions);
    truth_if(json, "is_timed_out", one.timed_out);
    json.end_object();
  }
  json.end_array();
}

void append_events(JsonText& json, const CallSummary& summary) noexcept {
  if (summary.event_count == 0) return;
  json.begin_array("sip_events");
  for (const CallEvent& event : std::span(summary.events).first(summary.event_count)) {
    json.begin_object();
    json.number("time_us", std::int64_t{event.time_us});
    json.text("event", to_string(event.kind));
    json.number("count", event.count);
    if (event.status != 0) json.number("status", event.status);
    if (event.warn_code != 0) json.number("warning", event.warn_code);
    json.end_object();
  }
  json.end_array();
}

}  // namespace

void append_call(JsonText& json, const CallFacts& facts) noexcept {
  json.begin_object();
  append_parties(json, facts);
  append_messages(json, facts.call);
  if (facts.summary != nullptr) {
    append_state(json, *facts.summary);
    append_timing(json, facts);
    append_transactions(json, *facts.summary);
    append_events(json, *facts.summary);
  }
  append_media(json, facts);
  json.end_object();
}

}  // namespace heptap
