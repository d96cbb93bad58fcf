#include "proto/hep/quality_json.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace heptap::hep {
namespace {

constexpr std::int64_t second_us = 1'000'000;

std::optional<double> mean_of(const QualitySeries& series, QualityFigure figure) noexcept {
  const auto summary = series.summary(figure);
  if (!summary) return std::nullopt;
  return summary->mean;
}

QualitySample means_of(const QualitySeries& series) noexcept {
  QualitySample means;
  means.mos = mean_of(series, QualityFigure::mos);
  means.loss_percent = mean_of(series, QualityFigure::loss_percent);
  means.jitter_ms = mean_of(series, QualityFigure::jitter_ms);
  means.rtt_ms = mean_of(series, QualityFigure::rtt_ms);
  return means;
}

std::uint32_t samples_of(const QualitySeries& series) noexcept {
  std::uint32_t most = 0;
  for (int i = 0; i < static_cast<int>(QualityFigure::count_); ++i) {
    const auto summary = series.summary(static_cast<QualityFigure>(i));
    if (summary) most = std::max(most, summary->samples);
  }
  return most;
}

void decimal_if(JsonText& json, std::string_view key, const std::optional<double>& value) noexcept {
  constexpr int places = 3;
  if (value) json.decimal(key, *value, places);
}

void append_point(JsonText& json, std::string_view key, const std::optional<QualitySample>& point,
                  bool has_time) noexcept {
  if (!point) return;
  json.begin_object(key);
  decimal_if(json, "mos", point->mos);
  if (has_time) json.decimal("at", static_cast<double>(point->time_us) / second_us, 6);
  decimal_if(json, "loss", point->loss_percent);
  decimal_if(json, "jitter", point->jitter_ms);
  decimal_if(json, "rtt", point->rtt_ms);
  json.end_object();
}

// Cut, but not by one for what a binary fraction lacks: 4.4 is 44 tenths.
std::int64_t whole(double value) noexcept {
  constexpr double binary_rest = 1e-6;
  return static_cast<std::int64_t>(std::floor(value + binary_rest));
}

// A sample as rtpengine has it, in whole numbers.
struct WholeSample {
  std::optional<std::int64_t> mos_tenths, rtt_us, jitter_ms, loss_percent;
};

std::optional<std::int64_t> whole_if(const std::optional<double>& value, double factor) noexcept {
  if (!value) return std::nullopt;
  return whole(*value * factor);
}

WholeSample whole_sample(const QualitySample& sample) noexcept {
  return {whole_if(sample.mos, 10), whole_if(sample.rtt_ms, 1000), whole_if(sample.jitter_ms, 1),
          whole_if(sample.loss_percent, 1)};
}

void number_if(JsonText& json, std::string_view key,
               const std::optional<std::int64_t>& value) noexcept {
  if (value) json.number(key, *value);
}

// The object is left open, for what comes last.
void open_rtpengine_point(JsonText& json, std::string_view key,
                          const QualitySample& sample) noexcept {
  const WholeSample numbers = whole_sample(sample);
  json.begin_object(key);
  number_if(json, "MOS", numbers.mos_tenths);
  number_if(json, "round-trip time", numbers.rtt_us);
  number_if(json, "jitter", numbers.jitter_ms);
  number_if(json, "packet loss", numbers.loss_percent);
}

void append_rtpengine_point(JsonText& json, std::string_view key,
                            const QualitySample& sample) noexcept {
  open_rtpengine_point(json, key, sample);
  json.number("reported at", sample.time_us / second_us);
  json.end_object();
}

// "mos_min" "_jitter" "_A"
class Key {
 public:
  Key(std::string_view first, std::string_view second, std::string_view third) noexcept {
    append(first);
    append(second);
    append(third);
  }

  operator std::string_view() const noexcept { return {room_.data(), size_}; }  // NOLINT

 private:
  void append(std::string_view part) noexcept {
    const std::size_t fits = std::min(part.size(), room_.size() - size_);
    std::copy_n(part.begin(), fits, room_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += fits;
  }

  std::array<char, 32> room_;
  std::size_t size_ = 0;
};

// 65 seconds are "1:05".
void append_minutes(JsonText& json, std::string_view key, std::int64_t duration_us) noexcept {
  const std::int64_t seconds = std::max<std::int64_t>(duration_us, 0) / second_us;
  std::array<char, 24> room;
  char* end = std::to_chars(room.data(), room.data() + room.size() - 3, seconds / 60).ptr;
  *end++ = ':';
  *end++ = static_cast<char>('0' + seconds % 60 / 10);
  *end++ = static_cast<char>('0' + seconds % 10);
  json.text(key, {room.data(), static_cast<std::size_t>(end - room.data())});
}

// The names of one point, "mos_min", of one side, "_A".
struct PointName {
  std::string_view point;
  std::string_view side;

  [[nodiscard]] Key operator()(std::string_view figure) const noexcept {
    return {point, figure, side};
  }
};

void append_variables(JsonText& json, const PointName& name, const QualitySample& sample) noexcept {
  const WholeSample numbers = whole_sample(sample);
  if (numbers.mos_tenths) json.tenths(name(""), static_cast<std::uint32_t>(*numbers.mos_tenths));
  number_if(json, name("_packetloss"), numbers.loss_percent);
  number_if(json, name("_jitter"), numbers.jitter_ms);
  number_if(json, name("_roundtrip"), numbers.rtt_us);
}

void append_extreme(JsonText& json, const PointName& name,
                    const std::optional<QualitySample>& sample,
                    std::int64_t call_start_us) noexcept {
  if (!sample) return;
  append_variables(json, name, *sample);
  append_minutes(json, name("_at"), sample->time_us - call_start_us);
}

void append_side(JsonText& json, std::string_view side, const QualitySeries& series,
                 std::int64_t call_start_us) noexcept {
  append_extreme(json, {"mos_min", side}, series.lowest_mos(), call_start_us);
  append_extreme(json, {"mos_max", side}, series.highest_mos(), call_start_us);
  const std::uint32_t samples = samples_of(series);
  if (samples == 0) return;
  const PointName average{"mos_average", side};
  append_variables(json, average, means_of(series));
  json.number(average("_samples"), samples);
}

}  // namespace

void append_quality(JsonText& json, const QualitySeries& series) noexcept {
  append_point(json, "min", series.lowest_mos(), true);
  append_point(json, "max", series.highest_mos(), true);
  const std::uint32_t samples = samples_of(series);
  if (samples != 0) append_point(json, "avg", means_of(series), false);
  json.number("samples", samples);
}

void append_rtpengine_mos(JsonText& json, const QualitySeries& series) noexcept {
  const std::uint32_t samples = samples_of(series);
  if (samples == 0) return;
  open_rtpengine_point(json, "average MOS", means_of(series));
  json.number("samples", samples);
  json.end_object();
  if (const auto lowest = series.lowest_mos()) append_rtpengine_point(json, "lowest MOS", *lowest);
  if (const auto highest = series.highest_mos())
    append_rtpengine_point(json, "highest MOS", *highest);
}

void append_mos_variables(JsonText& json, const CallQuality& call, const LegLabels& labels,
                          std::int64_t call_start_us) noexcept {
  append_side(json, "", call.merged(), call_start_us);
  if (!labels.a.empty()) json.text("mos_A_label", labels.a);
  append_side(json, "_A", call.a, call_start_us);
  if (!labels.b.empty()) json.text("mos_B_label", labels.b);
  append_side(json, "_B", call.b, call_start_us);
}

}  // namespace heptap::hep
