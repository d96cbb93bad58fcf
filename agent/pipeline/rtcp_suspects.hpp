#pragma once

#include <cstdint>

#include "proto/net/flow_key.hpp"
#include "proto/recent_table.hpp"
#include "proto/rtp/rtcp_sanity.hpp"

namespace heptap {

/// What is to be thought of a datagram that walks as RTCP.
enum class RtcpTrust : std::uint8_t {
  sound,
  implausible,  ///< it says what cannot be
  suspect,      ///< its port has said so twice in a row, and has not been right for long since
};

/// Ports whose RTCP walks, and says what cannot be. One thread uses it; no allocation once it is made.
class RtcpSuspects {
 public:
  static constexpr std::int64_t max_idle_us = 120'000'000;

  /// max_ports  of more, the one that has been silent longest is forgotten
  explicit RtcpSuspects(std::size_t max_ports);

  /// port       one that sends to another
  /// call_hash  of the call that it belongs to, 0: of none; the next one on the same port starts anew
  [[nodiscard]] RtcpTrust judge(const FlowKey& port, std::uint64_t call_hash, bool is_plausible,
                                std::int64_t time_us) noexcept;

  [[nodiscard]] TableUse use() const noexcept { return ports_.use(); }

 private:
  struct Port {
    RtcpSuspicion suspicion;
    std::uint64_t call_hash = 0;
  };

  RecentTable<FlowKey, Port> ports_;  // that were implausible once
};

}  // namespace heptap
