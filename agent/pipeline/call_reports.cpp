#include "agent/pipeline/call_reports.hpp"

#include "proto/hep/text.hpp"

namespace heptap {

std::string_view to_string(CallReportFate fate) noexcept {
  switch (fate) {
    case CallReportFate::sent: return "sent";
    case CallReportFate::call_gone: return "call_gone";
    case CallReportFate::no_call_id: return "no_call_id";
    case CallReportFate::count_: break;
  }
  return "?";
}

bool CallReports::send_one() noexcept {
  if (!sources_.queue->pop(over_)) return false;
  send_counted();
  return true;
}

void CallReports::send_before(std::uint64_t call_hash, const CallState& state) noexcept {
  over_ = {call_hash, state.last_us, summary_of(state)};
  has_sent_ = true;
  send_counted();
}

void CallReports::send_counted() noexcept {
  ++entered_;
  ++fates_[send()];
}

CallReportFate CallReports::send() noexcept {
  if (!sources_.calls->look_up(over_.call_hash, call_, details_)) return CallReportFate::call_gone;
  if (call_.first_us > over_.last_us) return CallReportFate::call_gone;  // the next one is here
  const std::string_view id = sent_under();
  if (!hep::has_clean_text(id)) return CallReportFate::no_call_id;
  const bool has_media = sources_.media != nullptr && sources_.media->take(over_.call_hash, media_);
  hep::JsonText json(json_);
  append_call(json, {call_, details_, &over_.summary, has_media ? &media_ : nullptr});
  outlet_.offer({.source = details_.flow.source,
                 .destination = details_.flow.destination,
                 .source_port = details_.flow.source_port,
                 .destination_port = details_.flow.destination_port,
                 .ip_protocol = details_.ip_protocol,
                 .time_us = call_.last_us,
                 .type = hep::PayloadType::log,
                 .payload = Bytes(json_).first(json.size()),
                 .keep_bytes = json.size(),
                 .correlation_id = id},
                PlanReport{.call_id = details_.call_id, .call_hash = over_.call_hash});
  return CallReportFate::sent;
}

std::string_view CallReports::sent_under() noexcept {
  if (sources_.links == nullptr || !sources_.links->has_links()) return details_.call_id;
  return correlation_id(details_.call_id, sources_.links->link(over_.call_hash, text_));
}

LedgerStage CallReports::stage() const {
  LedgerStage stage{.name = "call_reports", .entered = entered_, .left = sent()};
  for_each<CallReportFate>([&](CallReportFate fate) {
    if (fate != CallReportFate::sent) add_line(stage.dropped, to_string(fate), fates_[fate]);
  });
  return stage;
}

}  // namespace heptap
