#include "proto/rtp/rtp.hpp"

#include <catch2/catch.hpp>

#include "tests/support/allocation_counter.hpp"
#include "tests/support/hex.hpp"

using namespace heptap;
using heptap::test::from_hex;

namespace {

// Padding, an extension of one word, two contributing sources, marker, payload type 8.
constexpr std::string_view full_hex =
    "b288 03e8 00003e80 deadbeef 00000001 00000002 bede0001 10ab0000 d5d5d5d5 00000004";

}  // namespace

TEST_CASE("every field of an RTP header is read") {
  const auto bytes = from_hex(full_hex);
  const auto rtp = parse_rtp(bytes);
  REQUIRE(rtp);
  CHECK(rtp->marker);
  CHECK(rtp->payload_type == 8);
  CHECK(rtp->sequence == 1000);
  CHECK(rtp->timestamp == 16000);
  CHECK(rtp->ssrc == 0xdeadbeef);
  CHECK(rtp->csrc_count == 2);
  CHECK(rtp->has_extension);
  CHECK(rtp->extension_profile == 0xbede);
  CHECK(rtp->extension.size() == 4);
  CHECK(rtp->has_padding);
  CHECK(rtp->payload.size() == 4);
  CHECK(rtp->payload.data() == bytes.data() + 28);
}

TEST_CASE("RTP that was cut inside its header is incomplete, behind it is not") {
  const auto whole = from_hex(full_hex);
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    CAPTURE(size);
    // A block of exactly this size, so that asan sees a read beyond it.
    const std::vector<std::uint8_t> cut(whole.begin(),
                                        whole.begin() + static_cast<std::ptrdiff_t>(size));
    CHECK(parse_rtp(cut).ok() == (size >= 28));
    if (size < 28) CHECK(parse_rtp(cut).error() == Errc::incomplete);
    CHECK(looks_like_rtp(cut) == (size >= 28));
  }
}

TEST_CASE("what can be RTP is told by its header") {
  struct Row {
    const char* why;
    std::string_view hex;
    bool want;
  };
  const auto row = GENERATE(values<Row>({
      {"a header and nothing more", "80000001 11223344 55667788", true},
      {"version 1", "40000001 11223344 55667788", false},
      {"version 3", "c0000001 11223344 55667788", false},
      {"payload type 63", "803f0001 11223344 55667788", true},
      {"payload type 64", "80400001 11223344 55667788", false},
      {"payload type 72 with the marker: a sender report", "80c80001 11223344 55667788", false},
      {"payload type 95", "805f0001 11223344 55667788", false},
      {"payload type 96", "80600001 11223344 55667788", true},
      {"payload type 127 with the marker", "80ff0001 11223344 55667788", true},
      {"a source that is not there", "81000001 11223344 55667788", false},
      {"an extension that is not there", "90000001 11223344 55667788 bede", false},
      {"an extension of nothing", "90000001 11223344 55667788 bede0000", true},
      {"an extension longer than the datagram", "90000001 11223344 55667788 bede0001 aabbcc",
       false},
  }));
  CAPTURE(row.why);
  CHECK(looks_like_rtp(from_hex(row.hex)) == row.want);
}

TEST_CASE("padding is taken off where its count can be right") {
  struct Row {
    const char* why;
    std::string_view payload;
    std::size_t want_bytes;
  };
  const auto row = GENERATE(values<Row>({
      {"all of the payload", "00000004", 0},
      {"one byte", "aabbcc01", 3},
      {"more than there is", "aabbcc05", 4},
      {"none", "aabbcc00", 4},
      {"cut off", "", 0},
  }));
  CAPTURE(row.why);
  const auto bytes = from_hex("a0000001 11223344 55667788" + std::string(row.payload));
  const auto rtp = parse_rtp(bytes);
  REQUIRE(rtp);
  CHECK(rtp->payload.size() == row.want_bytes);
}

TEST_CASE("an RTP header is read without allocating") {
  const auto bytes = from_hex(full_hex);
  test::AllocationCounter counter;
  const bool is_rtp = parse_rtp(bytes).ok() && looks_like_rtp(bytes);
  CHECK(counter.count() == 0);
  CHECK(is_rtp);
}
