#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace heptap {

/// The figures of which a series keeps account.
enum class QualityFigure : std::uint8_t { mos, loss_percent, jitter_ms, rtt_ms, count_ };

/// What one interval of a stream, or one report about it, says. What is not known is not counted,
/// and neither is what cannot be: not a number, or outside of the range.
struct QualitySample {
  std::int64_t time_us = 0;            ///< when it was reported, packet time
  std::optional<double> mos;           ///< 1 to 5, always of the same model and scale
  std::optional<double> loss_percent;  ///< 0 to 100
  std::optional<double> jitter_ms;     ///< 0 to an hour
  std::optional<double> rtt_ms;        ///< 0 to an hour
  bool is_capture_degraded = false;    ///< the tap itself lost packets meanwhile
};

/// One figure over all samples that have it. Of equal values the earliest is the minimum and the
/// maximum.
struct FigureSummary {
  double min = 0;
  double max = 0;
  double mean = 0;
  std::int64_t min_at_us = 0;
  std::int64_t max_at_us = 0;
  std::uint32_t samples = 0;

  friend bool operator==(const FigureSummary&, const FigureSummary&) = default;
};

/// Minimum, maximum and mean of MOS, loss, jitter and round trip over a call, each with its time,
/// and what the other figures were when the MOS was lowest and highest. What rtpengine gives for
/// each SSRC; here for each leg, and with += for a call. Fixed size, allocates nothing.
/// MOS and loss are kept to the millionth, jitter and round trip to the microsecond.
class QualitySeries {
 public:
  /// A sample of a degraded capture is left out, and counted: its loss may be our own.
  void add(const QualitySample& sample) noexcept;

  /// Every sample of both weighs the same.
  QualitySeries& operator+=(const QualitySeries& other) noexcept;

  /// gives     nothing when no sample had the figure
  [[nodiscard]] std::optional<FigureSummary> summary(QualityFigure figure) const noexcept;

  /// gives     the sample with the lowest, the highest MOS; nothing when none had a MOS
  [[nodiscard]] std::optional<QualitySample> lowest_mos() const noexcept;
  [[nodiscard]] std::optional<QualitySample> highest_mos() const noexcept;

  /// gives     how many samples were left out
  [[nodiscard]] std::uint32_t degraded_count() const noexcept { return degraded_count_; }

 private:
  static constexpr auto figure_count = static_cast<std::size_t>(QualityFigure::count_);

  // In units of the last digit that is kept.
  using Values = std::array<std::uint32_t, figure_count>;
  using Times = std::array<std::int64_t, figure_count>;

  void set_figure(std::size_t figure, std::uint32_t value, std::int64_t time_us) noexcept;
  void merge_figure(std::size_t figure, const QualitySeries& other) noexcept;

  std::array<std::uint64_t, figure_count> sums_{};
  Times min_at_us_{};
  Times max_at_us_{};
  Values mins_{};
  Values maxs_{};
  Values at_lowest_mos_{};
  Values at_highest_mos_{};
  std::array<std::uint32_t, figure_count> counts_{};
  std::uint32_t degraded_count_ = 0;
};
static_assert(sizeof(QualitySeries) <= 192);

/// Both directions of a call: A is what the caller sends, B what the callee sends.
struct CallQuality {
  QualitySeries a;
  QualitySeries b;

  [[nodiscard]] QualitySeries merged() const noexcept {
    QualitySeries all = a;
    all += b;
    return all;
  }
};

}  // namespace heptap
