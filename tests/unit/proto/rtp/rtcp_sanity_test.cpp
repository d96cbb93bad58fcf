#include "proto/rtp/rtcp_sanity.hpp"

#include <array>
#include <catch2/catch.hpp>

#include "tests/support/hex.hpp"
#include "tests/support/vectors.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

ReportBlock good_block() { return {0xaabbccdd, 26, 12, 75536, 160, 0x3a5bc000, 98304}; }

struct Row {
  const char* why;
  void (*change)(ReportBlock&);
  bool is_plausible;
};

}  // namespace

TEST_CASE("a block is plausible when a receiver can have counted it") {
  const auto row = GENERATE(values<Row>({
      {"as it is", [](ReportBlock&) {}, true},
      {"jitter just below ten seconds", [](ReportBlock& b) { b.jitter = 79'999; }, true},
      {"jitter of ten seconds", [](ReportBlock& b) { b.jitter = 80'000; }, false},
      {"a delay of nine hours", [](ReportBlock& b) { b.delay_since_last_sr = 0x7fffffff; }, true},
      {"a longer one", [](ReportBlock& b) { b.delay_since_last_sr = 0x80000000; }, false},
      {"a delay since nothing", [](ReportBlock& b) { b.last_sr = 0; }, false},
      {"no report, no delay", [](ReportBlock& b) { b.last_sr = b.delay_since_last_sr = 0; }, true},
      {"duplicates", [](ReportBlock& b) { b.cumulative_lost = -3; }, true},
      {"a cycle of them, and losses", [](ReportBlock& b) { b.cumulative_lost = -65'536; }, false},
      {"two cycles lost", [](ReportBlock& b) { b.cumulative_lost = 131'072; }, true},
      {"more lost than sent", [](ReportBlock& b) { b.cumulative_lost = 131'073; }, false},
      {"a stream that nobody saw", [](ReportBlock& b) { b.ssrc = 1; }, false},
  }));
  CAPTURE(row.why);
  const std::array<std::uint32_t, 2> seen{0x11223344, 0xaabbccdd};
  ReportBlock block = good_block();
  row.change(block);
  CHECK(is_plausible(block, {8'000, seen}) == row.is_plausible);
}

TEST_CASE("what is not known is not held against a block") {
  ReportBlock block = good_block();
  block.ssrc = 1;
  block.jitter = 899'999;
  CHECK(is_plausible(block, {}));
  block.jitter = 900'000;
  CHECK_FALSE(is_plausible(block, {}));
}

TEST_CASE("a datagram is as plausible as its least block") {
  const auto all = vectors("rtcp_vectors.json");
  const auto plausible = [&](const char* id) {
    return is_plausible_rtcp(from_hex(all.at(id).as_string()), {});
  };
  CHECK(plausible("R01"));
  CHECK(plausible("R13"));
  CHECK(plausible("R12"));        // has no block of a report
  CHECK_FALSE(plausible("R04"));  // all bits
}

TEST_CASE("two failures in a row are enough, for good") {
  RtcpSuspicion suspicion;
  CHECK(suspicion.add(true));
  CHECK_FALSE(suspicion.add(false));
  CHECK_FALSE(suspicion.is_suspect());
  CHECK(suspicion.add(true));
  CHECK_FALSE(suspicion.add(false));
  CHECK_FALSE(suspicion.add(false));
  CHECK(suspicion.is_suspect());
  for (int i = 0; i < 4; ++i) CHECK_FALSE(suspicion.add(true));
  CHECK(suspicion.is_suspect());
  CHECK_FALSE(suspicion.add(false));
  for (int i = 0; i < 4; ++i) CHECK_FALSE(suspicion.add(true));
  CHECK(suspicion.add(true));
  CHECK_FALSE(suspicion.is_suspect());
}
