#include "proto/rtp/rtcp.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

#include "tests/support/allocation_counter.hpp"
#include "tests/support/hex.hpp"

using namespace heptap;
using heptap::test::from_hex;

namespace {

using Datagram = std::vector<std::uint8_t>;

struct Vector {
  const char* id;  // R: right, B: bad in some way
  const char* why;
  std::string_view hex;
  std::string_view want = {};  // what counted() gives
};

// B05 and B06 are bad only to those that want a report in front, or look into blocks. R14 is right,
// though tshark 4.0 takes its padding for an extension and says malformed.
const std::vector<Vector> vectors{
    {"R01", "sender report with a block and a description",
     "81c8000c11223344e12345678000000000013880000001f400013880aabbccdd1a00000c00012710000000a0"
     "3a5bc0000001800081ca000611223344010e616c6963654031302e302e302e3100000000",
     "sr 1 sdes 1"},
    {"R02", "receiver report that has lost less than nothing",
     "81c90007556677881122334400fffffd0000ffff000000080000000000000000", "rr 1"},
    {"R03", "receiver report without a block and a description",
     "80c900015566778881ca0007556677880103626f62060d536f667450686f6e6520312e3000000000",
     "rr 1 sdes 1"},
    {"R04", "sender report with two blocks of extreme values",
     "82c8001201020304da8bd1fc40000000ffffffffffffffff7fffffff0a0b0c0dff7fffffffffffffffffffff"
     "ffffffffffffffff0a0b0c0e8080000000000000000000000000000100000001",
     "sr 1"},
    {"R05", "receiver report of RFC 3550's figure 2",
     "81c900071122334455667788000000000000006400000000b705200000054000", "rr 1"},
    {"R06", "goodbye with a reason", "80c900011122334481cb0003112233440668616e67757000",
     "rr 1 bye 1"},
    {"R07", "application packet alone", "85cc0003112233447465737400010203", "app 1"},
    {"R08", "negative acknowledgement alone", "81cd0003112233445566778803e80005", "rtpfb 1"},
    {"R09", "picture loss indication alone", "81ce00021122334455667788", "psfb 1"},
    {"R10", "extended report behind a receiver report",
     "81c9000711223344556677880500000a0001000a00000050000000000000000080cf000a1122334407000008"
     "5566778805024400007814500078003cecba37105b7f2b2abe000028003c012c",
     "rr 1 xr 1"},
    {"R11", "extended report alone, all unavailable",
     "80cf000a1122334407000008556677880000000000000000000000007f7f7f107f7f7f7f0000000000000000",
     "xr 1"},
    {"R12", "extended report with blocks 1 to 7",
     "80cf002d11223344010000045566778800640091fdff400fffff0000020100035566778800640082400f0000"
     "030000055566778800c800cb00001f4000001fe00000208204000002e1234567800000000500000655667788"
     "456780000001000099aabbcc000000000000000006e80009556677880064044c000000070000000200000000"
     "0000014000000028000000193a403d0107000008556677880d03c80200f0129800550028eebc3c104e7f2624"
     "ff00003c005000c8",
     "xr 1"},
    {"R13", "two receiver reports and a description",
     "81c900071122334455667788000000000000003200000000000000000000000081c900071122334499aabbcc"
     "400000070000003c00000190000000000000000081ca00021122334401017800",
     "rr 2 sdes 1"},
    {"R14", "receiver report with padding",
     "a1c90008112233445566778801000001000000c800000010000000000000000000000004", "rr 1"},
    {"R15", "extended report with an unknown block",
     "80cf000611223344630000010000000104000002e123456780000000", "xr 1"},
    {"B01", "version 1", "40c80006000000000000000000000000000000000000000000000000", "malformed"},
    {"B02", "cut inside the first packet",
     "81c8000c11223344e12345678000000000013880000001f400013880aabbccdd1a00000c00012710",
     "incomplete"},
    {"B03", "four bytes shorter than the header says",
     "81c90007000000010000000000000000000000000000000000000000", "incomplete"},
    {"B04", "padding in the first of two packets", "a0c900010000000180c9000100000002", "malformed"},
    {"B05", "description without a source, alone (reduced size)", "80ca000100000001", "sdes 1"},
    {"B06", "block longer than its packet: for the reader of blocks",
     "80cf0003000000010700000800000000", "xr 1"},
    {"B07", "payload type 8: RTP", "8008000100000001", "malformed"},
    {"B08", "two bytes shorter than the header says",
     "81c900070000000000000000000000000000000000000000000000000000", "incomplete"},
};

// R01 and R02 after AES-CM with HMAC-SHA1 and the keys of RFC 3711 section B.3.
const std::vector<Vector> encrypted_vectors{
    {"S01", "encrypted, 80 bit tag",
     "81c8000c112233446e4fe0dafd7b1c4c46dd2311b9beaeef0b6d5808af42a6bbde4bfc789bdf426632060a01"
     "bfed3ad07cd39af23f16393008b4d916e084d6bbf85fc20552a7e9710fce8678abd6c905800000013c47e646"
     "aec87fd8c625"},
    {"S02", "receiver report, index 2",
     "81c9000755667788f892fa426ef6e14f0fc075ec4d6496f7e345d19d3fe2180680000002e7a835bfb9e3e2ce"
     "9646"},
    {"S03", "not encrypted, only authenticated",
     "81c8000c11223344e12345678000000000013880000001f400013880aabbccdd1a00000c00012710000000a0"
     "3a5bc0000001800081ca000611223344010e616c6963654031302e302e302e310000000000000003d4af6c39"
     "97eb1bbb23c6"},
    {"S04", "32 bit tag: the size alone would fit RTCP",
     "81c9000755667788672f10de38eb91855af6013d071c490c240a49b16ba88a9580000004dfc7029e"},
    {"S05", "key identifier of four bytes",
     "81c9000755667788c6b067465bb327d1ed3f0c2a30065fd0059b10169219f761800000050000000160dce44d"
     "10034b1c4ec6"},
};

// "sr 1 sdes 1", or the error.
std::string counted(Bytes in) {
  const Result<RtcpCounts> counts = count_rtcp(in);
  if (!counts) return std::string{to_string(counts.error())};
  std::string text;
  for (int i = 0; i < static_cast<int>(RtcpType::count_); ++i) {
    const auto type = static_cast<RtcpType>(i);
    if ((*counts)[type] == 0) continue;
    if (!text.empty()) text += ' ';
    text += std::string{to_string(type)} + ' ' + std::to_string((*counts)[type]);
  }
  return text;
}

bool is_good(const Vector& vector) {
  return vector.want != "malformed" && vector.want != "incomplete";
}

// Where the packets of a good datagram end.
std::vector<std::size_t> packet_ends(Bytes in) {
  std::vector<std::size_t> ends;
  Bytes rest = in;
  while (!rest.empty()) {
    REQUIRE(next_rtcp(rest));
    ends.push_back(in.size() - rest.size());
  }
  return ends;
}

}  // namespace

