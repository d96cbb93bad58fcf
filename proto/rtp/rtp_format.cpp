#include "proto/rtp/rtp_format.hpp"

#include "proto/sip/encoding.hpp"

namespace heptap {
namespace {

// CMR (4 bits), then F (1), frame type (4): split over two bytes unless octets are aligned.
unsigned amr_frame_type(Bytes start, bool octets) noexcept {
  constexpr unsigned no_frame = 15;
  ByteReader r{start};
  const unsigned both = r.be16();
  if (!r.ok()) return no_frame;
  return (octets ? both >> 3U : both >> 7U) & 0x0fU;
}

}  // namespace

RtpFormat static_rtp_format(std::uint8_t payload_type) noexcept {
  // Reserved now: 1016 and G721, of the same clock.
  if (payload_type == 1 || payload_type == 2) return {.clock_hz = 8'000};
  constexpr std::uint8_t first_video = 25;
  const StaticPayload payload = static_payload(payload_type);
  RtpFormat out{.clock_hz = payload.clock_hz};
  if (payload.encoding == "CN") out.kind = RtpKind::comfort_noise;
  if (payload.encoding == "G729") out.silence = SilenceFrames::g729;
  if (payload.clock_hz != 0 && payload_type >= first_video) out.kind = RtpKind::video;
  return out;
}

bool is_silence_frame(SilenceFrames how, const RtpPayload& payload) noexcept {
  constexpr std::size_t g729_frame_bytes = 10;
  constexpr std::size_t g729_silence_bytes = 2;
  constexpr unsigned amr_silence = 8;
  constexpr unsigned amr_wb_silence = 9;
  switch (how) {
    case SilenceFrames::none: return false;
    case SilenceFrames::g729: return payload.size() % g729_frame_bytes == g729_silence_bytes;
    case SilenceFrames::amr: return amr_frame_type(payload.start(), false) == amr_silence;
    case SilenceFrames::amr_octets: return amr_frame_type(payload.start(), true) == amr_silence;
    case SilenceFrames::amr_wb: return amr_frame_type(payload.start(), false) == amr_wb_silence;
    case SilenceFrames::amr_wb_octets:
      return amr_frame_type(payload.start(), true) == amr_wb_silence;
  }
  return false;
}

}  // namespace heptap
