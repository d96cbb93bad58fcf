#include "proto/rtp/emodel.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "tests/unit/proto/rtp/printed.hpp"

using namespace heptap;
using heptap::test::printed;

namespace {

// d, Ppl, Ie, Bpl, BurstR, A -> Id, Ie,eff, R, MOS-CQ, R_LQ, MOS-LQ
struct Narrowband {
  const char* id;
  double delay_ms, loss_percent, ie, bpl, burst_ratio, advantage;
  const char *id_want, *ie_eff, *r, *mos_cq, *r_lq, *mos_lq;
};

constexpr double no_bpl = 0;  // none is published for this codec, and nothing is lost

const std::vector<Narrowband> narrowband{
    {"E01", 0, 0, 0, 25.1, 1, 0, "0.000", "0.000", "93.200", "4.409", "93.200", "4.409"},
    {"E02", 50, 0, 0, 25.1, 1, 0, "1.200", "0.000", "92.000", "4.385", "93.200", "4.409"},
    {"E03", 177.3, 0, 0, 25.1, 1, 0, "4.255", "0.000", "88.945", "4.312", "93.200", "4.409"},
    {"E04", 200, 0, 0, 25.1, 1, 0, "7.297", "0.000", "85.903", "4.226", "93.200", "4.409"},
    {"E05", 400, 0, 0, 25.1, 1, 0, "34.097", "0.000", "59.103", "3.053", "93.200", "4.409"},
    {"E06", 100, 1, 0, 25.1, 1, 0, "2.400", "3.640", "87.160", "4.263", "89.560", "4.328"},
    {"E07", 100, 2, 0, 25.1, 1, 0, "2.400", "7.011", "83.789", "4.159", "86.189", "4.235"},
    {"E08", 100, 2, 0, 25.1, 2, 0, "2.400", "7.280", "83.520", "4.150", "85.920", "4.227"},
    {"E09", 100, 1, 0, 4.3, 1, 0, "2.400", "17.925", "72.875", "3.729", "75.275", "3.834"},
    {"E10", 100, 5, 0, 4.3, 1, 0, "2.400", "51.075", "39.725", "2.051", "42.125", "2.169"},
    {"E11", 50, 0, 11, 19.0, 1, 0, "1.200", "11.000", "81.000", "4.061", "82.200", "4.104"},
    {"E12", 150, 2, 11, 19.0, 1, 0, "3.600", "19.000", "70.600", "3.625", "74.200", "3.787"},
    {"E13", 150, 2, 11, 19.0, 1.5, 0, "3.600", "19.262", "70.338", "3.613", "73.938", "3.776"},
    {"E14", 100, 1, 15, 16.1, 1, 0, "2.400", "19.678", "71.122", "3.649", "73.522", "3.758"},
    {"E15", 120, 3, 5, 10.0, 1, 0, "2.880", "25.769", "64.551", "3.332", "67.431", "3.474"},
    {"E16", 120, 3, 5, 10.0, 1, 10, "2.880", "25.769", "74.551", "3.803", "77.431", "3.923"},
    {"E17", 80, 0, 7, no_bpl, 1, 0, "1.920", "7.000", "84.280", "4.175", "86.200", "4.235"},
    {"E18", 80, 0, 20, no_bpl, 1, 0, "1.920", "20.000", "71.280", "3.656", "73.200", "3.743"},
    {"E19", 60, 3, 11, 32.0, 1, 0, "1.440", "18.200", "73.560", "3.759", "75.000", "3.822"},
    {"E20", 300, 20, 0, 25.1, 1, 0, "20.697", "42.129", "30.374", "1.625", "51.071", "2.631"},
    {"E21", 500, 50, 0, 4.3, 1, 0, "47.497", "87.477", "-41.774", "1.000", "5.723", "1.000"},
    {"E22", 0, 100, 0, 25.1, 1, 0, "0.000", "75.939", "17.261", "1.177", "17.261", "1.177"},
};

// d, Ppl, Ie, Bpl -> Idd, Ie,eff, R, R/1.29, MOS
struct Wideband {
  const char* id;
  double delay_ms, loss_percent, ie, bpl;
  const char *idd, *ie_eff, *r, *narrowband_r, *mos;
};

const std::vector<Wideband> wideband{
    {"W01", 0, 0, 0, no_bpl, "0.000", "0.000", "129.000", "100.000", "4.500"},
    {"W02", 0, 0, 1, no_bpl, "0.000", "1.000", "128.000", "99.225", "4.494"},
    {"W03", 0, 0, 8, no_bpl, "0.000", "8.000", "121.000", "93.798", "4.421"},
    {"W04", 0, 0, 13, no_bpl, "0.000", "13.000", "116.000", "89.922", "4.337"},
    {"W05", 0, 0, 41, no_bpl, "0.000", "41.000", "88.000", "68.217", "3.512"},
    {"W06", 0, 0, 13, no_bpl, "0.000", "13.000", "116.000", "89.922", "4.337"},
    {"W07", 0, 2, 20, 4.3, "0.000", "43.810", "85.190", "66.039", "3.406"},
    {"W08", 0, 1, 10, 4.9, "0.000", "24.407", "104.593", "81.080", "4.064"},
    {"W09", 150, 0, 1, no_bpl, "0.164", "1.000", "127.836", "99.098", "4.493"},
    {"W10", 300, 0, 1, no_bpl, "14.761", "1.000", "113.239", "87.782", "4.281"},
    {"W11", 200, 0, 13, no_bpl, "3.044", "13.000", "112.956", "87.562", "4.275"},
};

// Ta, Ppl -> Id, Ie,eff, R, R/1.48, MOS
struct Fullband {
  const char* id;
  double delay_ms, loss_percent;
  const char *id_want, *ie_eff, *r, *narrowband_r, *mos;
};

const std::vector<Fullband> fullband{
    {"clean", 0, 0, "0.000", "10.200", "137.800", "93.108", "4.408"},
    {"rtt40", 20, 0, "0.000", "10.200", "137.800", "93.108", "4.408"},
    {"rtt40 1%", 25, 1, "0.000", "33.181", "114.819", "77.580", "3.929"},
    {"rtt400 2%", 210, 2, "6.078", "48.867", "93.055", "62.875", "3.248"},
    {"rtt100 5%", 70, 5, "0.000", "75.684", "72.316", "48.862", "2.515"},
    {"rtt600 0%", 300, 0, "21.846", "10.200", "115.954", "78.347", "3.960"},
};

EModelInput input_of(const Narrowband& row) {
  return {Scale::narrowband, row.ie, row.bpl, row.loss_percent, row.burst_ratio, row.advantage};
}

const std::vector<double> strange{0,
                                  -0.0,
                                  -1,
                                  1e-300,
                                  -1e300,
                                  1e300,
                                  std::numeric_limits<double>::infinity(),
                                  -std::numeric_limits<double>::infinity(),
                                  std::numeric_limits<double>::quiet_NaN(),
                                  std::numeric_limits<double>::denorm_min()};

constexpr Scale scales[] = {Scale::narrowband, Scale::wideband, Scale::fullband};

}  // namespace

