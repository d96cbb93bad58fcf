#include "proto/rtp/quality_series.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "tests/support/allocation_counter.hpp"
#include "tests/support/test_random.hpp"
#include "tests/unit/proto/rtp/printed.hpp"
#include "tests/unit/proto/rtp/rtpengine_call.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr std::int64_t second_us = 1'000'000;

QualitySample sample_with_mos(std::int64_t time_us, double mos) {
  QualitySample sample;
  sample.time_us = time_us;
  sample.mos = mos;
  return sample;
}

// What a series says, all of it.
std::vector<FigureSummary> summaries(const QualitySeries& series) {
  std::vector<FigureSummary> all(static_cast<std::size_t>(QualityFigure::count_));
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i] = series.summary(static_cast<QualityFigure>(i)).value_or(FigureSummary{});
  }
  return all;
}

// Whole numbers, so that sums do not depend on the order.
std::vector<QualitySample> random_samples(std::mt19937_64& random, std::size_t count) {
  std::vector<QualitySample> samples(count);
  std::int64_t time_us = 0;
  for (QualitySample& sample : samples) {
    sample.time_us = time_us += second_us;
    if (below(random, 4) != 0) sample.mos = 1 + static_cast<double>(below(random, 4));
    if (below(random, 4) != 0) sample.loss_percent = static_cast<double>(below(random, 100));
    if (below(random, 4) != 0) sample.jitter_ms = static_cast<double>(below(random, 50));
    if (below(random, 4) != 0) sample.rtt_ms = static_cast<double>(below(random, 500));
    sample.is_capture_degraded = below(random, 8) == 0;
  }
  return samples;
}

}  // namespace

TEST_CASE("the reports of a call have the MOS that rtpengine gave them") {
  for (const auto& leg : {rtpengine_leg_a, rtpengine_leg_b}) {
    for (const RtpengineReport& report : leg) {
      CAPTURE(report.rtt_us);
      CHECK(legacy_mos_tenths(report.rtt_us, report.jitter_ms, report.loss_percent) ==
            report.mos_tenths);
    }
  }
}

TEST_CASE("a leg's lowest, highest and mean are those of rtpengine") {
  const QualitySeries a = series_of(rtpengine_leg_a);
  CHECK(a.summary(QualityFigure::mos)->samples == 4);
  CHECK(a.summary(QualityFigure::mos)->mean == Approx(4.35));
  CHECK(printed(a.summary(QualityFigure::rtt_ms)->mean) == "13.430");
  CHECK(a.lowest_mos()->time_us == 1590498085 * second_us);
  CHECK(printed(*a.lowest_mos()->rtt_ms) == "24.184");
  CHECK(a.highest_mos()->time_us == 1590498089 * second_us);
  CHECK(printed(*a.highest_mos()->mos) == "4.400");
  CHECK(printed(*a.highest_mos()->rtt_ms) == "8.218");

  const QualitySeries b = series_of(rtpengine_leg_b);
  CHECK(b.summary(QualityFigure::mos)->samples == 11);
  CHECK(printed(b.summary(QualityFigure::rtt_ms)->mean) == "8.718");
  CHECK(b.lowest_mos()->time_us == 1590498082 * second_us);
  CHECK(b.highest_mos()->time_us == 1590498090 * second_us);
  CHECK(printed(b.summary(QualityFigure::jitter_ms)->mean) == "0.273");
  CHECK(printed(b.summary(QualityFigure::loss_percent)->mean) == "0.091");
}

TEST_CASE("each figure has its own extremes, with their times") {
  const auto jitter = series_of(rtpengine_leg_b).summary(QualityFigure::jitter_ms);
  REQUIRE(jitter);
  CHECK(jitter->max == 3);
  CHECK(jitter->max_at_us == 1590498086 * second_us);
  CHECK(jitter->min == 0);
  CHECK(jitter->min_at_us == 1590498082 * second_us);
  const auto loss = series_of(rtpengine_leg_b).summary(QualityFigure::loss_percent);
  CHECK(loss->max == 1);
  CHECK(loss->max_at_us == 1590498099 * second_us);
}

