#pragma once

#include <cstdint>
#include <string_view>

#include "proto/rtp/emodel.hpp"

namespace heptap {

/// What RTP carries, as far as figures depend on it.
enum class CodecId : std::uint8_t {
  unknown,
  pcmu,
  pcma,
  l16,  ///< 8 kHz: as good as PCMU; above: the reference of the wideband scale
  g722,
  g723,  ///< G.723.1
  g726_40,
  g726_32,
  g726_24,
  g726_16,
  g728,
  g729,  ///< taken for Annex A with VAD; without Annex A, which no SDP tells, Ie is 1 less
  gsm,   ///< full rate
  gsm_hr,
  gsm_efr,
  is641,
  amr,
  amr_wb,
  ilbc,
  speex,  ///< narrowband
  opus,
  evs,
  comfort_noise,
  telephone_event,
  video,  ///< any of the static payload types
  count_
};

/// gives     the encoding name as SDP has it, "PCMU"; empty for unknown and video; static storage
[[nodiscard]] std::string_view to_string(CodecId id) noexcept;

/// gives     whether there is speech in it, so that a MOS says something
[[nodiscard]] bool is_voice(CodecId id) noexcept;

/// One codec with its figures. Fields of a codec that is not known: 0 and 10 as impairment, 20 ms.
struct Codec {
  CodecId id = CodecId::unknown;
  Scale scale = Scale::narrowband;
  bool is_provisional = true;  ///< Ie or Bpl is no row of G.113
  std::uint32_t clock_hz = 0;  ///< of RTP timestamps, not of samples; 0: not known
  double ie = 0;               ///< on `scale`
  double bpl = 10;             ///< on `scale`
  double ptime_ms = 20;        ///< what one packet holds unless SDP says otherwise
  double look_ahead_ms = 0;    ///< what the encoder waits for beyond the packet
};

/// Finds a codec by its name in `a=rtpmap`. Case does not matter, nor do `.`, `-`, `_` and what
/// follows a `/`, so that names of phones ("G.711U", "PCMU/8000") are found as well.
/// clock_hz  of the rtpmap, and then of the result; 0: not said, the codec's own
/// bit_rate_bps   for those with several; 0, or none of theirs: the usual one. The usual rate of AMR
///           is 12.2 k, of AMR-WB 12.65 k, of G.723.1 6.3 k, of G.722 64 k
/// gives     `id` unknown and the default figures for every other name, and for a name whose clock
///           makes it another codec (speex/16000)
/// source    ITU-T G.113 Appendix I and IV; RFC 3551, 3952, 4867, 5574, 7587; fullband: rtpengine
[[nodiscard]] Codec find_codec(std::string_view encoding_name, std::uint32_t clock_hz = 0,
                               std::uint32_t bit_rate_bps = 0) noexcept;

/// gives     what a payload type means when no SDP says so; unknown, clock 0, for the others
/// source    RFC 3551 section 6
[[nodiscard]] Codec static_codec(std::uint8_t payload_type) noexcept;

/// The figures for G.711 are those with concealment of lost packets, which receivers have. Some say
/// in a report that they have none.
/// gives     the same codec with the robustness that it then has; only G.711 has a figure for this
/// source    G.113 Appendix I; RFC 3611 section 4.7.6
[[nodiscard]] Codec without_concealment(Codec codec) noexcept;

/// A wideband codec in a call whose other leg is narrowband: what is heard is on that scale.
/// gives     the codec on the narrowband scale; only G.722 has figures there, others stay
/// source    sip3's table
[[nodiscard]] Codec on_narrowband_scale(Codec codec) noexcept;

}  // namespace heptap
