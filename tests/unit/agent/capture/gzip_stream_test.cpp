#include "agent/capture/gzip_stream.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/agent/capture/frames.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

struct Inflated {
  Buffer bytes;
  StreamFailure failure;
  std::uint64_t file_bytes = 0;
};

Inflated inflate_all(Bytes gzip, std::size_t step = SIZE_MAX, std::size_t into = 5000) {
  GzipStream stream{ByteSource{std::make_unique<MemoryStream>(gzip, step)}};
  Inflated all;
  Buffer part(into);
  while (const std::size_t count = stream.read_some(part)) {
    all.bytes.insert(all.bytes.end(), part.begin(),
                     part.begin() + static_cast<std::ptrdiff_t>(count));
  }
  CHECK(stream.read_some(part) == 0);
  all.failure = stream.failure();
  all.file_bytes = stream.file_bytes();
  return all;
}

const Buffer plain = payload(40'000, 1);

}  // namespace

TEST_CASE("gzip data is inflated, however it is cut on either side") {
  const auto step = GENERATE(std::size_t{1}, std::size_t{17}, SIZE_MAX);
  const auto into = GENERATE(std::size_t{1}, std::size_t{333}, std::size_t{100'000});
  CAPTURE(step, into);
  const Buffer gzip = gzipped(plain);
  CHECK(is_gzip(gzip));
  const Inflated all = inflate_all(gzip, step, into);
  CHECK(all.bytes == plain);
  CHECK_FALSE(all.failure);
  CHECK(all.file_bytes == gzip.size());
}

TEST_CASE("members follow each other, empty ones and padding between") {
  const Bytes whole{plain};
  Buffer gzip = gzipped(whole.first(10'000));
  gzip = joined(gzip, gzipped({}));
  gzip = joined(gzip, Buffer(512, 0));
  gzip = joined(gzip, gzipped(whole.subspan(10'000)));
  gzip = joined(gzip, Buffer(3, 0));
  const auto step = GENERATE(std::size_t{1}, std::size_t{100}, SIZE_MAX);
  const Inflated all = inflate_all(gzip, step);
  CHECK(all.bytes == plain);
  CHECK_FALSE(all.failure);
}

TEST_CASE("every prefix of gzip data gives a prefix of what it holds, and says that it is cut") {
  const Buffer gzip = gzipped(Bytes{plain}.first(2000));
  for (std::size_t size = 0; size < gzip.size(); ++size) {
    CAPTURE(size);
    const Inflated all = inflate_all(Bytes{gzip}.first(size));
    CHECK(all.failure.reason == "gzip data is cut short");
    REQUIRE(all.bytes.size() <= 2000);
    CHECK(std::equal(all.bytes.begin(), all.bytes.end(), plain.begin()));
  }
}

TEST_CASE("what is wrong behind the data leaves the data") {
  Buffer gzip = gzipped(plain);
  SECTION("a wrong checksum") {
    gzip[gzip.size() - 6] ^= 1;
    const Inflated all = inflate_all(gzip);
    CHECK(all.bytes == plain);
    CHECK(all.failure.reason == "gzip data is corrupt");
  }
  SECTION("something else") {
    gzip = joined(gzip, payload(100, 5));
    const Inflated all = inflate_all(gzip);
    CHECK(all.bytes == plain);
    CHECK(all.failure.reason == "what follows the gzip data is not gzip");
  }
}

TEST_CASE("a failure below is the failure above") {
  const Buffer gzip = gzipped(plain);
  const StreamFailure failure{"Input/output error", 5};
  GzipStream stream{
      ByteSource{std::make_unique<MemoryStream>(Bytes{gzip}.first(100), SIZE_MAX, failure)}};
  Buffer part(100'000);
  while (stream.read_some(part) != 0) {
  }
  CHECK(stream.failure().reason == failure.reason);
  CHECK(stream.failure().error_number == 5);
}