TEST_CASE("a call is both legs, every sample of which weighs the same") {
  const CallQuality call{series_of(rtpengine_leg_a), series_of(rtpengine_leg_b)};
  const QualitySeries merged = call.merged();
  CHECK(merged.summary(QualityFigure::mos)->samples == 15);
  CHECK(printed(merged.summary(QualityFigure::rtt_ms)->mean) == "9.975");
  CHECK(merged.lowest_mos()->time_us == 1590498082 * second_us);
  CHECK(merged.highest_mos()->time_us == 1590498089 * second_us);
}

TEST_CASE("merging two halves is the same as adding all, in any order") {
  auto random = test_random();
  for (int round = 0; round < 200; ++round) {
    auto samples = random_samples(random, 1 + below(random, 20));
    QualitySeries all;
    for (const auto& sample : samples) all.add(sample);
    std::shuffle(samples.begin(), samples.end(), random);
    const std::size_t half = below(random, samples.size());
    CallQuality parts;
    for (std::size_t i = 0; i < samples.size(); ++i) (i < half ? parts.a : parts.b).add(samples[i]);
    CHECK(summaries(parts.merged()) == summaries(all));
    CHECK(parts.merged().degraded_count() == all.degraded_count());
    REQUIRE(all.lowest_mos().has_value() == parts.merged().lowest_mos().has_value());
    if (!all.lowest_mos()) continue;
    CHECK(all.lowest_mos()->rtt_ms == parts.merged().lowest_mos()->rtt_ms);
    CHECK(all.highest_mos()->jitter_ms == parts.merged().highest_mos()->jitter_ms);
  }
}

TEST_CASE("what was not known is not counted") {
  QualitySeries series;
  CHECK_FALSE(series.summary(QualityFigure::mos));
  CHECK_FALSE(series.lowest_mos());
  CHECK_FALSE(series.highest_mos());
  series.add(sample_with_mos(1, 4));
  CHECK(series.summary(QualityFigure::mos)->samples == 1);
  CHECK_FALSE(series.summary(QualityFigure::rtt_ms));
  CHECK(series.lowest_mos()->mos == 4.0);
  CHECK_FALSE(series.lowest_mos()->rtt_ms);
  CHECK_FALSE(series.summary(QualityFigure::count_));
}

TEST_CASE("a sample of a degraded capture is left out and counted") {
  QualitySample degraded = sample_with_mos(2, 1);
  degraded.is_capture_degraded = true;
  QualitySeries series;
  series.add(sample_with_mos(1, 4));
  series.add(degraded);
  CHECK(series.degraded_count() == 1);
  CHECK(series.summary(QualityFigure::mos)->samples == 1);
  CHECK(series.summary(QualityFigure::mos)->min == 4);
}

TEST_CASE("what cannot be is not counted") {
  const double infinity = std::numeric_limits<double>::infinity();
  const double strange = GENERATE_COPY(std::nan(""), -1.0, infinity, -infinity, 1e300);
  QualitySample sample;
  sample.mos = sample.loss_percent = sample.jitter_ms = sample.rtt_ms = strange;
  CAPTURE(strange);
  QualitySeries series;
  series.add(sample);
  for (const FigureSummary& summary : summaries(series)) CHECK(summary == FigureSummary{});
  CHECK_FALSE(series.lowest_mos());
}

TEST_CASE("a series allocates nothing") {
  AllocationCounter counter;
  CallQuality call;
  call.a.add(sample_with_mos(1, 4));
  call.b.add(sample_with_mos(2, 3));
  const bool is_lowest = call.merged().lowest_mos()->time_us == 2;
  CHECK(counter.count() == 0);
  CHECK(is_lowest);
}