TEST_CASE("narrowband calls have the R and MOS of the simplified model") {
  for (const Narrowband& row : narrowband) {
    CAPTURE(row.id);
    const EModelInput in = input_of(row);
    CHECK(printed(delay_impairment(in.scale, row.delay_ms)) == row.id_want);
    CHECK(printed(effective_equipment_impairment(in)) == row.ie_eff);
    CHECK(printed(conversational_r(in, row.delay_ms)) == row.r);
    CHECK(printed(mos_of_r(conversational_r(in, row.delay_ms))) == row.mos_cq);
    CHECK(printed(listening_r(in)) == row.r_lq);
    CHECK(printed(mos_of_r(listening_r(in))) == row.mos_lq);
  }
}

TEST_CASE("wideband calls have the R and MOS of the wideband model") {
  for (const Wideband& row : wideband) {
    CAPTURE(row.id);
    const EModelInput in{Scale::wideband, row.ie, row.bpl, row.loss_percent};
    const double r = conversational_r(in, row.delay_ms);
    CHECK(printed(delay_impairment(in.scale, row.delay_ms)) == row.idd);
    CHECK(printed(effective_equipment_impairment(in)) == row.ie_eff);
    CHECK(printed(r) == row.r);
    CHECK(printed(r / 1.29) == row.narrowband_r);
    CHECK(printed(mos_of_r(in.scale, r)) == row.mos);
  }
}

TEST_CASE("fullband calls have the R and MOS that rtpengine gives them") {
  for (const Fullband& row : fullband) {
    CAPTURE(row.id);
    const EModelInput in{Scale::fullband, 10.2, 4.3, row.loss_percent};
    const double r = conversational_r(in, row.delay_ms);
    CHECK(printed(delay_impairment(in.scale, row.delay_ms)) == row.id_want);
    CHECK(printed(effective_equipment_impairment(in)) == row.ie_eff);
    CHECK(printed(r) == row.r);
    CHECK(printed(r / 1.48) == row.narrowband_r);
    CHECK(printed(mos_of_r(in.scale, r)) == row.mos);
  }
}

TEST_CASE("delay impairs by the simple formula and by the full one") {
  struct Row {
    double delay_ms;
    std::string simple, full;
  };
  const auto row = GENERATE(values<Row>({{0, "0.000", "0.000"},
                                         {50, "1.200", "0.000"},
                                         {100, "2.400", "0.000"},
                                         {120, "2.880", "0.001"},
                                         {150, "3.600", "0.164"},
                                         {177.3, "4.255", "1.172"},
                                         {200, "7.297", "3.044"},
                                         {250, "13.997", "8.917"},
                                         {300, "20.697", "14.761"},
                                         {400, "34.097", "24.070"},
                                         {500, "47.497", "30.636"},
                                         {700, "74.297", "38.503"},
                                         {1000, "114.497", "43.790"}}));
  CAPTURE(row.delay_ms);
  CHECK(printed(simple_delay_impairment(row.delay_ms)) == row.simple);
  CHECK(printed(absolute_delay_impairment(row.delay_ms)) == row.full);
}

