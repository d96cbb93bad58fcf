#pragma once

#include <cstdint>

#include "agent/calls/call_table.hpp"
#include "agent/calls/media_calls.hpp"
#include "agent/calls/tracked_calls.hpp"
#include "agent/pipeline/call_reports.hpp"

namespace heptap {

/// Whoever keeps something of calls under their Call-IDs, which may be used again. Null: there is none.
struct CallKeepers {
  CallTable& calls;
  TrackedCalls& tracked;
  MediaCalls* media = nullptr;
  CallReports* reports = nullptr;

  /// sip       an INVITE without To tag, which nobody has seen yet
  /// gives     whether it begins another call than that which had its Call-ID before
  [[nodiscard]] bool makes_way(std::uint64_t call, const SipView& sip, const Packet& packet,
                               std::int64_t time_us) const {
    const CallBefore before = tracked.make_way(call, sip, packet, time_us);
    return before == CallBefore::left ||
           (before == CallBefore::unknown && calls.is_long_over(call, time_us));
  }

  /// What is known of the call before is told now: it would be taken for the next one's.
  void let_go(std::uint64_t call) const {
    if (reports != nullptr) reports->send_all();
    if (media != nullptr) media->forget(call);
    calls.end(call);
  }
};

}  // namespace heptap
