#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "proto/rtp/codec.hpp"

namespace heptap {

/// What is known of one direction of a stream, measured at the tap or reported by an endpoint. What
/// is not a number or outside of its range is treated as emodel.hpp says.
struct VoiceFigures {
  double loss_percent = 0;       ///< of what was expected, lost on the way
  double discard_percent = 0;    ///< of what was expected, too late or too early for the receiver
  double burst_ratio = 1;        ///< see loss.hpp
  double jitter_ms = 0;          ///< RFC 3550's
  std::optional<double> rtt_ms;  ///< of the network, both halves
  std::optional<double> network_delay_ms;  ///< one way; without it half of the round trip
  std::optional<double> jitter_buffer_ms;  ///< without it twice the jitter, at least 20 ms
  std::optional<double> ptime_ms;          ///< of one packet; without it the codec's
  double advantage = 0;                    ///< A, by agreement with the users only
};

/// What a MOS rates.
enum class MosKind : std::uint8_t {
  listening,       ///< MOS-LQ: one direction, without delay and echo
  conversational,  ///< MOS-CQ: with the delay
};

/// gives     "LQ" or "CQ"; static storage
[[nodiscard]] std::string_view to_string(MosKind kind) noexcept;

/// The E-model's answer. Figures of another scale are not comparable.
struct VoiceQuality {
  Scale scale = Scale::narrowband;
  bool is_provisional = false;  ///< no published figures for this codec
  double r_lq = 0;              ///< may be below 0
  double mos_lq = 1;            ///< 1 to 4.5
  std::optional<double> r_cq;   ///< only where a delay is known
  std::optional<double> mos_cq;

  [[nodiscard]] MosKind kind() const noexcept {
    return mos_cq ? MosKind::conversational : MosKind::listening;
  }
  /// The one figure to show for a direction: conversational where a delay is known.
  [[nodiscard]] double mos() const noexcept { return mos_cq.value_or(mos_lq); }
  [[nodiscard]] double r() const noexcept { return r_cq.value_or(r_lq); }
};

/// gives     from mouth to ear: network, packet, look-ahead and jitter buffer; on the fullband scale
///           network and jitter, as rtpengine has it. Nothing when the network's part is not known.
[[nodiscard]] std::optional<double> one_way_delay_ms(const Codec& codec,
                                                     const VoiceFigures& figures) noexcept;

/// gives     nothing for what is no voice: comfort noise, events, video
/// source    ITU-T G.107, G.107.1, rtpengine for fullband; RFC 3611 section 4.7.5 for LQ and CQ
[[nodiscard]] std::optional<VoiceQuality> rate_voice(const Codec& codec,
                                                     const VoiceFigures& figures) noexcept;

}  // namespace heptap