TEST_CASE("R is MOS by the cubic between its ends") {
  struct Row {
    double r;
    std::string mos;
  };
  const auto row = GENERATE(values<Row>(
      {{-5, "1.000"}, {0, "1.000"},    {5, "1.000"},     {6.515, "1.000"}, {10, "1.035"},
       {20, "1.252"}, {30, "1.609"},   {40, "2.064"},    {50, "2.575"},    {60, "3.100"},
       {65, "3.355"}, {70, "3.597"},   {75, "3.822"},    {80, "4.024"},    {85, "4.198"},
       {90, "4.339"}, {93.2, "4.409"}, {94.77, "4.438"}, {100, "4.500"},   {110, "4.500"}}));
  CAPTURE(row.r);
  CHECK(printed(mos_of_r(row.r)) == row.mos);
}

TEST_CASE("MOS is R by the inverse of the cubic") {
  for (int i = 7000; i < 100'000; i += 7) {
    const double r = i / 1000.0;
    CAPTURE(r);
    REQUIRE(r_of_mos(mos_of_r(r)) == Approx(r).margin(1e-6));
  }
  for (int i = 1001; i < 4500; ++i) {
    const double mos = i / 1000.0;
    CAPTURE(mos);
    REQUIRE(std::abs(mos_of_r(r_of_mos(mos)) - mos) < 1e-12);
  }
}

TEST_CASE("a clean narrowband codec is worse on the wideband scale") {
  CHECK(printed(mos_of_r(Scale::wideband, 93)) == "3.694");
}

TEST_CASE("more loss never makes it better, on any scale") {
  for (const Scale scale : scales) {
    for (const double bpl : {1.0, 4.3, 10.0, 25.1, 40.0}) {
      for (const double burst_ratio : {1.0, 1.3, 2.0, 2.5, 8.0, 100.0}) {
        for (const double ie : {0.0, 5.0, 41.0, 95.0}) {
          double before = 1e9;
          for (int i = 0; i <= 1000; ++i) {
            const EModelInput in{scale, ie, bpl, i / 10.0, burst_ratio};
            const double r = listening_r(in);
            CAPTURE(to_string(scale), bpl, burst_ratio, ie, in.loss_percent);
            REQUIRE(r <= before);
            before = r;
          }
        }
      }
    }
  }
}

TEST_CASE("more delay never makes it better, on any scale") {
  for (const Scale scale : scales) {
    double before = 1e9;
    for (int ms = 0; ms <= 3000; ++ms) {
      const double r = conversational_r({scale}, ms);
      CAPTURE(to_string(scale), ms);
      REQUIRE(r <= before);
      REQUIRE(r <= listening_r({scale}));
      before = r;
    }
  }
}

TEST_CASE("MOS never falls with rising R") {
  double before = 1;
  for (int i = -10'000; i <= 120'000; ++i) {
    const double mos = mos_of_r(i / 1000.0);
    REQUIRE(mos >= before);
    before = mos;
  }
}

TEST_CASE("bursts are worse than random loss, up to their limit") {
  const auto eff = [](double loss, double burst_ratio) {
    return effective_equipment_impairment({Scale::narrowband, 0, 25.1, loss, burst_ratio});
  };
  CHECK(eff(5, 1.5) > eff(5, 1));
  CHECK(eff(5, 3) == eff(5, 2));
  CHECK(eff(1, 3) > eff(1, 2));
  CHECK(eff(5, 0.5) == eff(5, 1));
  CHECK(eff(2, 8) >= eff(1.999, 8));
  CHECK(effective_equipment_impairment({Scale::fullband, 10.2, 4.3, 5, 2}) ==
        effective_equipment_impairment({Scale::fullband, 10.2, 4.3, 5, 1}));
}

TEST_CASE("advantage is for narrowband only, and has an end") {
  CHECK(listening_r({Scale::narrowband, 30, 25.1, 0, 1, 10}) == Approx(73.2));
  CHECK(listening_r({Scale::narrowband, 30, 25.1, 0, 1, 1000}) == Approx(83.2));
  CHECK(listening_r({Scale::wideband, 30, 25.1, 0, 1, 10}) == Approx(99));
}

TEST_CASE("no input makes R or MOS anything but a number in its range") {
  for (const Scale scale : scales) {
    for (const double a : strange) {
      for (const double b : strange) {
        for (const double c : strange) {
          CAPTURE(to_string(scale), a, b, c);
          const double r = conversational_r({scale, a, b, c, a, b}, c);
          REQUIRE(std::isfinite(r));
          REQUIRE(r <= 148);
          const double mos = mos_of_r(scale, a);
          REQUIRE((mos >= 1 && mos <= 4.5));
          REQUIRE((r_of_mos(a) >= 6.5 && r_of_mos(a) <= 100));
        }
      }
    }
  }
}
