#include "proto/rtp/rtp_format.hpp"

namespace heptap {
namespace {

// CMR (4 bits), then F (1), frame type (4): split over two bytes unless octets are aligned.
unsigned amr_frame_type(Bytes payload, bool octets) noexcept {
  constexpr unsigned no_frame = 15;
  if (payload.size() < 2) return no_frame;
  const unsigned first = payload[0];
  const unsigned second = payload[1];
  return octets ? second >> 3U & 0x0fU : (first << 1U | second >> 7U) & 0x0fU;
}

constexpr RtpFormat audio(std::uint32_t clock_hz) noexcept { return {clock_hz, RtpKind::audio}; }
constexpr RtpFormat video() noexcept { return {90'000, RtpKind::video}; }

}  // namespace

RtpFormat static_rtp_format(std::uint8_t payload_type) noexcept {
  switch (payload_type) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
    case 5:
    case 7:
    case 8:
    case 9:
    case 12:
    case 15: return audio(8'000);
    case 6: return audio(16'000);
    case 10:
    case 11: return audio(44'100);
    case 13:
    case 19: return {8'000, RtpKind::comfort_noise};
    case 14: return audio(90'000);
    case 16: return audio(11'025);
    case 17: return audio(22'050);
    case 18: return {8'000, RtpKind::audio, SilenceFrames::g729};
    case 25:
    case 26:
    case 28:
    case 31:
    case 32:
    case 33:
    case 34: return video();
    default: return {};
  }
}

bool is_silence_frame(SilenceFrames how, Bytes payload) noexcept {
  constexpr std::size_t g729_frame_bytes = 10;
  constexpr std::size_t g729_silence_bytes = 2;
  constexpr unsigned amr_silence = 8;
  constexpr unsigned amr_wb_silence = 9;
  switch (how) {
    case SilenceFrames::none: return false;
    case SilenceFrames::g729: return payload.size() % g729_frame_bytes == g729_silence_bytes;
    case SilenceFrames::amr: return amr_frame_type(payload, false) == amr_silence;
    case SilenceFrames::amr_octets: return amr_frame_type(payload, true) == amr_silence;
    case SilenceFrames::amr_wb: return amr_frame_type(payload, false) == amr_wb_silence;
    case SilenceFrames::amr_wb_octets: return amr_frame_type(payload, true) == amr_wb_silence;
  }
  return false;
}

}  // namespace heptap
