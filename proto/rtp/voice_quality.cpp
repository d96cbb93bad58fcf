#include "proto/rtp/voice_quality.hpp"

#include <algorithm>

namespace heptap {
namespace {

// Also for what is not a number, of which every comparison is false.
constexpr double from_zero(double value) noexcept { return value > 0 ? value : 0; }

constexpr double percent_of(double value) noexcept { return std::min(from_zero(value), 100.0); }

std::optional<double> network_delay_ms(const VoiceFigures& figures) noexcept {
  if (figures.network_delay_ms) return from_zero(*figures.network_delay_ms);
  if (figures.rtt_ms) return from_zero(*figures.rtt_ms) / 2;
  return std::nullopt;
}

double jitter_buffer_ms(const VoiceFigures& figures) noexcept {
  constexpr double smallest_ms = 20;
  if (figures.jitter_buffer_ms) return from_zero(*figures.jitter_buffer_ms);
  return std::max(smallest_ms, 2 * from_zero(figures.jitter_ms));
}

EModelInput input_of(const Codec& codec, const VoiceFigures& figures) noexcept {
  EModelInput in;
  in.scale = codec.scale;
  in.ie = codec.ie;
  in.bpl = codec.bpl;
  in.loss_percent = percent_of(figures.loss_percent) + percent_of(figures.discard_percent);
  in.burst_ratio = figures.burst_ratio;
  in.advantage = figures.advantage;
  return in;
}

}  // namespace

std::string_view to_string(MosKind kind) noexcept {
  return kind == MosKind::listening ? "LQ" : "CQ";
}

std::optional<double> one_way_delay_ms(const Codec& codec, const VoiceFigures& figures) noexcept {
  const std::optional<double> network = network_delay_ms(figures);
  if (!network) return std::nullopt;
  if (codec.scale == Scale::fullband) return *network + from_zero(figures.jitter_ms);
  const double packet_ms = from_zero(figures.ptime_ms.value_or(codec.ptime_ms));
  return *network + packet_ms + codec.look_ahead_ms + jitter_buffer_ms(figures);
}

std::optional<VoiceQuality> rate_voice(const Codec& codec, const VoiceFigures& figures) noexcept {
  if (!is_voice(codec.id)) return std::nullopt;
  const EModelInput in = input_of(codec, figures);
  VoiceQuality quality;
  quality.scale = codec.scale;
  quality.is_provisional = codec.is_provisional;
  quality.r_lq = listening_r(in);
  quality.mos_lq = mos_of_r(codec.scale, quality.r_lq);
  if (const auto delay_ms = one_way_delay_ms(codec, figures)) {
    quality.r_cq = conversational_r(in, *delay_ms);
    quality.mos_cq = mos_of_r(codec.scale, *quality.r_cq);
  }
  return quality;
}

}  // namespace heptap
