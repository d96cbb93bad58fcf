#include "proto/rtp/sequence.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/support/test_random.hpp"

using namespace heptap;

namespace {

struct Followed {
  RtpSequence sequence;
  BurstGap losses;
  std::string steps;  // a letter for each packet

  Followed& take(const std::vector<unsigned>& numbers) {
    for (const unsigned number : numbers) {
      const auto step = sequence.add(static_cast<std::uint16_t>(number), losses);
      steps += "fcnald?r"[static_cast<std::size_t>(step)];
    }
    return *this;
  }
  Followed& run(unsigned from, unsigned count) {
    for (unsigned i = 0; i < count; ++i) take({from + i});
    return *this;
  }
};

struct Row {
  const char* why;
  std::vector<unsigned> numbers;
  std::string steps;  // first, confirmed, next, ahead, late, duplicate, ? suspect, restarted
  std::uint64_t expected;
  std::uint64_t unique;
  std::uint32_t duplicates;
  std::uint32_t late;
  std::uint32_t suspects;
};

}  // namespace

TEST_CASE("a sequence number is forward, late, seen before or not of the stream") {
  const auto row = GENERATE(values<Row>({
      {"one packet is no stream", {7}, "f", 0, 0, 0, 0, 1},
      {"two are, and both count", {7, 8}, "fc", 2, 2, 0, 0, 0},
      {"a run begins anew where it does not go on", {7, 80, 81}, "ffc", 2, 2, 0, 0, 1},
      {"a loss between the first two", {7, 9, 10}, "fac", 4, 3, 0, 0, 0},
      {"every second packet", {1, 3, 5, 7}, "faca", 7, 4, 0, 0, 0},
      {"every second packet, over a wrap", {65533, 65535, 1, 3}, "faca", 7, 4, 0, 0, 0},
      {"the first two in the wrong order", {8, 7, 9}, "flc", 3, 3, 0, 1, 0},
      {"the third before the first", {8, 10, 7}, "fac", 4, 3, 0, 1, 0},
      {"twice, and not the newest", {8, 10, 8, 10, 11}, "faddc", 4, 3, 2, 0, 0},
      {"three that are far apart", {0, 60, 120}, "faf", 0, 0, 0, 0, 3},
      {"twice before it is a stream", {7, 7, 8, 8}, "fdcd", 2, 2, 2, 0, 0},
      {"wrap", {65534, 65535, 0, 1}, "fcnn", 4, 4, 0, 0, 0},
      {"wrap in the first two", {65535, 0, 1}, "fcn", 3, 3, 0, 0, 0},
      {"loss over a wrap", {65533, 65534, 2}, "fca", 6, 3, 0, 0, 0},
      {"late over a wrap", {65534, 65535, 1, 0}, "fcal", 4, 4, 0, 1, 0},
      {"late, twice", {1, 2, 4, 3, 3}, "fcald", 4, 4, 1, 1, 0},
      {"the newest, twice", {1, 2, 3, 3}, "fcnd", 3, 3, 1, 0, 0},
      {"before the first", {10, 11, 8, 9, 8}, "fclld", 4, 4, 1, 2, 0},
      {"2999 ahead is a loss", {1, 2, 3001}, "fca", 3001, 3, 0, 0, 0},
      {"3000 ahead is not", {1, 2, 3002, 3}, "fc?n", 3, 3, 0, 0, 1},
      {"99 behind is late", {1000, 1001, 902}, "fcl", 100, 3, 0, 1, 0},
      {"100 behind is not", {1000, 1001, 901}, "fc?", 2, 2, 0, 0, 1},
      {"the sender begins again", {1, 2, 30000, 30001, 30002}, "fc?rn", 5, 5, 0, 0, 0},
      {"again, over a wrap", {20000, 20001, 65535, 0, 1}, "fc?rn", 5, 5, 0, 0, 0},
      {"a suspect twice", {1, 2, 30000, 30000}, "fc??", 2, 2, 0, 0, 2},
      {"two suspects in one another do not restart",
       {1, 2, 30000, 3, 30001, 4},
       "fc?n?n",
       4,
       4,
       0,
       0,
       2},
  }));
  CAPTURE(row.why);
  const Followed got = Followed{}.take(row.numbers);
  CHECK(got.steps == row.steps);
  const RtpCounts& counts = got.sequence.counts();
  CHECK(counts.expected == row.expected);
  CHECK(counts.unique == row.unique);
  CHECK(counts.duplicates == row.duplicates);
  CHECK(counts.late == row.late);
  CHECK(counts.suspects == row.suspects);
  CHECK(counts.lost() == row.expected - row.unique);
}

