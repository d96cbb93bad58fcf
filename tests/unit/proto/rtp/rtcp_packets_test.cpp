#include "proto/rtp/rtcp_packets.hpp"

#include <catch2/catch.hpp>

#include "tests/support/hex.hpp"
#include "tests/support/rtcp_text.hpp"

using namespace heptap;
using namespace heptap::test;

TEST_CASE("goodbyes, applications and feedback are read to their end") {
  struct Row {
    const char* why;
    std::string_view hex;
    std::string want;
  };
  const auto row = GENERATE(values<Row>({
      {"two that leave, without a reason", "82cb0002 11223344 55667788", "bye 11223344 55667788\n"},
      {"an empty reason", "81cb0002 11223344 00000000", "bye 11223344\n"},
      {"a reason", "81cb0002 11223344 03627965", "bye 11223344 bye\n"},
      {"a reason longer than the packet", "81cb0002 11223344 04627965", "bye 11223344\n"},
      {"an application without data", "80cc0002 11223344 74657374", "app 11223344 0 test \n"},
      {"three packets asked for again, in two words",
       "81cd0004 11223344 55667788 00010003 ffff0000",
       "rtpfb 1 11223344 55667788\nnack 1 3\nnack 65535 0\n"},
      {"transport-wide feedback, which asks for none", "8fcd0003 11223344 55667788 00010001",
       "rtpfb 15 11223344 55667788\n"},
      {"a full intra request", "84ce0004 11223344 00000000 55667788 01000000",
       "psfb 4 11223344 00000000\n"},
  }));
  CAPTURE(row.why);
  CHECK(rtcp_text(from_hex(row.hex)) == row.want);
}

TEST_CASE("a packet of another type, or cut, is refused") {
  const auto source = from_hex("11223344");
  CHECK(parse_bye({RtcpType::app, 204, 1, source}).error() == Errc::unsupported);
  CHECK(parse_bye({RtcpType::bye, 203, 2, source}).error() == Errc::malformed);
  CHECK(parse_app({RtcpType::bye, 203, 1, source}).error() == Errc::unsupported);
  CHECK(parse_app({RtcpType::app, 204, 1, source}).error() == Errc::malformed);
  CHECK(parse_feedback({RtcpType::sr, 200, 1, source}).error() == Errc::unsupported);
  CHECK(parse_feedback({RtcpType::psfb, 206, 1, source}).error() == Errc::malformed);
}

TEST_CASE("a list that ends in the middle of a word ends there") {
  const auto cut = from_hex("112233");
  Bytes rest{cut};
  CHECK(next_bye_source(rest).error() == Errc::incomplete);
  CHECK(next_generic_nack(rest).error() == Errc::incomplete);
  CHECK(rest.size() == cut.size());
}
