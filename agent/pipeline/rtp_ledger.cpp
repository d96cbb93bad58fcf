#include <string>

#include "agent/pipeline/rtp_streams.hpp"

namespace heptap {
std::vector<LedgerStage> RtpStreams::ledger() const {
  LedgerStage packets{.name = "rtp", .entered = counts_.packets};
  add_line(packets.absorbed, "in_streams", counts_.packets);
  add_line(packets.noted, "streams_opened", counts_.opened);
  add_line(packets.noted, "streams_ended", counts_.ended);
  add_line(packets.noted, "strays", counts_.strays);
  add_line(packets.noted, "streams_evicted", counts_.evicted);
  add_line(packets.noted, "no_session", sessions_.refused());
  add_line(packets.noted, "no_formats", formats_.refused());
  for_each<MediaEventKind>(
      [&](MediaEventKind kind) { add_line(packets.noted, to_string(kind), events()[kind]); });
  LedgerStage reports{.name = "rtp_reports", .left = this->reports()[RtpReportFate::sent]};
  for_each<RtpReportFate>([&](RtpReportFate fate) {
    reports.entered += this->reports()[fate];
    if (fate == RtpReportFate::sent) return;
    add_line(reports.dropped, to_string(fate), this->reports()[fate]);
  });
  return {packets, reports};
}

std::vector<TableFigures> RtpStreams::tables() const {
  return {{"rtp_streams", table_.use()},
          {"rtp_extras", extras_.use()},
          {"rtp_ipv6_addresses", keys_.use()},
          {"media_sessions", sessions_.use()},
          {"media_pasts", sessions_.past_use()}};
}

}  // namespace heptap
