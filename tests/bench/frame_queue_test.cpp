#include "tests/bench/frame_queue.hpp"

#include <catch2/catch.hpp>
#include <vector>

using namespace heptap;
using heptap::bench::FrameQueue;

TEST_CASE("frames leave by time, those of one time as they came") {
  FrameQueue queue;
  queue.add(7, {1});
  queue.add(5, {2});
  queue.add(7, {3});
  queue.add(5, {4, 4});
  std::vector<unsigned> order;
  std::int64_t last_ns = 0;
  while (!queue.empty()) {
    const RawFrame frame = queue.next();
    CHECK(frame.time_ns >= last_ns);
    CHECK(frame.wire_bytes == frame.bytes.size());
    last_ns = frame.time_ns;
    order.push_back(frame.bytes[0]);
  }
  CHECK(order == std::vector<unsigned>{2, 4, 1, 3});
  CHECK(last_ns == 7000);
}

TEST_CASE("a frame is due from its own microsecond on") {
  FrameQueue queue;
  CHECK_FALSE(queue.has_until(INT64_MAX));
  queue.add(5, {1});
  CHECK_FALSE(queue.has_until(4));
  CHECK(queue.has_until(5));
}
