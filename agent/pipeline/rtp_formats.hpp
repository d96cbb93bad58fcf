#pragma once

#include <cstdint>
#include <optional>

#include "agent/calls/media_match.hpp"
#include "proto/rtp/codec.hpp"
#include "proto/rtp/rtp_format.hpp"

namespace heptap {

/// A payload type of a stream, and what SDP says of it.
struct StreamPayload {
  std::uint8_t payload_type = 0;
  std::optional<PayloadFormat> sdp;  ///< nothing: it is not in SDP, or no call is known
  bool is_video = false;
  bool is_srtp = false;
};

/// gives     what the statistics of a stream ask. Where SDP says nothing, the table of static payload
///           types does. Of SRTP no frame can be told to be silence
[[nodiscard]] RtpFormat rtp_format_of(const StreamPayload& payload) noexcept;

/// gives     what its quality is rated by
[[nodiscard]] Codec codec_of(const StreamPayload& payload) noexcept;

/// gives     what SDP says, else RFC 3551; clock_hz 0 where neither does
[[nodiscard]] PayloadFormat payload_format_of(const StreamPayload& payload) noexcept;

}  // namespace heptap
