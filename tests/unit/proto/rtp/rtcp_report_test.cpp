#include "proto/rtp/rtcp_report.hpp"

#include <catch2/catch.hpp>

#include "tests/support/allocation_counter.hpp"
#include "tests/support/hex.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

ReportBlock with_lost_word(std::string_view word) {
  const auto block =
      from_hex("11223344" + std::string{word} + "00000001 00000002 00000003 00000004");
  Bytes rest{block};
  const auto out = next_report_block(rest);
  REQUIRE(out);
  CHECK(rest.empty());
  return *out;
}

}  // namespace

TEST_CASE("the fraction is the upper byte, the number lost the lower three with their sign") {
  struct Row {
    std::string_view word;
    std::uint8_t fraction;
    std::int32_t lost;
  };
  const auto row = GENERATE(values<Row>({{"00000000", 0, 0},
                                         {"ff000000", 255, 0},
                                         {"00ffffff", 0, -1},
                                         {"1a00000c", 26, 12},
                                         {"007fffff", 0, 8388607},
                                         {"80800000", 128, -8388608}}));
  CAPTURE(row.word);
  const ReportBlock block = with_lost_word(row.word);
  CHECK(block.fraction_lost == row.fraction);
  CHECK(block.cumulative_lost == row.lost);
}

TEST_CASE("a report without sender information is a receiver's, and words behind its blocks stay") {
  const auto datagram = from_hex("80c90002 11223344 01020304");
  Bytes rest{datagram};
  const auto report = parse_rtcp_report(*next_rtcp(rest));
  REQUIRE(report);
  CHECK_FALSE(report->sender);
  CHECK(report->block_count == 0);
  CHECK(report->blocks.empty());
  CHECK(report->extension.size() == 4);
}

TEST_CASE("only reports are read as reports, and only whole ones") {
  const auto body = from_hex("11223344");
  CHECK(parse_rtcp_report({RtcpType::bye, 203, 0, body}).error() == Errc::unsupported);
  CHECK(parse_rtcp_report({RtcpType::sr, 200, 0, body}).error() == Errc::malformed);
  CHECK(parse_rtcp_report({RtcpType::rr, 201, 1, body}).error() == Errc::malformed);
  Bytes cut{body};
  CHECK(next_report_block(cut).error() == Errc::incomplete);
  CHECK(cut.size() == body.size());
}

TEST_CASE("reading a report allocates nothing") {
  const auto body = from_hex("11223344 55667788 00000000 00000000 00000000 00000000 00000000");
  AllocationCounter counter;
  const auto report = parse_rtcp_report({RtcpType::rr, 201, 1, body});
  Bytes rest = report->blocks;
  const bool has_block = next_report_block(rest).ok();
  CHECK(counter.count() == 0);
  CHECK(has_block);
}