TEST_CASE("every packet of a compound is counted, and a datagram that is not exact has none") {
  for (const Vector& row : vectors) {
    CAPTURE(row.id, row.why);
    CHECK(counted(from_hex(row.hex)) == row.want);
  }
}

TEST_CASE("what walks looks like RTCP in its first bytes") {
  for (const Vector& row : vectors) {
    CAPTURE(row.id, row.why);
    if (is_good(row)) CHECK(looks_like_rtcp(from_hex(row.hex)));
  }
}

TEST_CASE("each packet is held against the five bits of its count") {
  struct Row {
    const char* why;
    std::string_view hex;
    std::string_view want;
  };
  const auto row = GENERATE(values<Row>({
      {"sender report without its times", "80c80001 11223344", "malformed"},
      {"sender report whose block is not there",
       "81c80006 11223344 00000000 00000000 00000000 00000000 00000000", "malformed"},
      {"sender report with words of a profile behind",
       "80c80007 11223344 00000000 00000000 00000000 00000000 00000000 01020304", "sr 1"},
      {"receiver report whose second block is not there",
       "82c90007 11223344 00000000 00000000 00000000 00000000 00000000 00000000", "malformed"},
      {"description of two sources that has one", "82ca0001 11223344", "malformed"},
      {"description that leaves out its last zero", "81ca0002 11223344 01026162", "sdes 1"},
      {"goodbye of nobody", "80c90001 11223344 80cb0000", "rr 1 bye 1"},
      {"goodbye of two, one named", "82cb0001 11223344", "malformed"},
      {"application packet without a name", "80cc0001 11223344", "malformed"},
      {"transport feedback without its media", "81cd0001 11223344", "malformed"},
      {"payload feedback without its media", "81ce0001 11223344", "malformed"},
      {"extended report without a block", "80cf0001 11223344", "xr 1"},
      {"types that few know, in the middle",
       "80c90001 11223344 80c30001 11223344 80d00000 81cb0001 11223344", "rr 1 bye 1 other 2"},
      {"a type beyond those of RTCP, in the middle", "80c90001 11223344 80e00001 11223344",
       "malformed"},
      {"H.261's own types in front", "80c00001 11223344", "malformed"},
      {"a newer type in front", "80d10001 11223344", "malformed"},
      {"another version behind", "80c90001 11223344 40c90001 11223344", "malformed"},
      {"a report of nobody", "80c90000", "malformed"},
      {"a goodbye of nobody in front", "80cb0000 80c90001 11223344", "malformed"},
      {"nothing", "", "incomplete"},
  }));
  CAPTURE(row.why);
  CHECK(counted(from_hex(row.hex)) == row.want);
}

