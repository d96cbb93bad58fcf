#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "agent/pipeline/port_set.hpp"
#include "agent/pipeline/rtp_options.hpp"
#include "proto/net/defrag.hpp"
#include "proto/net/sctp_messages.hpp"
#include "proto/net/tcp_streams.hpp"

namespace heptap {

/// What the pipeline looks for, and what it may keep for packets that are not whole yet.
struct PipelineOptions {
  std::string interface = {};  ///< its name for the plan; empty: it has none
  DefragLimits fragments = {};
  StreamLimits streams = {};
  SctpLimits sctp = {};
  std::int64_t duplicate_window_us = 5000;  ///< 0: nothing is a copy
  PortSet sip_ports = {};                   ///< where SIP is expected
  bool any_port = true;                     ///< SIP is looked for on all others, too
  bool send_rtcp = true;                    ///< where media are known
  bool send_unmatched_rtcp = false;         ///< that of no call, too
  bool send_vq = false;                     ///< reports of phones go on, too
  std::optional<RtpOptions> rtp = {};       ///< nothing: packets of RTP are dropped
};

}  // namespace heptap
