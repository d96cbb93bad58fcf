#pragma once

#include <cstdint>

#include "agent/calls/media_observer.hpp"
#include "proto/net/flow_key.hpp"
#include "proto/recent_table.hpp"
#include "proto/rtp/srtcp.hpp"

namespace heptap {

/// Who sends RTCP, and on which way.
struct SrtcpSourceKey {
  FlowKey flow;
  std::uint32_t ssrc = 0;

  friend bool operator==(const SrtcpSourceKey&, const SrtcpSourceKey&) = default;
  [[nodiscard]] std::uint64_t hash(std::uint64_t seed) const noexcept {
    return hash_parts::fold(flow.hash(seed), hash_parts::key_d ^ seed ^ ssrc);
  }
};

/// Tells SRTCP from RTCP by what SDP says and by what a source has sent before, and tells an observer
/// of it. Only sources whose datagrams are not plain RTCP are kept. One thread uses it; no allocation
/// once it is made.
class SrtcpSources {
 public:
  static constexpr std::int64_t max_idle_us = 120'000'000;

  /// observer     null: nobody is told. Must outlive it.
  /// max_sources  of more, the one that has been silent longest is forgotten
  SrtcpSources(MediaObserver* observer, std::size_t max_sources);

  /// datagram  one that looks_like_rtcp()
  /// walks     count_rtcp() takes it
  /// match     of its call; or why there is none, and nobody is told
  /// gives     never `other`
  /// lifetime  what is plain is in the datagram
  [[nodiscard]] SrtcpVerdict take(const Packet& datagram, bool walks, const MediaMatch& match,
                                  std::int64_t time_us) noexcept;

  [[nodiscard]] TableUse use() const noexcept { return sources_.use(); }

 private:
  struct Source {
    SrtcpRecogniser recogniser;
    std::uint64_t call_hash = 0;
    std::uint32_t packets_told = 0;
    std::uint32_t lost_told = 0;
  };

  void tell(Source& source, const SrtcpSourceKey& key, const MediaMatch& match,
            const SrtcpVerdict& verdict, std::int64_t time_us) noexcept;

  MediaObserver* observer_;
  RecentTable<SrtcpSourceKey, Source> sources_;
};

}  // namespace heptap
