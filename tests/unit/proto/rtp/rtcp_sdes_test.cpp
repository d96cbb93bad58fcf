#include "proto/rtp/rtcp_sdes.hpp"

#include <catch2/catch.hpp>

#include "tests/support/hex.hpp"
#include "tests/support/rtcp_text.hpp"

using namespace heptap;
using namespace heptap::test;

TEST_CASE("chunks of a description end with a zero and a word") {
  struct Row {
    const char* why;
    std::string_view hex;
    std::string want;
  };
  const auto row = GENERATE(values<Row>({
      {"one item, one zero", "81ca0002 11223344 01016100", "sdes\nchunk 11223344\nitem 1 a\n"},
      {"an item that fills its word has a word of zeroes behind it",
       "81ca0003 11223344 01026162 00000000", "sdes\nchunk 11223344\nitem 1 ab\n"},
      {"two sources", "82ca0006 11223344 01026162 00000000 55667788 06016300 00000000",
       "sdes\nchunk 11223344\nitem 1 ab\nchunk 55667788\nitem 6 c\n"},
      {"an empty text", "81ca0002 11223344 01000000", "sdes\nchunk 11223344\nitem 1 \n"},
      {"a source without items", "81ca0002 11223344 00000000", "sdes\nchunk 11223344\n"},
      {"no zero at the end of the body", "81ca0002 11223344 01026162",
       "sdes\nchunk 11223344\nitem 1 ab\n"},
      {"an item longer than the body", "81ca0002 11223344 01ff6162", "sdes\nmalformed\n"},
      {"an item without its length", "81ca0003 11223344 01056162 63646501", "sdes\nmalformed\n"},
      {"a second source that is not there", "82ca0003 11223344 01056162 63646500",
       "sdes\nchunk 11223344\nitem 1 abcde\nincomplete\n"},
  }));
  CAPTURE(row.why);
  CHECK(rtcp_text(from_hex(row.hex)) == row.want);
}

TEST_CASE("a chunk that is damaged stays where it is") {
  const auto damaged = from_hex("11223344 01ff6162");
  Bytes rest{damaged};
  CHECK(next_sdes_chunk(rest).error() == Errc::malformed);
  CHECK(rest.size() == damaged.size());
  Bytes items = Bytes{damaged}.subspan(4);
  CHECK(next_sdes_item(items).error() == Errc::incomplete);
  CHECK(items.size() == 4);
}