TEST_CASE("padding is that of the last packet and does not count as body") {
  struct Row {
    const char* why;
    std::string_view hex;
    std::string_view want;
  };
  const auto row = GENERATE(values<Row>({
      {"eight bytes", "a0c90003 11223344 00000000 00000008", "rr 1"},
      {"all of a body that has nothing to hold", "80c90001 11223344 a0cb0001 00000004",
       "rr 1 bye 1"},
      {"the source as well", "a0c90003 11223344 00000000 0000000c", "malformed"},
      {"more than there is", "a0c90003 11223344 00000000 00000010", "malformed"},
      {"none", "a0c90003 11223344 00000000 00000000", "malformed"},
      {"not whole words", "a0c90003 11223344 00000000 00000006", "malformed"},
      {"a body of nothing", "80c90001 11223344 a0cb0000", "malformed"},
      {"a report block that is padding",
       "a1c90007 11223344 0000 0000 00000000 00000000 00000000 "
       "00000000 00000004",
       "malformed"},
  }));
  CAPTURE(row.why);
  CHECK(counted(from_hex(row.hex)) == row.want);
}

TEST_CASE("a datagram that was cut is incomplete wherever no packet ends") {
  for (const Vector& row : vectors) {
    if (!is_good(row)) continue;
    CAPTURE(row.id);
    const Datagram whole = from_hex(row.hex);
    const auto ends = packet_ends(whole);
    for (std::size_t size = 0; size < whole.size(); ++size) {
      CAPTURE(size);
      // A block of exactly this size, so that asan sees a read beyond it.
      const Datagram cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      if (std::find(ends.begin(), ends.end(), size) != ends.end()) continue;
      CHECK(counted(cut) == "incomplete");
    }
  }
}

TEST_CASE("packets are taken off a compound one by one, without their padding") {
  const Datagram compound =
      from_hex("80c90001 11223344 85cc0004 11223344 74657374 00010203 00000004");
  Datagram padded = compound;
  padded[8] |= 0x20U;
  Bytes rest{padded};
  const auto report = next_rtcp(rest);
  REQUIRE(report);
  CHECK(report->type == RtcpType::rr);
  CHECK(report->body.size() == 4);
  const auto app = next_rtcp(rest);
  REQUIRE(app);
  CHECK(app->type == RtcpType::app);
  CHECK(app->payload_type == 204);
  CHECK(app->count == 5);
  CHECK(as_text(app->body).substr(4, 4) == "test");
  CHECK(app->body.size() == 12);
  CHECK(rest.empty());
  CHECK(next_rtcp(rest).error() == Errc::incomplete);
}

TEST_CASE("an error leaves the compound as it was") {
  const Datagram bad = from_hex("40c90001 11223344");
  Bytes rest{bad};
  CHECK(next_rtcp(rest).error() == Errc::malformed);
  CHECK(rest.size() == bad.size());
}

TEST_CASE("the first bytes decide what can be RTCP") {
  struct Row {
    const char* why;
    std::string_view hex;
    bool want;
  };
  const auto row = GENERATE(values<Row>({
      {"sender report, of which the rest does not matter", "81c80001 11223344 ff", true},
      {"extended report", "80cf0001 11223344", true},
      {"version 1", "40c90001 11223344", false},
      {"version 3", "c0c90001 11223344", false},
      {"type 199", "80c70001 11223344", false},
      {"type 208", "80d00001 11223344", false},
      {"no source", "80c90000 11223344", false},
      {"longer than the datagram", "80c90002 11223344", false},
      {"cut in its source", "80c90001 112233", false},
      {"RTP, 0, no marker", "80000001 11223344 55667788", false},
      {"RTP, 72, marker: what made 64 to 95 forbidden", "80c80001 11223344 55667788", true},
  }));
  CAPTURE(row.why);
  CHECK(looks_like_rtcp(from_hex(row.hex)) == row.want);
}

TEST_CASE("encrypted RTCP looks like RTCP and does not walk") {
  for (const Vector& row : encrypted_vectors) {
    CAPTURE(row.id, row.why);
    const Datagram in = from_hex(row.hex);
    CHECK(looks_like_rtcp(in));
    CHECK_FALSE(count_rtcp(in));
  }
}

TEST_CASE("a walk allocates nothing") {
  const Datagram good = from_hex(vectors.front().hex);
  const Datagram encrypted = from_hex(encrypted_vectors.front().hex);
  test::AllocationCounter counter;
  const bool walks = count_rtcp(good).ok() && !count_rtcp(encrypted).ok();
  CHECK(counter.count() == 0);
  CHECK(walks);
}
