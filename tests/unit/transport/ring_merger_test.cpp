#include "transport/ring_merger.hpp"

#include "tests/unit/transport/peers.hpp"

#include <catch2/catch.hpp>

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <thread>
#include <vector>

namespace heptap {
namespace {

using test::Arrivals;
using test::first_of_producer;
using test::send_frames;

constexpr std::size_t smallest = FrameRing::min_bytes;
constexpr std::size_t inputs = 3;
constexpr std::uint64_t never = FrameRing::never;

/// Three producers' rings and what merges them.
struct Merging {
  std::array<FrameRing, inputs> rings{FrameRing(smallest), FrameRing(smallest),
                                      FrameRing(smallest)};
  RingMerger merger{{&rings[0], &rings[1], &rings[2]}, smallest};

  [[nodiscard]] const FrameRing& output() const { return merger.output(); }
  /// What a collector that is never late does: takes all frames, and needs them no more.
  void consume(Arrivals& arrivals) {
    for (auto at = output().tail(); at < output().head(); ++at) {
      const FrameSlot& frame = output().slot(at);
      arrivals.take({output().bytes(frame), frame.size});
    }
    merger.release_until(output().head(), false);
  }
  [[nodiscard]] bool wakes() const {
    std::array<pollfd, inputs> all;
    for (std::size_t i = 0; i < inputs; ++i) all[i] = {rings[i].wake_fd(), POLLIN, 0};
    return ::poll(all.data(), all.size(), 0) > 0;
  }
  [[nodiscard]] bool sleeps_until(std::uint64_t position) {
    return merger.sleep_until(position, output().flush_mark());
  }
};

/// Makes frames of 1000 bytes until `ring` takes no more, and publishes them.
std::uint32_t fill(FrameRing& ring, std::uint32_t first) {
  std::uint32_t count = 0;
  for (; !ring.reserve(1000).empty(); ++count) {
    test::make_frame(ring.reserve(1000), first + count);
    ring.commit(1000, 1, 0);
  }
  ring.publish();
  return count;
}

TEST_CASE("frames come over whole, for the same collectors, each input's in order") {
  Merging all;
  Arrivals arrivals;
  for (std::uint32_t round = 0; round < 200; ++round) {
    for (std::size_t i = 0; i < inputs; ++i) {
      const auto size = 8 + (round * 7919 + i * 104'729) % 20'000;
      send_frames(all.rings[i], first_of_producer(i) + round, 1, size, std::uint64_t{1} << i);
    }
    const auto before = all.output().head();
    all.merger.move();
    REQUIRE(all.output().head() == before + inputs);
    std::uint64_t collectors = 0;
    for (auto at = before; at < before + inputs; ++at) {
      collectors |= all.output().slot(at).collectors;
    }
    REQUIRE(collectors == 7);
    REQUIRE(all.merger.empty());
    all.consume(arrivals);
  }
  CHECK(arrivals.distinct() == 600);
  CHECK(arrivals.duplicates() == 0);
  CHECK(arrivals.disordered() == 0);
  CHECK(arrivals.bad() == 0);
}

TEST_CASE("what is not published stays where it is") {
  Merging all;
  test::make_frame(all.rings[1].reserve(100), 1);
  all.rings[1].commit(100, 1, 1'700'000'000'123'456);
  all.merger.move();
  CHECK(all.output().head() == 0);
  CHECK(all.merger.empty());
  all.rings[1].publish();
  CHECK_FALSE(all.merger.empty());
  all.merger.move();
  CHECK(all.output().head() == 1);
  CHECK(all.output().slot(0).time_us == 1'700'000'000'123'456);
  CHECK(all.output().flush_mark() == 0);
}

TEST_CASE("a full output leaves frames in the inputs, and each had its turn") {
  Merging all;
  std::uint64_t put_in = 0;
  for (std::size_t i = 0; i < inputs; ++i) put_in += fill(all.rings[i], first_of_producer(i));
  all.merger.move();
  all.merger.move();
  CHECK(all.output().head() == smallest / 1000);
  CHECK(all.output().flush_mark() == all.output().head());
  for (const FrameRing& ring : all.rings) CHECK(ring.tail() > smallest / 1000 / 4);
  CHECK_FALSE(all.merger.empty());

  SECTION("it goes on when there is room, until everything has come over") {
    Arrivals arrivals;
    while (!all.merger.empty() || all.output().tail() < all.output().head()) {
      all.consume(arrivals);
      all.merger.move();
    }
    CHECK(arrivals.distinct() == put_in);
    CHECK(arrivals.disordered() == 0);
    CHECK(arrivals.bad() == 0);
  }
  SECTION("where more will be released, it does not go on for a little") {
    const auto head = all.output().head();
    all.merger.release_until(1, true);
    all.merger.move();
    CHECK(all.output().head() == head);
    all.merger.release_until(1 + head / 8, true);
    all.merger.move();
    CHECK(all.output().head() > head + head / 16);
  }
  SECTION("where nothing else will be, it does") {
    const auto head = all.output().head();
    all.merger.release_until(3, false);
    all.merger.move();
    CHECK(all.output().head() > head);
  }
  SECTION("no producer wakes it for what it could not take") {
    CHECK(all.sleeps_until(never));
    for (FrameRing& ring : all.rings) ring.flush();
    CHECK_FALSE(all.wakes());
  }
}

TEST_CASE("an input's flush goes on with its frames") {
  Merging all;
  send_frames(all.rings[0], 0, 3);
  all.rings[2].flush();
  all.merger.move();
  CHECK(all.output().flush_mark() == 0);
  all.rings[0].flush();
  all.merger.move();
  CHECK(all.output().flush_mark() == 3);
}

TEST_CASE("producers wake it at a flush, or when there may be enough together") {
  Merging all;
  SECTION("at a flush") {
    REQUIRE(all.sleeps_until(never));
    send_frames(all.rings[2], 0, 1);
    CHECK_FALSE(all.wakes());
    all.rings[2].flush();
    CHECK(all.wakes());
    CHECK_FALSE(all.sleeps_until(never));
  }
  SECTION("for a third of the bytes: the other two may have as much") {
    REQUIRE(all.sleeps_until(3000));
    send_frames(all.rings[0], 0, 1, 999);
    send_frames(all.rings[1], 0, 1, 999);
    CHECK_FALSE(all.wakes());
    send_frames(all.rings[1], 1, 1, 8);
    CHECK(all.wakes());
    all.merger.move();
    CHECK(all.sleeps_until(3000));
  }
  SECTION("for the first frame, when that is waited for") {
    REQUIRE(all.sleeps_until(1));
    send_frames(all.rings[1], 0, 1);
    CHECK(all.wakes());
    all.merger.move();
    CHECK_FALSE(all.sleeps_until(1));
  }
  SECTION("not at all when what it waits for is there already") {
    send_frames(all.rings[1], 0, 1, 1000);
    CHECK_FALSE(all.sleeps_until(3000));
    CHECK_FALSE(all.wakes());
  }
}

/// Takes all frames off the inputs until it has seen `count`; sleeps when there are none.
void consume(Merging& all, Arrivals& arrivals, std::uint64_t count) {
  while (arrivals.total() < count) {
    const auto mark = all.output().flush_mark();
    const auto published = all.output().published_bytes();
    all.merger.move();
    all.consume(arrivals);
    if (arrivals.total() == count || !all.merger.sleep_until(published + 1, mark)) continue;
    std::array<pollfd, inputs> wakes;
    for (std::size_t i = 0; i < inputs; ++i) wakes[i] = {all.rings[i].wake_fd(), POLLIN, 0};
    ::poll(wakes.data(), wakes.size(), -1);
    for (const pollfd& wake : wakes) {
      std::uint64_t ignored = 0;
      [[maybe_unused]] const auto size = ::read(wake.fd, &ignored, sizeof ignored);
    }
  }
}

TEST_CASE("several threads: nothing is lost, no wake-up is missed") {
  constexpr std::uint32_t count = 20'000;
  Merging all;
  Arrivals arrivals;
  std::vector<std::thread> producers;
  for (std::size_t i = 0; i < inputs; ++i) {
    producers.emplace_back([&all, i] {
      for (std::uint32_t at = 0; at < count; at += 100) {
        send_frames(all.rings[i], first_of_producer(i) + at, 100, 8 + at % 900);
        if (i == 0) all.rings[i].flush();
      }
      all.rings[i].flush();
    });
  }
  consume(all, arrivals, inputs * count);
  for (auto& producer : producers) producer.join();
  CHECK(arrivals.distinct() == inputs * count);
  CHECK(arrivals.disordered() == 0);
  CHECK(arrivals.bad() == 0);
}

}  // namespace
}  // namespace heptap
