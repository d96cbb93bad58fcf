#include "transport/transport.hpp"

#include "tests/unit/transport/peers.hpp"
#include "transport/wall_clock.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <numeric>
#include <thread>
#include <vector>

namespace heptap {
namespace {

using std::chrono::milliseconds;
using test::Arrivals;
using test::first_of_producer;
using test::quick;
using test::RawPeer;
using test::send_frames;
using test::Sink;

constexpr std::size_t small_ring = FrameRing::min_bytes;
constexpr std::size_t producer_count = 4;

/// Runs `work(index, ring)` in a thread for each producer, and waits for all.
template <class Work>
void produce(Transport& transport, Work work) {
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < producer_count; ++i) {
    threads.emplace_back([&, i] { work(i, transport.ring(i)); });
  }
  for (auto& thread : threads) thread.join();
}

std::uint64_t entered_by(const TransportSnapshot& all) {
  return std::accumulate(
      all.rings.begin(), all.rings.end(), std::uint64_t{0},
      [](std::uint64_t sum, const RingSnapshot& ring) { return sum + ring.entered; });
}

bool adds_up(const TransportSnapshot& all) {
  std::uint64_t moved = 0;
  for (const RingSnapshot& ring : all.rings) {
    if (ring.entered != ring.moved + ring.held) return false;
    moved += ring.moved;
  }
  for (const CollectorSnapshot& one : all.collectors) {
    if (!test::adds_up(one) || one.frames.entered != all.offered) return false;
  }
  return moved == all.offered;
}

TEST_CASE("frames of several producers arrive once, each producer's in order") {
  Arrivals arrivals;
  Sink sink(arrivals);
  Transport transport({quick(sink.endpoint())}, small_ring, {}, producer_count);
  transport.start();
  const std::uint32_t count = 5000;
  produce(transport, [&](std::size_t index, FrameRing& ring) {
    send_frames(ring, first_of_producer(index), count);
    ring.flush();
  });
  const auto ledger = transport.drain();
  CHECK(ledger[0].frames.sent == producer_count * count);
  CHECK(ledger[0].connects == 1);
  CHECK(arrivals.distinct() == producer_count * count);
  CHECK(arrivals.duplicates() == 0);
  CHECK(arrivals.disordered() == 0);
  CHECK(arrivals.bad() == 0);
  CHECK(adds_up(transport.account()));
}

TEST_CASE("a few frames of any producer leave after the flush delay, without a flush") {
  Arrivals arrivals;
  Sink sink(arrivals);
  Transport transport({quick(sink.endpoint())}, small_ring, {}, producer_count);
  transport.start();
  for (std::uint32_t i = 0; i < 20; ++i) {
    send_frames(transport.ring(i % producer_count), i, 1);
    REQUIRE(test::eventually([&] { return arrivals.total() == i + 1; }));
  }
}

TEST_CASE("drain() takes everything that was published, by the flush of a collector or not") {
  Arrivals arrivals;
  Sink sink(arrivals);
  auto lazy = quick(sink.endpoint());
  lazy.flush_delay = std::chrono::hours(1);
  Transport transport({lazy}, small_ring, {}, producer_count);
  transport.start();
  produce(transport, [](std::size_t index, FrameRing& ring) {
    send_frames(ring, first_of_producer(index), 100 * (1 + static_cast<std::uint32_t>(index)));
  });
  CHECK(transport.drain()[0].frames.sent == 1000);
  CHECK(arrivals.distinct() == 1000);
  CHECK(adds_up(transport.account()));
}

/// A peer that reads in small pieces, through a small buffer.
class SlowPeer {
 public:
  explicit SlowPeer(Arrivals& arrivals) {
    peer_.listen(4096);
    thread_ = std::thread([this, &arrivals] {
      peer_.accept();
      arrivals.take(peer_.read_all(2000));
      peer_.close();
    });
  }
  ~SlowPeer() { thread_.join(); }
  SlowPeer(const SlowPeer&) = delete;
  SlowPeer& operator=(const SlowPeer&) = delete;

  [[nodiscard]] Endpoint endpoint() const { return peer_.endpoint(); }

