#include "transport/frame_rate.hpp"

#include "tests/unit/transport/peers.hpp"

#include <catch2/catch.hpp>

#include <chrono>

namespace heptap {
namespace {

using namespace std::chrono_literals;
using test::Arrivals;
using test::quick;
using test::send_frames;
using test::Sink;

constexpr FrameRate::Time start{100s};

TEST_CASE("no rate limit allows any number of frames") {
  FrameRate limit(0);
  CHECK_FALSE(limit.is_set());
  CHECK(limit.allowed(start) == UINT64_MAX);
  limit.spend(1'000'000);
  CHECK(limit.allowed(start) == UINT64_MAX);
}

TEST_CASE("a rate limit allows a tenth of a second's frames at once, and then its rate") {
  FrameRate limit(1000);
  CHECK(limit.allowed(start) == 100);
  limit.spend(100);
  CHECK(limit.allowed(start) == 0);
  CHECK(limit.allowed(start + 10ms) == 10);
  limit.spend(10);
  CHECK(limit.allowed(start + 20ms) == 10);
  CHECK(limit.allowed(start + 10s) == 100);
}

TEST_CASE("a rate limit of less than one frame in a tenth of a second still lets one go") {
  FrameRate limit(2);
  CHECK(limit.allowed(start) == 1);
  limit.spend(1);
  CHECK(limit.allowed(start + 499ms) == 0);
  CHECK(limit.allowed(start + 501ms) == 1);
}

TEST_CASE("frames that went unasked are not asked back for") {
  FrameRate limit(1000);
  (void)limit.allowed(start);
  limit.spend(1'000'000);
  CHECK(limit.allowed(start) == 0);
  CHECK(limit.allowed(start + 50ms) == 50);
}

TEST_CASE("a collector gets no more frames a second than it may, and all in the end") {
  const auto carrier = GENERATE(Carrier::udp, Carrier::tcp);
  Arrivals arrivals;
  Sink sink(arrivals, {carrier, "127.0.0.1", 0});
  auto options = quick(sink.endpoint());
  options.frames_per_second = 1000;
  Transport transport({options}, FrameRing::min_bytes, {});
  transport.start();
  const auto begin = std::chrono::steady_clock::now();
  const std::uint32_t count = 600;
  REQUIRE(send_frames(transport, 0, count) == count);
  const auto ledger = transport.drain();
  CHECK(std::chrono::steady_clock::now() - begin >= 450ms);  // the first 100 may go at once
  CHECK(ledger[0].frames.sent == count);
  CHECK(test::eventually([&] { return arrivals.distinct() == count; }));
}

}  // namespace
}  // namespace heptap
