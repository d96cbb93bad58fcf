#include "transport/transport.hpp"

#include "tests/support/allocation_counter.hpp"
#include "tests/unit/transport/peers.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace heptap {
namespace {

using std::chrono::milliseconds;
using test::Arrivals;
using test::quick;
using test::RawPeer;
using test::send_frames;
using test::Sink;

constexpr std::size_t small_ring = FrameRing::min_bytes;

TEST_CASE("each collector gets the frames that name it, and no others") {
  Arrivals first;
  Arrivals second;
  Sink sink1(first);
  Sink sink2(second);
  RawPeer absent;
  auto gives_up = quick(absent.endpoint());
  gives_up.give_up_after = milliseconds(30);
  Transport transport({quick(sink1.endpoint()), quick(sink2.endpoint()), gives_up}, small_ring, {});
  transport.start();
  const std::uint32_t count = 9000;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint64_t sets[] = {1, 2, 7};
    REQUIRE(send_frames(transport, i, 1, 400, sets[i % 3]) == 1);
  }
  const auto ledger = transport.drain();
  CHECK(ledger[0].frames.sent == 6000);
  CHECK(ledger[1].frames.sent == 6000);
  CHECK(ledger[2].frames.lost.given_up == 3000);
  CHECK(first.distinct() == 6000);
  CHECK(second.distinct() == 6000);
  CHECK(first.bad() + second.bad() == 0);
}

TEST_CASE("the producer allocates nothing") {
  Arrivals arrivals;
  Sink sink(arrivals);
  Transport transport({quick(sink.endpoint())}, small_ring, {});
  transport.start();
  const test::AllocationCounter allocations;
  const auto put_in = send_frames(transport, 0, 5000);
  transport.ring().flush();
  CHECK(allocations.count() == 0);
  CHECK(put_in == 5000);
  transport.drain();
}

TEST_CASE("ledgers add up at every look") {
  Arrivals arrivals;
  Sink sink(arrivals);
  Transport transport({quick(sink.endpoint()), quick({Carrier::udp, "127.0.0.1", 9})}, small_ring,
                      {});
  transport.start();
  std::atomic<bool> done{false};
  std::atomic<std::uint64_t> wrong{0};
  std::thread onlooker([&] {
    while (!done) {
      for (const auto& one : transport.snapshot()) wrong += test::adds_up(one) ? 0U : 1U;
    }
  });
  send_frames(transport, 0, 20'000, 500, 1);
  send_frames(transport, 20'000, 10, 500, 3);
  transport.drain();
  done = true;
  onlooker.join();
  CHECK(wrong == 0);
  CHECK(transport.snapshot()[0].frames.entered == 20'010);
}

TEST_CASE("stop() ends a producer that waits for space") {
  RawPeer absent;
  Transport transport({quick(absent.endpoint())}, small_ring, {});
  transport.start();
  std::thread producer([&] { CHECK(send_frames(transport, 0, 1'000'000) < 1'000'000); });
  CHECK(test::eventually([&] { return transport.snapshot()[0].frames.queued > 1500; }));
  transport.stop();
  producer.join();
  const auto ledger = transport.snapshot();
  CHECK(ledger[0].frames.held() == 0);
  CHECK(test::adds_up(ledger[0]));
}

TEST_CASE("a transport that works gives a sign of life for each that it is asked for") {
  Arrivals arrivals;
  Sink sink(arrivals);
  Transport transport({quick(sink.endpoint())}, small_ring, {});
  CHECK_FALSE(transport.ping());
  transport.start();
  for (int i = 0; i < 3; ++i) {
    while (!transport.ping()) std::this_thread::yield();
  }
  transport.stop();
  CHECK_FALSE(transport.ping());
}

TEST_CASE("a transport that was never started gives everything up at drain()") {
  RawPeer absent;
  Transport transport({quick(absent.endpoint())}, small_ring, {});
  send_frames(transport, 0, 3);
  CHECK(transport.drain()[0].frames.lost.given_up == 3);
}

TEST_CASE("a transport needs one to 64 collectors") {
  const auto make = [](std::size_t count) {
    Transport(std::vector<CollectorOptions>(count), small_ring, {});
  };
  CHECK_THROWS_WITH(make(0), "no collector is given");
  CHECK_THROWS_WITH(make(65), "more than 64 collectors");
  CHECK_NOTHROW(make(64));
}

}  // namespace
}  // namespace heptap
