#include "tests/bench/frame_walker.hpp"

#include <catch2/catch.hpp>
#include <vector>

#include "tests/support/hep_vectors.hpp"
#include "tests/support/hex.hpp"

using namespace heptap;
using heptap::bench::FrameCounts;
using heptap::bench::FrameWalker;

namespace {

std::vector<std::uint8_t> three_frames() {
  auto stream = test::from_hex(test::hep_v1_hex);
  for (const auto hex : {test::hep_v2_hex, test::hep_v3_hex}) {
    const auto frame = test::from_hex(hex);
    stream.insert(stream.end(), frame.begin(), frame.end());
  }
  return stream;
}

}  // namespace

TEST_CASE("any cutting of a stream gives the same frames") {
  const auto stream = three_frames();
  const auto piece_bytes = GENERATE(1U, 2U, 5U, 6U, 7U, 100U, 1000U);
  CAPTURE(piece_bytes);
  FrameCounts counts;
  FrameWalker walker(counts);
  for (Bytes rest = stream; !rest.empty();) {
    const auto piece = rest.first(std::min<std::size_t>(piece_bytes, rest.size()));
    REQUIRE(walker.take(piece));
    rest = rest.subspan(piece.size());
  }
  walker.end();
  CHECK(counts.frames == 3);
  CHECK(counts.bytes == stream.size());
  CHECK(counts.broken == 0);
}

TEST_CASE("a stream that ends within a frame has a broken one") {
  const auto stream = three_frames();
  for (std::size_t size = stream.size() - 133; size < stream.size(); ++size) {
    FrameCounts counts;
    FrameWalker walker(counts);
    REQUIRE(walker.take(Bytes(stream).first(size)));
    walker.end();
    CHECK(counts.frames == 2);
    CHECK(counts.broken == 1);
  }
}

TEST_CASE("what is no frame ends the stream") {
  auto stream = three_frames();
  const auto fault = GENERATE(0U, 3U, 126U, 128U);  // magic of the first and of the second frame
  stream[fault] ^= 0x20U;
  FrameCounts counts;
  FrameWalker walker(counts);
  CHECK_FALSE(walker.take(stream));
  walker.end();
  CHECK(counts.broken == 1);
  CHECK(counts.frames == (fault < 126 ? 0 : 1));
}

TEST_CASE("a length below that of the frame's own start is no frame") {
  const auto start = test::from_hex("48455033 0005 000000");
  CHECK(bench::frame_length(start) == 0);
  CHECK(bench::frame_length(test::from_hex("48455033 0006")) == 6);
  CHECK(bench::frame_length(test::from_hex("48455033 00")) == 0);
}
