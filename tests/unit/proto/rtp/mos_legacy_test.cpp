#include "proto/rtp/mos_legacy.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "tests/unit/proto/rtp/printed.hpp"

using namespace heptap;
using heptap::test::printed;

namespace {

// rtt us, jitter ms, loss % -> effective latency, R and MOS; the same of whole numbers, in tenths
struct Row {
  const char* id;
  std::uint32_t rtt_us, jitter_ms, loss_percent;
  const char *latency, *r, *mos;
  const char *whole_latency, *whole_r;
  int tenths;
};

const std::vector<Row> rows{
    {"L01", 11338, 0, 0, "21.338", "92.667", "4.399", "21.000", "92.675", 43},
    {"L02", 129209, 7, 0, "153.209", "89.370", "4.323", "153.000", "89.375", 43},
    {"L03", 13430, 0, 0, "23.430", "92.614", "4.398", "23.000", "92.625", 43},
    {"L04", 24184, 0, 0, "34.184", "92.345", "4.392", "34.000", "92.350", 43},
    {"L05", 8218, 0, 0, "18.218", "92.745", "4.400", "18.000", "92.750", 44},
    {"L06", 8846, 0, 0, "18.846", "92.729", "4.400", "18.000", "92.750", 44},
    {"L07", 12473, 0, 0, "22.473", "92.638", "4.398", "22.000", "92.650", 43},
    {"L08", 20241, 0, 0, "30.241", "92.444", "4.394", "30.000", "92.450", 43},
    {"L09", 9101, 3, 0, "25.101", "92.572", "4.397", "25.000", "92.575", 43},
    {"L10", 7084, 0, 0, "17.084", "92.773", "4.401", "17.000", "92.775", 44},
    {"L11", 7061, 0, 0, "17.061", "92.773", "4.401", "17.000", "92.775", 44},
    {"L12", 7058, 0, 0, "17.058", "92.774", "4.401", "17.000", "92.775", 44},
    {"L13", 7065, 0, 0, "17.065", "92.773", "4.401", "17.000", "92.775", 44},
    {"L14", 7069, 0, 0, "17.069", "92.773", "4.401", "17.000", "92.775", 44},
    {"L15", 7062, 0, 0, "17.062", "92.773", "4.401", "17.000", "92.775", 44},
    {"L16", 7986, 0, 0, "17.986", "92.750", "4.400", "17.000", "92.775", 44},
    {"L17", 7997, 0, 0, "17.997", "92.750", "4.400", "17.000", "92.775", 44},
    {"L18", 8175, 0, 1, "18.175", "90.246", "4.345", "18.000", "90.250", 43},
    {"L19", 2771, 0, 0, "12.771", "92.881", "4.403", "12.000", "92.900", 44},
    {"L20", 0, 0, 0, "10.000", "92.950", "4.404", "10.000", "92.950", 44},
    {"L21", 149000, 0, 0, "159.000", "89.225", "4.320", "159.000", "89.225", 43},
    {"L22", 150000, 0, 0, "160.000", "89.200", "4.319", "160.000", "89.200", 43},
    {"L23", 300000, 20, 0, "350.000", "70.200", "3.606", "350.000", "70.200", 36},
    {"L24", 50000, 5, 1, "70.000", "88.950", "4.312", "70.000", "88.950", 43},
    {"L25", 50000, 5, 5, "70.000", "78.950", "3.984", "70.000", "78.950", 39},
    {"L26", 50000, 5, 20, "70.000", "41.450", "2.136", "70.000", "41.450", 21},
    {"L27", 50000, 5, 40, "70.000", "-8.550", "1.000", "70.000", "-8.550", 10},
    {"L28", 900000, 100, 10, "1110.000", "-30.800", "1.000", "1110.000", "-30.800", 10},
};

LegacyInput input_of(const Row& row, bool whole_ms) {
  const std::uint32_t rtt_us = whole_ms ? row.rtt_us / 1000 * 1000 : row.rtt_us;
  return {static_cast<double>(rtt_us), static_cast<double>(row.jitter_ms),
          static_cast<double>(row.loss_percent)};
}

}  // namespace

TEST_CASE("the legacy formula gives what rtpengine gave, exact and in whole numbers") {
  for (const Row& row : rows) {
    CAPTURE(row.id);
    const LegacyInput exact = input_of(row, false);
    CHECK(printed(legacy_effective_latency_ms(exact)) == row.latency);
    CHECK(printed(legacy_r(exact)) == row.r);
    CHECK(printed(legacy_mos(exact)) == row.mos);
    const LegacyInput whole = input_of(row, true);
    CHECK(printed(legacy_effective_latency_ms(whole)) == row.whole_latency);
    CHECK(printed(legacy_r(whole)) == row.whole_r);
    CHECK(legacy_mos_tenths(row.rtt_us, row.jitter_ms, row.loss_percent) == row.tenths);
  }
}

TEST_CASE("a phone's header gives what heplify-server gets from it") {
  // PL=3,1 PR=1522 PS=1433 JI=23,2 DL=20,18,31
  const int loss_percent = 100 * (3 + 1) / (1522 + 1433);
  const LegacyInput in{20'000, 23, static_cast<double>(loss_percent)};
  CHECK(printed(legacy_effective_latency_ms(in)) == "76.000");
  CHECK(printed(legacy_r(in)) == "91.300");
  CHECK(printed(legacy_mos(in)) == "4.370");
}

TEST_CASE("a round trip at the tap gives its latency") {
  CHECK(printed(legacy_effective_latency_ms({65'000, 0, 0})) == "75.000");
}

TEST_CASE("a report block is read in whole numbers") {
  CHECK(legacy_loss_percent(0) == 0);
  CHECK(legacy_loss_percent(2) == 0);
  CHECK(legacy_loss_percent(3) == 1);
  CHECK(legacy_loss_percent(26) == 10);
  CHECK(legacy_loss_percent(255) == 99);
  CHECK(legacy_jitter_ms(160, 8000) == 20U);
  CHECK(legacy_jitter_ms(159, 8000) == 19U);
  CHECK(legacy_jitter_ms(160, 48000) == 3U);
  CHECK(legacy_jitter_ms(160, 0) == std::nullopt);
  CHECK(legacy_jitter_ms(UINT32_MAX, 1) == UINT32_MAX);
}

TEST_CASE("more loss, jitter or round trip never makes the legacy MOS better") {
  double before = 5;
  for (int percent = 0; percent <= 120; ++percent) {
    const double mos = legacy_mos({50'000, 5, static_cast<double>(percent)});
    CHECK(mos <= before);
    before = mos;
  }
  before = 5;
  for (int ms = 0; ms <= 3000; ++ms) {
    const double mos = legacy_mos({ms * 1000.0, 0, 0});
    CHECK(mos <= before);
    CHECK(legacy_mos({0, ms / 2.0, 0}) == Approx(mos));
    before = mos;
  }
}

TEST_CASE("no input makes the legacy MOS anything but a number in its range") {
  const double infinity = std::numeric_limits<double>::infinity();
  const std::vector<double> strange{0, -1, 1e300, -1e300, infinity, -infinity, std::nan("")};
  for (const double a : strange) {
    for (const double b : strange) {
      for (const double c : strange) {
        CAPTURE(a, b, c);
        const double mos = legacy_mos({a, b, c});
        CHECK((mos >= 1 && mos <= 4.5));
      }
    }
  }
  CHECK(legacy_mos({std::nan(""), std::nan(""), std::nan("")}) == legacy_mos({}));
  CHECK(legacy_mos_tenths(UINT64_MAX, UINT32_MAX, UINT32_MAX) == 10);
}