TEST_CASE("the newest number has its wraps in front of it") {
  CHECK(Followed{}.run(65000, 1000).sequence.extended_max() == 0x1'0000U + 463);
  CHECK(Followed{}.take({65535, 0}).sequence.extended_max() == 0x1'0000U);
  CHECK(Followed{}.run(10, 20).run(40000, 5).sequence.extended_max() == 40004);
}

TEST_CASE("a stream of many wraps is followed to its end") {
  const Followed got = Followed{}.run(0, 200'000);
  CHECK(got.sequence.counts().expected == 200'000);
  CHECK(got.sequence.counts().unique == 200'000);
  CHECK(got.sequence.extended_max() == 199'999);
}

TEST_CASE("every number that can be late is told from those seen before") {
  for (unsigned behind = 1; behind < RtpSequence::max_misorder; ++behind) {
    CAPTURE(behind);
    Followed got;
    got.run(1000, 300 - behind).run(1301 - behind, behind).take({1300 - behind, 1300 - behind});
    CHECK(got.sequence.counts().late == 1);
    CHECK(got.sequence.counts().duplicates == 1);
    CHECK(got.sequence.counts().lost() == 0);
  }
}

TEST_CASE("a number is lost for bursts and gaps when it is behind the window") {
  Followed got;
  got.run(1, 10).run(12, 53);
  got.take({11});  // 53 behind
  CHECK(got.sequence.all_losses(got.losses).losses().lost == 0);
  Followed lossy;
  lossy.run(1, 10).run(12, 100);
  CHECK(lossy.losses.losses().lost == 1);
  lossy.run(114, 1);
  CHECK(lossy.losses.losses().lost == 1);
  CHECK(lossy.sequence.all_losses(lossy.losses).losses().lost == 3);
}

TEST_CASE("bursts and gaps have all that is expected, however far the numbers jump") {
  for (const unsigned jump : {1U, 2U, 63U, 64U, 65U, 66U, 127U, 128U, 129U, 2999U}) {
    CAPTURE(jump);
    Followed got;
    got.run(100, 90).take({189 + jump});
    got.run(190 + jump, 70);
    const RtpCounts& counts = got.sequence.counts();
    CHECK(counts.lost() == jump - 1);
    CHECK(got.sequence.all_losses(got.losses).losses().lost == jump - 1);
    CHECK(got.sequence.all_losses(got.losses).losses().runs == (jump > 1 ? 1 : 0));
  }
}

TEST_CASE("what a restart leaves behind is lost or received") {
  Followed got;
  got.run(1, 10).take({12, 13}).run(40000, 3);
  CHECK(got.steps == "fcnnnnnnnnan?rn");
  CHECK(got.sequence.restarts() == 1);
  CHECK(got.losses.losses().lost == 1);
  CHECK(got.sequence.counts().expected == 16);
}

TEST_CASE("loss is a share of what is expected") {
  RtpCounts counts{.expected = 60, .unique = 49};
  CHECK(counts.lost_percent() == Approx(18.333).margin(0.0005));
  CHECK(counts.fraction_lost() == 46);
  CHECK(RtpCounts{}.lost_percent() == 0);
  CHECK(RtpCounts{}.fraction_lost() == 0);
  counts.unique = 0;
  CHECK(counts.fraction_lost() == 255);
  counts.unique = 61;
  CHECK(counts.lost() == 0);
}

namespace {

void check_same(const Followed& one, const RtpCounts& counts, const BurstGap& losses) {
  REQUIRE(counts.expected == one.sequence.counts().expected);
  REQUIRE(counts.unique == one.sequence.counts().unique);
  REQUIRE(counts.duplicates == one.sequence.counts().duplicates);
  REQUIRE(counts.late == one.sequence.counts().late);
  REQUIRE(counts.suspects == one.sequence.counts().suspects);
  const BurstGapFigures want = one.sequence.all_losses(one.losses).figures(counts.expected);
  const BurstGapFigures got = losses.figures(counts.expected);
  REQUIRE(got.bursts == want.bursts);
  REQUIRE(got.gaps == want.gaps);
  REQUIRE(got.burst_packets == want.burst_packets);
  REQUIRE(got.burst_lost == want.burst_lost);
  REQUIRE(got.gap_lost == want.gap_lost);
}

}  // namespace

TEST_CASE("a sequence goes on with a run as if all of it had come there") {
  const unsigned length = GENERATE(0U, 1U, 2U, 3U, 15U, 17U, 63U, 64U, 65U, 66U, 79U, 80U, 81U,
                                   127U, 128U, 129U, 255U, 256U, 257U, 70'000U);
  const unsigned from = GENERATE(0U, 65'400U, 65'535U);
  auto random = test::test_random();
  for (int time = 0; time < 4; ++time) {
    Followed whole;
    RtpRun run;
    for (unsigned i = 0; i < length; ++i) {
      REQUIRE(run.is_next(static_cast<std::uint16_t>(from + i)));
      const auto step = run.add(static_cast<std::uint16_t>(from + i));
      REQUIRE(step == whole.sequence.add(static_cast<std::uint16_t>(from + i), whole.losses));
    }
    Followed joined{RtpSequence(run), run.losses(), {}};
    check_same(whole, run.counts(), joined.sequence.all_losses(joined.losses));
    unsigned next = from + length;
    for (int i = 0; i < 150; ++i) {
      const unsigned odd = static_cast<unsigned>(test::below(random, 12));
      unsigned number = next;
      if (odd == 0) number -= static_cast<unsigned>(test::below(random, 140));
      if (odd == 1) number += static_cast<unsigned>(test::below(random, 90));
      if (odd == 2) number += static_cast<unsigned>(test::below(random, 65'536));
      if (odd == 1 || number == next) next = number + 1;
      whole.take({number});
      joined.take({number});
      REQUIRE(joined.sequence.extended_max() == whole.sequence.extended_max());
      REQUIRE(joined.sequence.restarts() == whole.sequence.restarts());
      check_same(whole, joined.sequence.counts(), joined.sequence.all_losses(joined.losses));
    }
    REQUIRE(joined.steps == whole.steps);
  }
}
