#pragma once

#include <cstdint>

#include "agent/calls/call_message.hpp"
#include "agent/calls/call_table.hpp"
#include "agent/calls/media_calls.hpp"
#include "agent/calls/tracked_calls.hpp"
#include "agent/pipeline/call_reports.hpp"
#include "agent/plan/subject.hpp"

namespace heptap {

/// Whoever keeps something of calls under their Call-IDs, in the order in which they are told of a
/// message: expect(), make_way(), MediaCalls::learn(), update(). Null: there is none.
struct CallKeepers {
  CallTable& calls;
  TrackedCalls* tracked = nullptr;
  MediaCalls* media = nullptr;
  CallReports* reports = nullptr;

  /// gives     the hash of its Call-ID, by which all know it
  [[nodiscard]] std::uint64_t expect(const SipView& sip) const {
    const std::uint64_t call = calls.expect(sip);
    if (media != nullptr) media->expect(call);
    if (tracked != nullptr) tracked->expect(call);
    return call;
  }

  /// All let go of the call that had its Call-ID before when the message begins another one. What is known
  /// of it is told first: it would be taken for the next one's.
  /// end_streams   called before that, for what else belongs to the call
  /// gives     whether they have
  template <class EndStreams>
  [[nodiscard]] bool make_way(std::uint64_t call, const SipView& sip, const Packet& packet,
                              std::int64_t time_us, const EndStreams& end_streams) const {
    if (tracked == nullptr || !asks_for_session(sip)) return false;
    CallState over;
    const CallBefore before =
        tracked->make_way(call, sip, packet, time_us, reports != nullptr ? &over : nullptr);
    const bool is_over = before == CallBefore::left ||
                         (before == CallBefore::unknown && calls.is_long_over(call, time_us));
    if (!is_over) return false;
    end_streams();
    if (reports != nullptr && before == CallBefore::left) reports->send_before(call, over);
    if (media != nullptr) media->forget(call);
    calls.end(call);
    return true;
  }

  /// Calls that are over say so before the call table forgets them.
  /// digest    as CallTable::update()
  void update(std::uint64_t call, const SipView& sip, const Packet& packet, std::int64_t time_us,
              std::uint64_t digest) const {
    if (tracked != nullptr) tracked->update(call, sip, packet, time_us);
    if (reports != nullptr) reports->send_next();
    calls.update(call, sip, packet, time_us, static_cast<std::uint32_t>(digest));
  }
};

/// Tells a plan what is known of the call of a message of SIP that update() has not seen yet.
/// time_us   as update() will have it
inline void add_standing(PlanSubject& subject, TrackedCalls& tracked, std::int64_t time_us) {
  const CallStanding standing =
      tracked.standing(subject.call_hash, *subject.sip, *subject.packet, time_us);
  if (standing.phase) subject.call_state = to_string(*standing.phase);
  subject.is_retransmission = standing.is_retransmission;
}

}  // namespace heptap