 private:
  RawPeer peer_;
  std::thread thread_;
};

/// Makes `count` frames; those that find the ring full are dropped.
/// gives     the number of those
std::uint64_t send_or_drop(FrameRing& ring, std::uint32_t first, std::uint32_t count) {
  std::uint64_t dropped = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto space = ring.reserve(500);
    if (space.empty()) {
      ++dropped;
      std::this_thread::yield();
      continue;
    }
    test::make_frame(space, first + i);
    ring.commit(500, 7, wall_time_us());
    if (i % 20 == 0) ring.flush();
  }
  ring.flush();
  return dropped;
}

TEST_CASE("full rings: what is not dropped by its producer is on every ledger") {
  Arrivals fast;
  Arrivals slow;
  Sink sink(fast);
  SlowPeer slow_peer(slow);
  RawPeer stalled;
  stalled.listen(4096);  // and never reads
  auto gives_up = quick(stalled.endpoint());
  gives_up.give_up_after = milliseconds(300);
  Transport transport({quick(sink.endpoint()), quick(slow_peer.endpoint()), gives_up}, small_ring,
                      {}, producer_count);
  transport.start();
  const std::uint32_t count = 10'000;
  std::atomic<std::uint64_t> dropped{0};
  std::atomic<bool> done{false};
  std::atomic<std::uint64_t> wrong{0};
  std::thread onlooker([&] {
    while (!done) wrong += adds_up(transport.account()) ? 0U : 1U;
  });
  produce(transport, [&](std::size_t index, FrameRing& ring) {
    dropped += send_or_drop(ring, first_of_producer(index), count);
  });
  const auto ledger = transport.drain();
  done = true;
  onlooker.join();
  const auto all = transport.account();
  CHECK(wrong == 0);
  CHECK(adds_up(all));
  CHECK(entered_by(all) + dropped == producer_count * count);
  CHECK(all.offered == entered_by(all));
  CHECK(dropped > 0);
  CHECK(ledger[0].frames.sent == all.offered);
  CHECK(ledger[1].frames.sent == all.offered);
  CHECK(ledger[2].frames.lost.total() == all.offered);
  for (const Arrivals* const arrivals : {&fast, &slow}) {
    CHECK(arrivals->distinct() == all.offered);
    CHECK(arrivals->disordered() == 0);
    CHECK(arrivals->bad() == 0);
  }
}

TEST_CASE("producers that wait for space go on when a collector does") {
  Arrivals arrivals;
  SlowPeer slow_peer(arrivals);
  Transport transport({quick(slow_peer.endpoint())}, small_ring, {}, producer_count);
  transport.start();
  const std::uint32_t count = 5000;
  produce(transport, [&](std::size_t index, FrameRing& ring) {
    send_frames(ring, first_of_producer(index), count, 600);
    ring.flush();
  });
  CHECK(transport.drain()[0].frames.sent == producer_count * count);
  CHECK(arrivals.distinct() == producer_count * count);
}

TEST_CASE("stop() ends all producers that wait for space, and counts what they had put in") {
  RawPeer absent;
  Transport transport({quick(absent.endpoint())}, small_ring, {}, producer_count);
  transport.start();
  std::atomic<std::uint64_t> put_in{0};
  std::atomic<bool> full{false};
  std::thread stopping([&] {
    full = test::eventually([&] { return entered_by(transport.account()) > 9000; });
    transport.stop();
  });
  produce(transport, [&](std::size_t index, FrameRing& ring) {
    put_in += send_frames(ring, first_of_producer(index), 1'000'000);
    ring.publish();
  });
  stopping.join();
  CHECK(full);
  const auto all = transport.account();
  CHECK(adds_up(all));
  CHECK(all.offered == put_in);
  CHECK(all.collectors[0].frames.lost.given_up == put_in);
  CHECK(all.collectors[0].frames.held() == 0);
}

TEST_CASE("several producers, never started: drain() gives everything up") {
  RawPeer absent;
  Transport transport({quick(absent.endpoint())}, small_ring, {}, producer_count);
  for (std::size_t i = 0; i < producer_count; ++i) send_frames(transport.ring(i), 0, 1900);
  CHECK(transport.drain()[0].frames.lost.given_up == 1900 * producer_count);
  CHECK(adds_up(transport.account()));
}

}  // namespace
}  // namespace heptap
