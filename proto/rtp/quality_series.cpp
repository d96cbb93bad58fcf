#include "proto/rtp/quality_series.hpp"

#include <cmath>

namespace heptap {
namespace {

constexpr std::size_t mos_at = static_cast<std::size_t>(QualityFigure::mos);
constexpr std::size_t loss_at = static_cast<std::size_t>(QualityFigure::loss_percent);
constexpr std::size_t jitter_at = static_cast<std::size_t>(QualityFigure::jitter_ms);
constexpr std::size_t rtt_at = static_cast<std::size_t>(QualityFigure::rtt_ms);
constexpr std::size_t figure_count = static_cast<std::size_t>(QualityFigure::count_);

using Values = std::array<std::uint32_t, figure_count>;

// Millionths of MOS and percent, thousandths of milliseconds.
constexpr std::array<double, figure_count> units{1e6, 1e6, 1e3, 1e3};

constexpr std::uint32_t not_known = UINT32_MAX;

// Not known is also what is not a number, of which every comparison is false.
std::uint32_t in_units(const std::optional<double>& value, double low, double high,
                       std::size_t figure) noexcept {
  if (!value || !(*value >= low && *value <= high)) return not_known;
  return static_cast<std::uint32_t>(std::llround(*value * units[figure]));
}

Values values_of(const QualitySample& sample) noexcept {
  constexpr double hour_ms = 3'600'000;
  Values values{};
  values[mos_at] = in_units(sample.mos, 1, 5, mos_at);
  values[loss_at] = in_units(sample.loss_percent, 0, 100, loss_at);
  values[jitter_at] = in_units(sample.jitter_ms, 0, hour_ms, jitter_at);
  values[rtt_at] = in_units(sample.rtt_ms, 0, hour_ms, rtt_at);
  return values;
}

std::optional<double> if_known(const Values& values, std::size_t figure) noexcept {
  if (values[figure] == not_known) return std::nullopt;
  return values[figure] / units[figure];
}

QualitySample sample_of(const Values& values, std::int64_t time_us) noexcept {
  QualitySample sample;
  sample.time_us = time_us;
  sample.mos = if_known(values, mos_at);
  sample.loss_percent = if_known(values, loss_at);
  sample.jitter_ms = if_known(values, jitter_at);
  sample.rtt_ms = if_known(values, rtt_at);
  return sample;
}

}  // namespace

void QualitySeries::add(const QualitySample& sample) noexcept {
  if (sample.is_capture_degraded) {
    ++degraded_count_;
    return;
  }
  QualitySeries one;
  const Values values = values_of(sample);
  one.at_lowest_mos_ = one.at_highest_mos_ = values;
  for (std::size_t i = 0; i < figure_count; ++i) one.set_figure(i, values[i], sample.time_us);
  *this += one;
}

void QualitySeries::set_figure(std::size_t figure, std::uint32_t value,
                               std::int64_t time_us) noexcept {
  if (value == not_known) return;
  sums_[figure] = value;
  counts_[figure] = 1;
  mins_[figure] = maxs_[figure] = value;
  min_at_us_[figure] = max_at_us_[figure] = time_us;
}

QualitySeries& QualitySeries::operator+=(const QualitySeries& other) noexcept {
  for (std::size_t i = 0; i < figure_count; ++i) merge_figure(i, other);
  degraded_count_ += other.degraded_count_;
  return *this;
}

void QualitySeries::merge_figure(std::size_t figure, const QualitySeries& other) noexcept {
  const std::size_t i = figure;
  if (other.counts_[i] == 0) return;
  const bool is_first = counts_[i] == 0;
  const bool is_as_low = other.mins_[i] == mins_[i] && other.min_at_us_[i] < min_at_us_[i];
  if (is_first || other.mins_[i] < mins_[i] || is_as_low) {
    mins_[i] = other.mins_[i];
    min_at_us_[i] = other.min_at_us_[i];
    if (i == mos_at) at_lowest_mos_ = other.at_lowest_mos_;
  }
  const bool is_as_high = other.maxs_[i] == maxs_[i] && other.max_at_us_[i] < max_at_us_[i];
  if (is_first || other.maxs_[i] > maxs_[i] || is_as_high) {
    maxs_[i] = other.maxs_[i];
    max_at_us_[i] = other.max_at_us_[i];
    if (i == mos_at) at_highest_mos_ = other.at_highest_mos_;
  }
  sums_[i] += other.sums_[i];
  counts_[i] += other.counts_[i];
}

std::optional<FigureSummary> QualitySeries::summary(QualityFigure figure) const noexcept {
  const auto i = static_cast<std::size_t>(figure);
  if (i >= figure_count || counts_[i] == 0) return std::nullopt;
  FigureSummary all;
  all.min = mins_[i] / units[i];
  all.max = maxs_[i] / units[i];
  all.mean = static_cast<double>(sums_[i]) / counts_[i] / units[i];
  all.min_at_us = min_at_us_[i];
  all.max_at_us = max_at_us_[i];
  all.samples = counts_[i];
  return all;
}

std::optional<QualitySample> QualitySeries::lowest_mos() const noexcept {
  if (counts_[mos_at] == 0) return std::nullopt;
  return sample_of(at_lowest_mos_, min_at_us_[mos_at]);
}

std::optional<QualitySample> QualitySeries::highest_mos() const noexcept {
  if (counts_[mos_at] == 0) return std::nullopt;
  return sample_of(at_highest_mos_, max_at_us_[mos_at]);
}

}  // namespace heptap
