#pragma once

#include <cstdint>

#include "proto/rtp/rtp_packet.hpp"

namespace heptap {

/// What a payload type carries, as far as the statistics of a stream ask.
enum class RtpKind : std::uint8_t {
  audio,            ///< and all that is not known to be something else
  video,            ///< several packets may share one timestamp
  telephone_event,  ///< RFC 4733
  comfort_noise,    ///< RFC 3389
  redundancy,       ///< RED, FEC, retransmission: not a codec of its own
};

/// How the codec marks a frame that stands for silence.
enum class SilenceFrames : std::uint8_t {
  none,
  g729,        ///< two bytes behind whole frames of ten (G.729 Annex B)
  amr,         ///< frame type 8 (RFC 4867), bandwidth-efficient
  amr_octets,  ///< the same, octet-aligned
  amr_wb,      ///< frame type 9
  amr_wb_octets,
};

/// What SDP, or the table of static payload types, says about a payload type.
struct RtpFormat {
  std::uint32_t clock_hz = 0;  ///< of the timestamps; 0: unknown
  RtpKind kind = RtpKind::audio;
  SilenceFrames silence = SilenceFrames::none;
};

/// gives     clock and kind of a static payload type; clock 0 where there is none
/// source    RFC 3551 table 4 and 5; G.722 counts 8000 a second although it samples 16000
[[nodiscard]] RtpFormat static_rtp_format(std::uint8_t payload_type) noexcept;

/// Whether a payload is a frame of silence, behind which a pause is no outage.
[[nodiscard]] bool is_silence_frame(SilenceFrames how, const RtpPayload& payload) noexcept;

}  // namespace heptap
