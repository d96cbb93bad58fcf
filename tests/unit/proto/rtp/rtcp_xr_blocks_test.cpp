#include "proto/rtp/rtcp_xr_blocks.hpp"

#include <catch2/catch.hpp>

#include "tests/support/hex.hpp"
#include "tests/support/rtcp_text.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

std::string text_of_block(std::string_view block) {
  auto packet = from_hex("80cf0000 11223344" + std::string{block});
  packet[3] = static_cast<std::uint8_t>(packet.size() / 4 - 1);
  const std::string text = rtcp_text(packet);
  return text.substr(text.find('\n') + 1);  // behind "xr 11223344"
}

}  // namespace

TEST_CASE("the blocks of RFC 3611 say what their bits mean") {
  struct Row {
    const char* why;
    std::string_view hex;
    std::string want;
  };
  const auto row = GENERATE(values<Row>({
      {"runs of lost packets and of others, and the end",
       "01f30004 55667788 00640091 000f4001 00000000", "1 55667788 100 145 3\nrun 15 0\nrun 1 1\n"},
      {"a vector of one packet", "02000003 55667788 00640091 c0000000",
       "2 55667788 100 145 0\nvector 00004000\n"},
      {"sequence numbers that wrap", "03000003 55667788 ffff0000 00000007",
       "3 55667788 65535 0 0\ntime 7\n"},
      {"statistics of which none is flagged",
       "06000009 55667788 00640091 00000007 00000002 00000000 00000140 00000028 00000019 3a403d01",
       "6 55667788 100 145 - -\n"},
      {"statistics of losses, and hops of IPv6",
       "06900009 55667788 00640091 00000007 00000002 00000000 00000140 00000028 00000019 3a403d01",
       "6 55667788 100 145 7 -\nhops 58 64 61 1\n"},
      {"the fourth kind of hops is none",
       "06780009 55667788 00640091 00000007 00000002 00000000 00000140 00000028 00000019 3a403d01",
       "6 55667788 100 145 - 2\njitter 0 320 40 25\n"},
      {"answers of which the last is cut", "05000004 55667788 00000001 00000002 99aabbcc",
       "5\nanswer 55667788 00000001 2\n"},
      {"an answer to nobody", "05000000", "5\n"},
      {"losses without their range", "01000001 55667788", "malformed\n"},
      {"half a time", "04000001 e1234567", "malformed\n"},
      {"statistics without hops",
       "06e00008 55667788 00640091 00000007 00000002 00000000 00000140 "
       "00000028 00000019",
       "malformed\n"},
  }));
  CAPTURE(row.why);
  CHECK(text_of_block(row.hex) == row.want);
}

TEST_CASE("a block is read only as what it is") {
  const XrBlockView unknown;
  CHECK(parse_xr_range(unknown).error() == Errc::unsupported);
  CHECK(parse_xr_reference_time(unknown).error() == Errc::unsupported);
  CHECK(parse_xr_statistics(unknown).error() == Errc::unsupported);
}
