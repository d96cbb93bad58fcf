#include "proto/rtp/burst_gap.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <string>

using namespace heptap;

namespace {

std::string times(int count, const std::string& what) {
  std::string out;
  for (int i = 0; i < count; ++i) out += what;
  return out;
}

/// 1: received; 0: lost; X: discarded, which is as bad.
BurstGap walked(const std::string& pattern) {
  BurstGap out;
  for (const char c : pattern) {
    if (c == '1') {
      out.add_received();
    } else {
      out.add_lost(1);
    }
  }
  return out;
}

struct Row {
  const char* id;
  double ptime_ms;
  std::string pattern;
  std::size_t packets;
  std::uint32_t bursts;
  std::uint32_t burst_lost;
  std::uint64_t burst_packets;
  std::uint32_t gap_lost;
  std::uint64_t gap_packets;
  unsigned burst_density;
  unsigned gap_density;
  double burst_ms;
  double gap_ms;
};

std::vector<Row> rows() {
  const auto ones = [](int count) { return std::string(static_cast<std::size_t>(count), '1'); };
  return {
      {"G01: the example of RFC 3611 section 4.7.2", 10,
       "11110111111111111111111X111X1011110111111111111111111X111111111", 63, 1, 4, 12, 2, 51, 85,
       10, 120, 255},
      {"G02: no loss", 20, ones(50), 50, 0, 0, 0, 0, 50, 0, 0, 0, 1000},
      {"G03: one loss alone", 20, ones(20) + "0" + ones(29), 50, 0, 0, 0, 1, 50, 0, 5, 0, 1000},
      {"G04: three in a row", 20, ones(20) + "000" + ones(27), 50, 1, 3, 3, 0, 47, 255, 0, 60, 470},
      {"G05: two, 15 between them", 20, ones(20) + "0" + ones(15) + "0" + ones(20), 57, 1, 2, 17, 0,
       40, 30, 0, 340, 400},
      {"G06: two, 16 between them", 20, ones(20) + "0" + ones(16) + "0" + ones(20), 58, 0, 0, 0, 2,
       58, 0, 8, 0, 1160},
      {"G07: burst, alone, burst", 20,
       ones(20) + "0" + "111" + "0" + "111" + "0" + ones(40) + "0" + ones(40) + "00" + ones(20),
       132, 2, 5, 11, 1, 121, 116, 2, 110, 807},
      {"G08: all lost", 20, "0000000000", 10, 1, 10, 10, 0, 0, 255, 0, 200, 0},
      {"G09: the first", 20, "0" + ones(99), 100, 0, 0, 0, 1, 100, 0, 2, 0, 2000},
      {"G10: one of twenty", 20, times(5, ones(19) + "0"), 100, 0, 0, 0, 5, 100, 0, 12, 0, 2000},
      {"G11: one of ten is one long burst", 20, times(10, ones(9) + "0"), 100, 1, 10, 91, 0, 9, 28,
       0, 1820, 180},
  };
}

}  // namespace

TEST_CASE("losses are split into bursts and gaps as RFC 3611 defines them") {
  for (const Row& row : rows()) {
    CAPTURE(row.id);
    CHECK(row.pattern.size() == row.packets);
    const BurstGapFigures got = walked(row.pattern).figures(row.packets);
    CHECK(got.bursts == row.bursts);
    CHECK(got.burst_lost == row.burst_lost);
    CHECK(got.burst_packets == row.burst_packets);
    CHECK(got.gap_lost == row.gap_lost);
    CHECK(got.gap_packets == row.gap_packets);
    CHECK(got.burst_density == row.burst_density);
    CHECK(got.gap_density == row.gap_density);
    CHECK(std::round(got.mean_burst_ms(row.ptime_ms)) == row.burst_ms);
    CHECK(std::round(got.mean_gap_ms(row.ptime_ms)) == row.gap_ms);
  }
}

TEST_CASE("the sum of gaps is told beside their mean") {
  const Row row = rows().front();
  const BurstGapFigures got = walked(row.pattern).figures(row.packets);
  CHECK(got.gaps == 2);
  CHECK(got.total_gap_ms(10) == 510);
  CHECK(got.total_burst_ms(10) == 120);
}

TEST_CASE("losses come one by one or many at once") {
  BurstGap at_once;
  at_once.add_received();
  at_once.add_lost(3);
  at_once.add_lost(0);
  at_once.add_received();
  const BurstGapFigures got = at_once.figures(5);
  CHECK(got.bursts == 1);
  CHECK(got.burst_packets == 3);
  CHECK(at_once.losses().runs == walked("10001").losses().runs);
}

TEST_CASE("a burst may end where the stream ends, or go on when it does") {
  BurstGap stream = walked("1111100");
  CHECK(stream.figures(7).gaps == 1);
  CHECK(stream.figures(7).bursts == 1);
  stream.add_lost(1);
  CHECK(stream.figures(8).bursts == 1);
  CHECK(stream.figures(8).burst_packets == 3);
}

TEST_CASE("the burst ratio compares runs of losses with those of random loss") {
  struct Ratio {
    LossRuns losses;
    std::uint64_t expected;
    double want;
  };
  // The last two: 2 % after a packet received, and after a lost one 2 % or 50 %.
  const auto row = GENERATE(values<Ratio>({
      {{0, 0}, 0, 1},
      {{4, 1}, 100, 1},
      {{5, 5}, 100, 1},
      {{10, 2}, 100, 4.5},
      {{100, 1}, 100, 1},
      {{200, 1}, 100, 1},
      {{200, 196}, 10000, 1.0},
      {{1000, 500}, 26000, 1.923},
  }));
  CHECK(row.losses.burst_ratio(row.expected) == Approx(row.want).margin(0.0005));
}

TEST_CASE("losses of a period are those since the last one") {
  BurstGap stream = walked("1001");
  CHECK(stream.take_losses().lost == 2);
  CHECK(stream.take_losses().runs == 0);
  stream.add_lost(1);
  const LossRuns period = stream.take_losses();
  CHECK(period.lost == 1);
  CHECK(period.runs == 1);
  CHECK(stream.losses().lost == 3);
}

TEST_CASE("more losses than can be counted stay at the end of the count") {
  BurstGap stream;
  stream.add_lost(std::numeric_limits<std::uint32_t>::max());
  stream.add_lost(5);
  const BurstGapFigures got = stream.figures(7);
  CHECK(got.burst_packets == 7);
  CHECK(got.gap_packets == 0);
  CHECK(got.gaps == 0);
  CHECK(got.burst_density == 255);
  CHECK(std::isfinite(got.mean_gap_ms(20)));
}
