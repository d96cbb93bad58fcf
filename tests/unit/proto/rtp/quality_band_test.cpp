#include "proto/rtp/quality_band.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "proto/rtp/emodel.hpp"

using namespace heptap;

namespace {

constexpr QualityBand good = QualityBand::good;
constexpr QualityBand average = QualityBand::average;
constexpr QualityBand bad = QualityBand::bad;

struct Row {
  double value;
  QualityBand want;
};

}  // namespace

TEST_CASE("jitter up to 10 ms is good, from 30 ms bad") {
  const auto row = GENERATE(values<Row>(
      {{0, good}, {10, good}, {10.001, average}, {29.999, average}, {30, bad}, {1000, bad}}));
  CAPTURE(row.value);
  CHECK(jitter_band(row.value) == row.want);
}

TEST_CASE("loss below 0.5 % is good, from 0.9 % bad") {
  const auto row = GENERATE(values<Row>(
      {{0, good}, {0.4999, good}, {0.5, average}, {0.8999, average}, {0.9, bad}, {100, bad}}));
  CAPTURE(row.value);
  CHECK(loss_band(row.value) == row.want);
}

TEST_CASE("an audio level above -40 dB is good, below -80 dB bad") {
  const auto row = GENERATE(values<Row>(
      {{0, good}, {-39.9, good}, {-40, average}, {-80, average}, {-80.1, bad}, {-127, bad}}));
  CAPTURE(row.value);
  CHECK(audio_level_band(row.value) == row.want);
}

TEST_CASE("a round trip below 200 ms is good, above 300 ms bad") {
  const auto row = GENERATE(values<Row>(
      {{0, good}, {199.9, good}, {200, average}, {300, average}, {300.1, bad}, {9999, bad}}));
  CAPTURE(row.value);
  CHECK(rtt_band(row.value) == row.want);
}

TEST_CASE("an effective latency up to 150 ms is good, above bad") {
  const auto row =
      GENERATE(values<Row>({{21.338, good}, {150, good}, {150.1, bad}, {153.209, bad}}));
  CAPTURE(row.value);
  CHECK(effective_latency_band(row.value) == row.want);
}

TEST_CASE("every limit of a band can be another") {
  BandLimits limits;
  limits.jitter_good_to_ms = 5;
  limits.jitter_bad_from_ms = 6;
  limits.loss_good_below_percent = 1;
  limits.loss_bad_from_percent = 3;
  limits.audio_level_good_above_db = -30;
  limits.audio_level_bad_below_db = -50;
  limits.rtt_good_below_ms = 50;
  limits.rtt_bad_above_ms = 60;
  limits.effective_latency_good_to_ms = 100;
  CHECK(jitter_band(5.5, limits) == average);
  CHECK(jitter_band(6, limits) == bad);
  CHECK(loss_band(0.95, limits) == good);
  CHECK(loss_band(2, limits) == average);
  CHECK(audio_level_band(-35, limits) == average);
  CHECK(audio_level_band(-51, limits) == bad);
  CHECK(rtt_band(55, limits) == average);
  CHECK(rtt_band(61, limits) == bad);
  CHECK(effective_latency_band(101, limits) == bad);
}

TEST_CASE("a MOS is of the class whose lower limit it reaches") {
  struct MosRow {
    double mos;
    MosClass want;
    const char* name;
  };
  const std::vector<MosRow> rows{
      {5.0, MosClass::very_good, "very_good"},
      {4.3, MosClass::very_good, "very_good"},
      {4.2999, MosClass::good, "good"},
      {4.0, MosClass::good, "good"},
      {3.9999, MosClass::fair, "fair"},
      {3.6, MosClass::fair, "fair"},
      {3.5999, MosClass::bad, "bad"},
      {3.1, MosClass::bad, "bad"},
      {3.0999, MosClass::not_recommended, "not_recommended"},
      {2.6, MosClass::not_recommended, "not_recommended"},
      {2.5999, MosClass::very_bad, "very_bad"},
      {1.0, MosClass::very_bad, "very_bad"},
  };
  for (const MosRow& row : rows) {
    CAPTURE(row.mos);
    CHECK(mos_class(row.mos) == row.want);
    CHECK(to_string(mos_class(row.mos)) == row.name);
  }
  CHECK(mos_class(4.4, {4.45, 4.41, 4.40}) == MosClass::fair);
}

// R 70 and 50 are MOS 3.597 and 2.575: their classes begin a hair higher.
TEST_CASE("the R of a class of G.109 has its MOS") {
  struct RRow {
    double r;
    MosClass want;
  };
  const auto row = GENERATE(values<RRow>({{90, MosClass::very_good},
                                          {80, MosClass::good},
                                          {70.1, MosClass::fair},
                                          {60, MosClass::bad},
                                          {50.5, MosClass::not_recommended},
                                          {49, MosClass::very_bad}}));
  CAPTURE(row.r);
  CHECK(mos_class(mos_of_r(row.r)) == row.want);
}

TEST_CASE("what is not a number is bad") {
  const double no_number = std::nan("");
  CHECK(jitter_band(no_number) == bad);
  CHECK(loss_band(no_number) == bad);
  CHECK(audio_level_band(no_number) == bad);
  CHECK(rtt_band(no_number) == bad);
  CHECK(effective_latency_band(no_number) == bad);
  CHECK(mos_class(no_number) == MosClass::very_bad);
}

TEST_CASE("bands have names") {
  CHECK(to_string(good) == "good");
  CHECK(to_string(average) == "average");
  CHECK(to_string(bad) == "bad");
}
