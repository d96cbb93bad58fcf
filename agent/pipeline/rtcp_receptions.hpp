#pragma once

#include <cstdint>
#include <optional>

#include "agent/calls/media_observer.hpp"
#include "proto/net/flow_key.hpp"
#include "proto/recent_table.hpp"
#include "proto/rtp/rtcp_rtt.hpp"

namespace heptap {

/// Tells an observer what endpoints say by RTCP about the streams that they receive, each with the
/// round trip as the tap sees it. One thread uses it; no allocation once it is made.
class RtcpReceptions {
 public:
  /// observer    must outlive it
  /// max_pairs   of addresses whose round trips are followed; of more, the one that has been silent
  ///             longest is forgotten
  RtcpReceptions(MediaObserver& observer, std::size_t max_pairs);

  /// datagram  one that count_rtcp() accepts and is_plausible_rtcp()
  /// match     of its call
  void take(const Packet& datagram, const MediaMatch& match, std::int64_t time_us) noexcept;

  [[nodiscard]] TableUse use() const noexcept { return pairs_.use(); }

 private:
  struct Pair {
    RtcpRoundTrip trips;
    std::optional<double> rtt_ms;
  };

  [[nodiscard]] std::optional<double> round_trip_ms(const Packet& datagram,
                                                    std::int64_t time_us) noexcept;

  MediaObserver& observer_;
  RecentTable<FlowKey, Pair> pairs_;
};

}  // namespace heptap
