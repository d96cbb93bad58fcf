#include "agent/pipeline/rtp_formats.hpp"

#include <algorithm>
#include <array>

namespace heptap {
namespace {

RtpKind kind_of(EncodingId encoding, bool is_video) noexcept {
  static const EncodingId event = encoding_id("telephone-event");
  static const EncodingId noise = encoding_id("CN");
  static const std::array<EncodingId, 5> redundancy{encoding_id("red"), encoding_id("ulpfec"),
                                                    encoding_id("parityfec"),
                                                    encoding_id("flexfec"), encoding_id("rtx")};
  if (encoding == encoding_unknown) return is_video ? RtpKind::video : RtpKind::audio;
  if (encoding == event) return RtpKind::telephone_event;
  if (encoding == noise) return RtpKind::comfort_noise;
  if (std::ranges::find(redundancy, encoding) != redundancy.end()) return RtpKind::redundancy;
  return is_video ? RtpKind::video : RtpKind::audio;
}

// Octet-aligned AMR, which fmtp tells and is not kept, has zeros where these have the frame type.
SilenceFrames silence_of(EncodingId encoding) noexcept {
  static const EncodingId g729 = encoding_id("G729");
  static const EncodingId amr = encoding_id("AMR");
  static const EncodingId amr_wb = encoding_id("AMR-WB");
  if (encoding == encoding_unknown) return SilenceFrames::none;
  if (encoding == g729) return SilenceFrames::g729;
  if (encoding == amr) return SilenceFrames::amr;
  return encoding == amr_wb ? SilenceFrames::amr_wb : SilenceFrames::none;
}

}  // namespace

RtpFormat rtp_format_of(const StreamPayload& payload) noexcept {
  RtpFormat out = static_rtp_format(payload.payload_type);
  if (payload.sdp && payload.sdp->clock_hz != 0) {
    out.clock_hz = payload.sdp->clock_hz;
    out.kind = kind_of(payload.sdp->encoding, payload.is_video);
    out.silence = silence_of(payload.sdp->encoding);
  }
  if (payload.is_srtp) out.silence = SilenceFrames::none;
  return out;
}

Codec codec_of(const StreamPayload& payload) noexcept {
  if (!payload.sdp) return static_codec(payload.payload_type);
  const std::string_view name = encoding_name(payload.sdp->encoding);
  return name.empty() ? static_codec(payload.payload_type)
                      : find_codec(name, payload.sdp->clock_hz);
}

PayloadFormat payload_format_of(const StreamPayload& payload) noexcept {
  if (payload.sdp) return *payload.sdp;
  const StaticPayload known = static_payload(payload.payload_type);
  return {.clock_hz = known.clock_hz,
          .payload_type = payload.payload_type,
          .encoding = encoding_id(known.encoding),
          .channels = known.channels};
}

}  // namespace heptap
