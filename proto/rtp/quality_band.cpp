#include "proto/rtp/quality_band.hpp"

namespace heptap {
namespace {

constexpr QualityBand band_of(bool is_good, bool is_average) noexcept {
  if (is_good) return QualityBand::good;
  return is_average ? QualityBand::average : QualityBand::bad;
}

}  // namespace

std::string_view to_string(QualityBand band) noexcept {
  switch (band) {
    case QualityBand::good: return "good";
    case QualityBand::average: return "average";
    case QualityBand::bad: return "bad";
  }
  return "?";
}

QualityBand jitter_band(double jitter_ms, const BandLimits& limits) noexcept {
  return band_of(jitter_ms <= limits.jitter_good_to_ms, jitter_ms < limits.jitter_bad_from_ms);
}

QualityBand loss_band(double loss_percent, const BandLimits& limits) noexcept {
  return band_of(loss_percent < limits.loss_good_below_percent,
                 loss_percent < limits.loss_bad_from_percent);
}

QualityBand audio_level_band(double level_db, const BandLimits& limits) noexcept {
  return band_of(level_db > limits.audio_level_good_above_db,
                 level_db >= limits.audio_level_bad_below_db);
}

QualityBand rtt_band(double rtt_ms, const BandLimits& limits) noexcept {
  return band_of(rtt_ms < limits.rtt_good_below_ms, rtt_ms <= limits.rtt_bad_above_ms);
}

QualityBand effective_latency_band(double latency_ms, const BandLimits& limits) noexcept {
  return band_of(latency_ms <= limits.effective_latency_good_to_ms, false);
}

std::string_view to_string(MosClass mos_class) noexcept {
  switch (mos_class) {
    case MosClass::very_good: return "very_good";
    case MosClass::good: return "good";
    case MosClass::fair: return "fair";
    case MosClass::bad: return "bad";
    case MosClass::not_recommended: return "not_recommended";
    case MosClass::very_bad: return "very_bad";
  }
  return "?";
}

MosClass mos_class(double mos, const MosLimits& limits) noexcept {
  if (mos >= limits.very_good_from) return MosClass::very_good;
  if (mos >= limits.good_from) return MosClass::good;
  if (mos >= limits.fair_from) return MosClass::fair;
  if (mos >= limits.bad_from) return MosClass::bad;
  if (mos >= limits.not_recommended_from) return MosClass::not_recommended;
  return MosClass::very_bad;
}

}  // namespace heptap
