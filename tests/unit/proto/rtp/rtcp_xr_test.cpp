#include "proto/rtp/rtcp_xr.hpp"

#include <catch2/catch.hpp>

#include "tests/support/hex.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

XrBlockCounts counts_of(std::string_view blocks) {
  const auto bytes = from_hex("11223344" + std::string{blocks});
  const auto report = parse_xr({RtcpType::xr, 207, 0, bytes});
  REQUIRE(report);
  CHECK(report->ssrc == 0x11223344);
  return count_xr_blocks(*report);
}

}  // namespace

TEST_CASE("blocks that nobody knows are skipped and counted") {
  const auto counts = counts_of("63000001 00000001 00000000 08000000 04000002 e1234567 80000000");
  CHECK(counts[XrBlockType::other] == 3);
  CHECK(counts[XrBlockType::reference_time] == 1);
  CHECK_FALSE(counts.is_cut);
}

TEST_CASE("a block that ends beyond its packet takes the rest with it") {
  const auto row = GENERATE(as<std::string_view>{}, "07000008 00000000", "07", "0700ffff 04000002");
  CAPTURE(row);
  const auto counts = counts_of("04000002 e1234567 80000000" + std::string{row});
  CHECK(counts.is_cut);
  CHECK(counts[XrBlockType::reference_time] == 1);
  CHECK(counts[XrBlockType::voip_metrics] == 0);
}

TEST_CASE("a block says its number, whether it is known or not") {
  const auto bytes = from_hex("630a0001 01020304 05400000");
  Bytes rest{bytes};
  const auto unknown = next_xr_block(rest);
  REQUIRE(unknown);
  CHECK(unknown->type == XrBlockType::other);
  CHECK(unknown->number == 99);
  CHECK(unknown->type_specific == 10);
  CHECK(unknown->content.size() == 4);
  const auto empty = next_xr_block(rest);
  REQUIRE(empty);
  CHECK(empty->type == XrBlockType::dlrr);
  CHECK(empty->content.empty());
  CHECK(next_xr_block(rest).error() == Errc::incomplete);
}

TEST_CASE("only an extended report is read as one") {
  const auto source = from_hex("112233");
  CHECK(parse_xr({RtcpType::app, 204, 0, source}).error() == Errc::unsupported);
  CHECK(parse_xr({RtcpType::xr, 207, 0, source}).error() == Errc::malformed);
}
