#include <algorithm>
#include <string>

#include "agent/pipeline/pipeline.hpp"

namespace heptap {
namespace {

// Fragments are told apart by what became of them.
LedgerStage decode_stage(const PipelineCounts& counts, const DefragCounts& fragments) {
  LedgerStage stage{.name = "decode", .entered = counts.frames};
  stage.left = counts.decoded[Decoded::packet];
  stage.held = fragments.held;
  for_each<Decoded>([&](Decoded what) {
    const bool is_reason = what != Decoded::packet && what != Decoded::ip_fragment;
    if (is_reason) add_line(stage.dropped, to_string(what), counts.decoded[what]);
  });
  for_each<FragmentFate>([&](FragmentFate fate) {
    auto& lines = fate == FragmentFate::joined ? stage.absorbed : stage.dropped;
    add_line(lines, "fragment_" + std::string(to_string(fate)), fragments[fate]);
  });
  add_line(stage.noted, "datagrams_joined", fragments.datagrams);
  add_line(stage.noted, "fragment_overlaps", fragments.overlaps);
  for_each<Tunnel>(
      [&](Tunnel tunnel) { add_line(stage.noted, to_string(tunnel), counts.tunnels[tunnel]); });
  return stage;
}

LedgerStage classify_stage(std::uint64_t entered, const PipelineCounts& counts, bool reports,
                           bool rtp) {
  LedgerStage stage{.name = "classify", .entered = entered};
  for_each<Content>([&](Content content) {
    const std::uint64_t count = counts.content[content];
    if (content == Content::sip || (is_rtcp(content) && reports)) {
      stage.left += count;
    } else {
      const bool is_beside = content == Content::stream || (content == Content::rtp && rtp);
      add_line(is_beside ? stage.absorbed : stage.dropped, to_string(content), count);
    }
  });
  if (reports) add_line(stage.noted, "srtcp", counts.content[Content::srtcp]);
  for_each<RtcpType>([&](RtcpType type) {
    add_line(stage.noted, "rtcp_" + std::string(to_string(type)), counts.rtcp[type]);
  });
  return stage;
}

LedgerStage parse_stage(std::uint64_t from_datagrams, const PipelineCounts& counts, bool reports) {
  const std::uint64_t rtcp =
      reports ? counts.content[Content::rtcp] + counts.content[Content::srtcp] : 0;
  LedgerStage stage{.name = "parse",
                    .entered = from_datagrams + counts.from_streams,
                    .left = counts.parsed[Parsed::sip] + rtcp,
                    .joined = counts.from_streams};
  add_line(stage.dropped, "incomplete", counts.parsed[Parsed::incomplete]);
  add_line(stage.dropped, "over_limit", counts.parsed[Parsed::over_limit]);
  add_line(stage.noted, "truncated", counts.truncated);
  add_line(stage.noted, "head_incomplete", counts.head_incomplete);
  return stage;
}

LedgerStage correlate_stage(std::uint64_t entered, const RtcpReports& reports) {
  LedgerStage stage{.name = "correlate", .entered = entered, .held = reports.held()};
  for_each<RtcpFate>([&](RtcpFate fate) {
    const bool is_sent = fate == RtcpFate::sent || fate == RtcpFate::sent_unmatched;
    auto& lines = is_sent ? stage.noted : fate == RtcpFate::taken ? stage.absorbed : stage.dropped;
    add_line(lines, "rtcp_" + std::string(to_string(fate)), reports.fates()[fate]);
  });
  stage.left = entered - reports.entered() + reports.fates()[RtcpFate::sent] +
               reports.fates()[RtcpFate::sent_unmatched];
  return stage;
}

// All else passes by.
LedgerStage phones_stage(std::uint64_t entered, const Counts<PhoneFate>& fates) {
  LedgerStage stage{.name = "phones", .joined_from = "messages"};
  for_each<PhoneFate>([&](PhoneFate fate) {
    stage.joined += fates[fate];
    if (fate == PhoneFate::sent) return;
    add_line(fate == PhoneFate::taken ? stage.absorbed : stage.dropped, to_string(fate),
             fates[fate]);
  });
  stage.entered = entered + stage.joined;
  stage.left = entered + fates[PhoneFate::sent];
  add_line(stage.noted, to_string(PhoneFate::sent), fates[PhoneFate::sent]);
  return stage;
}

LedgerStage tcp_stage(const StreamCounts& streams, const StreamMessageCounts& messages) {
  LedgerStage stage{.name = "tcp", .entered = streams.entered, .held = streams.held};
  for_each<StreamBytes>([&](StreamBytes what) {
    if (what == StreamBytes::message) {
      stage.left = messages.bytes[what];
    } else {
      add_line(stage.dropped, to_string(what), messages.bytes[what]);
    }
  });
  add_line(stage.dropped, "repeated", streams.repeated);
  add_line(stage.dropped, "far", streams.far);
  add_line(stage.dropped, "evicted", streams.evicted);
  add_line(stage.noted, "messages", messages.messages);
  add_line(stage.noted, "without_length", messages.without_length);
  add_line(stage.noted, "websocket_messages", messages.websocket);
  add_line(stage.noted, "not_inflated", messages.not_inflated);
  for_each<Content>([&](Content content) {
    add_line(stage.noted, std::string(to_string(content)) + "_streams",
             messages.other_streams[content]);
  });
  add_line(stage.noted, "streams_opened", streams.streams);
  add_line(stage.noted, "streams_evicted", streams.streams_evicted);
  add_line(stage.noted, "truncated_segments", streams.truncated);
  add_line(stage.noted, "gaps", streams.gaps);
  add_line(stage.noted, "gap_bytes", streams.gap_bytes);
  return stage;
}

LedgerStage sctp_stage(const SctpCounts& sctp, const PipelineCounts& counts) {
  LedgerStage stage{.name = "sctp", .entered = sctp.entered, .left = counts.sctp_message_bytes};
  stage.held = sctp.held;
  add_line(stage.dropped, "other", sctp.left - counts.sctp_message_bytes);
  add_line(stage.dropped, "repeated", sctp.repeated);
  add_line(stage.dropped, "over_limit", sctp.over_limit);
  add_line(stage.dropped, "unsupported", sctp.unsupported);
  add_line(stage.dropped, "evicted", sctp.evicted);
  add_line(stage.noted, "messages", counts.sctp_messages);
  add_line(stage.noted, "malformed_packets", sctp.malformed);
  add_line(stage.noted, "truncated_packets", sctp.truncated);
  return stage;
}

LedgerStage* stage_of(Ledger& ledger, std::string_view name) {
  const auto found = std::find_if(ledger.way.begin(), ledger.way.end(),
                                  [&](const LedgerStage& stage) { return stage.name == name; });
  return found == ledger.way.end() ? nullptr : &*found;
}

}  // namespace

void add_calls(Ledger& ledger, const CallCounts& calls) {
  if (LedgerStage* const parse = stage_of(ledger, "parse")) {
    add_line(parse->noted, "no_call_id", calls.no_call_id);
    add_line(parse->noted, "calls_expired", calls.expired);
    add_line(parse->noted, "calls_evicted", calls.evicted);
    add_line(parse->noted, "calls_restored", calls.restored);
    add_line(parse->noted, "calls_outdated", calls.outdated);
  }
  if (LedgerStage* const duplicates = stage_of(ledger, "duplicates")) {
    add_line(duplicates->noted, "retransmissions", calls.retransmissions);
  }
}

void add_media(Ledger& ledger, const MediaCounts& media) {
  LedgerStage* const correlate = stage_of(ledger, "correlate");
  if (correlate == nullptr) return;
  add_line(correlate->noted, "media_calls_opened", media.opened);
  add_line(correlate->noted, "media_calls_closed", media.closed);
  add_line(correlate->noted, "media_calls_expired", media.expired);
  add_line(correlate->noted, "media_calls_evicted", media.evicted);
  add_line(correlate->noted, "media_calls_restored", media.restored);
  add_line(correlate->noted, "media_calls_outdated", media.outdated);
  add_line(correlate->noted, "descriptions", media.descriptions);
  add_line(correlate->noted, "bad_descriptions", media.bad_sdp);
  add_line(correlate->noted, "addresses_learned", media.latched);
  add_line(correlate->noted, "ssrcs_learned", media.ssrcs);
  add_line(correlate->noted, "description_parts_not_kept", media.not_kept);
  add_line(correlate->noted, "addresses_crowded_out", media.crowded_out);
}

void add_media_book(Ledger& ledger, const MediaBookCounts& book) {
  LedgerStage* const correlate = stage_of(ledger, "correlate");
  if (correlate == nullptr) return;
  add_line(correlate->noted, "call_media_expired", book.expired);
  add_line(correlate->noted, "call_media_evicted", book.evicted);
  add_line(correlate->noted, "call_media_not_kept", book.not_kept);
}

std::vector<LedgerStage> Pipeline::ledger() const {
  std::vector<LedgerStage> way;
  way.push_back({.name = "capture", .entered = counts_.frames, .left = counts_.frames});
  add_line(way.back().noted, "time_steps_back", clock_.behind());
  way.push_back(decode_stage(counts_, decoder_.fragments()));
  way.push_back(classify_stage(way.back().left, counts_, reports_.has_value(), rtp_.has_value()));
  way.push_back(parse_stage(way.back().left, counts_, reports_.has_value()));
  way.push_back({.name = "duplicates", .entered = way.back().left});
  way.back().left = way.back().entered - counts_.mirror_copies;
  add_line(way.back().dropped, "mirror_copy", counts_.mirror_copies);
  add_line(way.back().noted, "copies_for_plan", counts_.copies_for_plan);
  if (reports_) way.push_back(correlate_stage(way.back().left, *reports_));
  if (phones_) way.push_back(phones_stage(way.back().left, phones_->fates()));
  if (outlet_ == nullptr) return way;
  std::vector<LedgerStage> out = outlet_->stages();
  if (rtp_) out.front().joined += rtp_->reports()[RtpReportFate::sent];
  if (call_reports_) out.front().joined += call_reports_->sent();
  if (rtp_ || call_reports_) out.front().joined_from = "sources";
  std::move(out.begin(), out.end(), std::back_inserter(way));
  return way;
}

std::vector<LedgerStage> Pipeline::source_ledger() const {
  std::vector<LedgerStage> stages;
  if (rtp_) stages = rtp_->ledger();
  if (call_reports_) stages.push_back(call_reports_->stage());
  return stages;
}

std::vector<LedgerStage> Pipeline::stream_ledger() const {
  std::vector<LedgerStage> stages;
  if (tcp_.streams().entered != 0) stages.push_back(tcp_stage(tcp_.streams(), tcp_.counts()));
  const SctpCounts& sctp = sctp_.counts();
  const bool has_sctp = sctp.entered + sctp.malformed + sctp.truncated != 0;
  if (has_sctp) stages.push_back(sctp_stage(sctp, counts_));
  return stages;
}

}  // namespace heptap
