#include "agent/capture/byte_source.hpp"

#include <catch2/catch.hpp>

#include "tests/support/allocation_counter.hpp"
#include "tests/support/memory_stream.hpp"
#include "tests/unit/agent/capture/frames.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

ByteSource source_over(Bytes in, std::size_t step = SIZE_MAX, StreamFailure failure = {}) {
  return ByteSource{std::make_unique<MemoryStream>(in, step, failure)};
}

Buffer copy(Bytes in) { return {in.begin(), in.end()}; }

}  // namespace

TEST_CASE("a window holds what was asked for, however the stream cuts it") {
  const Buffer all = payload(1000, 1);
  const auto step = GENERATE(std::size_t{1}, std::size_t{7}, std::size_t{999}, SIZE_MAX);
  const auto record = GENERATE(std::size_t{1}, std::size_t{3}, std::size_t{250});
  CAPTURE(step, record);
  ByteSource source = source_over(all, step);
  Buffer seen;
  while (source.at_least(record).size() >= record) {
    CHECK(source.offset() == seen.size());
    const Buffer part = copy(source.at_least(record).first(record));
    seen.insert(seen.end(), part.begin(), part.end());
    source.consume(record);
  }
  const Buffer rest = copy(source.at_least(record));
  CHECK(rest.size() == 1000 % record);
  seen.insert(seen.end(), rest.begin(), rest.end());
  CHECK(seen == all);
}

TEST_CASE("a window grows once for a record longer than the buffer, up to its limit") {
  const Buffer all = payload(ByteSource::max_window_bytes + 10, 2);
  ByteSource source = source_over(all, 100'000);
  source.consume(source.at_least(10).first(10).size());
  const Bytes window = source.at_least(ByteSource::max_window_bytes);
  REQUIRE(window.size() == ByteSource::max_window_bytes);
  CHECK(std::equal(window.begin(), window.end(), all.begin() + 10));
}

TEST_CASE("bytes stepped over need no buffer") {
  const Buffer all = payload(3'000'000, 3);
  ByteSource source = source_over(all);
  REQUIRE(source.at_least(1).size() >= 1);
  const AllocationCounter allocations;
  CHECK(source.skip(2'999'999));
  CHECK(allocations.count() == 0);
  CHECK(source.offset() == 2'999'999);
  CHECK(copy(source.at_least(2)) == Buffer{all.back()});
  CHECK_FALSE(source.skip(2));
}

TEST_CASE("what came before a failure is given, and the failure after it") {
  const Buffer all = payload(10, 4);
  ByteSource source = source_over(all, 4, {"Input/output error", 5});
  CHECK(source.at_least(8).size() >= 8);
  CHECK(copy(source.at_least(11)) == all);
  CHECK(source.failure().reason == "Input/output error");
  CHECK(source.failure().error_number == 5);
}
