#pragma once

#include <cstdint>
#include <string_view>

namespace heptap {

/// How a figure is to be taken.
enum class QualityBand : std::uint8_t { good, average, bad };

/// gives     the enumerator's own spelling; static storage
[[nodiscard]] std::string_view to_string(QualityBand band) noexcept;

/// Where the bands of each figure end. "to" includes the limit, "below", "from" and "above" say what
/// they say.
struct BandLimits {
  double jitter_good_to_ms = 10;
  double jitter_bad_from_ms = 30;
  double loss_good_below_percent = 0.5;
  double loss_bad_from_percent = 0.9;
  double audio_level_good_above_db = -40;
  double audio_level_bad_below_db = -80;
  double rtt_good_below_ms = 200;
  double rtt_bad_above_ms = 300;
  double effective_latency_good_to_ms = 150;  ///< above: bad
};

// What is not a number is bad.
[[nodiscard]] QualityBand jitter_band(double jitter_ms, const BandLimits& limits = {}) noexcept;
[[nodiscard]] QualityBand loss_band(double loss_percent, const BandLimits& limits = {}) noexcept;
[[nodiscard]] QualityBand audio_level_band(double level_db, const BandLimits& limits = {}) noexcept;
[[nodiscard]] QualityBand rtt_band(double rtt_ms, const BandLimits& limits = {}) noexcept;
[[nodiscard]] QualityBand effective_latency_band(double latency_ms,
                                                 const BandLimits& limits = {}) noexcept;

/// What users say to a MOS. On the narrowband scale these are the classes of ITU-T G.109.
enum class MosClass : std::uint8_t {
  very_good,        ///< very satisfied
  good,             ///< satisfied
  fair,             ///< some users dissatisfied
  bad,              ///< many dissatisfied
  not_recommended,  ///< nearly all dissatisfied
  very_bad,
};

/// gives     the enumerator's own spelling; static storage
[[nodiscard]] std::string_view to_string(MosClass mos_class) noexcept;

/// The lowest MOS of each class; below the last is very_bad.
struct MosLimits {
  double very_good_from = 4.3;
  double good_from = 4.0;
  double fair_from = 3.6;
  double bad_from = 3.1;
  double not_recommended_from = 2.6;
};

[[nodiscard]] MosClass mos_class(double mos, const MosLimits& limits = {}) noexcept;

}  // namespace heptap
