#include "transport/frame_ring.hpp"

#include "tests/support/allocation_counter.hpp"

#include <catch2/catch.hpp>

#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <random>
#include <thread>
#include <vector>

namespace heptap {
namespace {

constexpr std::size_t smallest = FrameRing::min_bytes;

std::int64_t time_of(std::uint64_t number) { return 1'700'000'000'000'000 + std::int64_t(number); }

/// Puts a frame whose bytes tell its number, so that a wrong or overwritten one is seen.
bool put(FrameRing& ring, std::uint64_t number, std::size_t size) {
  const auto space = ring.reserve(size);
  if (space.empty()) return false;
  std::fill(space.begin(), space.end(), static_cast<std::uint8_t>(number * 7 + size));
  ring.commit(size, number, time_of(number));
  return true;
}

bool holds(const FrameRing& ring, std::uint64_t number, std::size_t size) {
  const FrameSlot& frame = ring.slot(number);
  const std::uint8_t* const begin = ring.bytes(frame);
  return frame.size == size && frame.collectors == number && frame.time_us == time_of(number) &&
         frame.offset + size <= ring.size_bytes() &&
         std::all_of(begin, begin + size, [&](std::uint8_t byte) {
           return byte == static_cast<std::uint8_t>(number * 7 + size);
         });
}

TEST_CASE("frames come out whole and in order, whatever their sizes") {
  FrameRing ring(smallest);
  std::minstd_rand random(20260);
  std::uniform_int_distribution<std::size_t> any_size(1, FrameRing::max_frame_bytes);
  std::uniform_int_distribution<std::size_t> small_size(1, 300);
  std::deque<std::size_t> sizes;  // of the frames in the ring
  std::uint64_t tail = 0;
  std::uint64_t head = 0;
  std::uint64_t bytes = 0;
  bool intact = true;
  for (int round = 0; round < 3000; ++round) {
    const std::size_t size = round % 3 == 0 ? any_size(random) : small_size(random);
    if (put(ring, head, size)) {
      intact = intact && (ring.publish(), ring.slot(head).position == bytes);
      sizes.push_back(size);
      ++head;
      bytes += size;
    } else {
      REQUIRE_FALSE(sizes.empty());
      const auto keep = std::uniform_int_distribution<std::size_t>(0, sizes.size() - 1)(random);
      while (sizes.size() > keep) {
        intact = intact && holds(ring, tail++, sizes.front());
        sizes.pop_front();
      }
      ring.release_until(tail);
    }
  }
  CHECK(intact);
  CHECK(ring.head() == head);
  CHECK(ring.published_bytes() == bytes);
  CHECK(tail > 1000);
}

TEST_CASE("neighbours lie back to back") {
  FrameRing ring(smallest);
  REQUIRE(put(ring, 0, 100));
  REQUIRE(put(ring, 1, 33));
  REQUIRE(put(ring, 2, 1));
  ring.publish();
  CHECK(ring.bytes(ring.slot(1)) == ring.bytes(ring.slot(0)) + 100);
  CHECK(ring.bytes(ring.slot(2)) == ring.bytes(ring.slot(1)) + 33);
}

TEST_CASE("a full ring gives no space until the oldest frames are released") {
  FrameRing ring(smallest);
  SECTION("full of bytes") {
    std::uint64_t count = 0;
    while (put(ring, count, 50'000)) ++count;
    CHECK(count == smallest / 50'000);
    ring.publish();
    ring.release_until(1);
    CHECK(put(ring, count, 50'000));
    CHECK(ring.reserve(50'000).empty());
  }
  SECTION("full of frames") {
    std::uint64_t count = 0;
    while (put(ring, count, 1)) ++count;
    CHECK(count == ring.slot_count());
    ring.publish();
    ring.release_until(1);
    CHECK(put(ring, count, 1));
    CHECK(ring.reserve(1).empty());
  }
}

#ifndef __SANITIZE_THREAD__  // its notes of each byte are on pages of their own
TEST_CASE("a ring that has its memory writes without page faults") {
  const auto faults = [] {
    rusage use{};
    ::getrusage(RUSAGE_SELF, &use);
    return use.ru_minflt;
  };
  FrameRing ring(16 * smallest);
  ring.fault_in();
  const auto before = faults();
  for (std::uint64_t count = 0; put(ring, count, 200);) ++count;
  CHECK(faults() - before < 64);  // of thousands of pages
}
#endif

TEST_CASE("what is reserved may be taken back") {
  FrameRing ring(smallest);
  CHECK(ring.reserve(FrameRing::max_frame_bytes + 1).empty());
  CHECK_FALSE(ring.wait_for_space(FrameRing::max_frame_bytes + 1));
  const auto* const first = ring.reserve(1000).data();
  ring.commit(0, 0, 0);
  CHECK(ring.reserve(10).data() == first);
  ring.publish();
  CHECK(ring.head() == 0);
}

TEST_CASE("frames are visible when published, flushed, or 32 KiB are together") {
  FrameRing ring(smallest);
  REQUIRE(put(ring, 0, 1000));
  CHECK(ring.head() == 0);
  ring.publish();
  CHECK(ring.head() == 1);
  CHECK(ring.flush_mark() == 0);
  REQUIRE(put(ring, 1, 1000));
  ring.flush();
  CHECK(ring.head() == 2);
  CHECK(ring.flush_mark() == 2);
  std::uint64_t number = 2;
  for (; number < 2 + 32; ++number) REQUIRE(put(ring, number, 1023));
  CHECK(ring.head() == 2);
  REQUIRE(put(ring, number, 1023));
  CHECK(ring.head() == number + 1);
}

bool wakes(const FrameRing& ring) {
  pollfd wake{ring.wake_fd(), POLLIN, 0};
  return ::poll(&wake, 1, 0) == 1;
}

TEST_CASE("the producer wakes a consumer that sleeps, and only then") {
  FrameRing ring(smallest);
  REQUIRE(put(ring, 0, 100));
  ring.flush();
  CHECK_FALSE(wakes(ring));
  SECTION("at the position it waits for") {
    REQUIRE(ring.sleep_until(200, ring.flush_mark()));
    REQUIRE(put(ring, 1, 99));
    ring.publish();
    CHECK_FALSE(wakes(ring));
    REQUIRE(put(ring, 2, 1));
    ring.publish();
    CHECK(wakes(ring));
  }
  SECTION("at a flush") {
    REQUIRE(ring.sleep_until(FrameRing::never, ring.flush_mark()));
    REQUIRE(put(ring, 1, 60'000));
    CHECK_FALSE(wakes(ring));
    ring.flush();
    CHECK(wakes(ring));
  }
  SECTION("not at all when what it waits for is there already") {
    CHECK_FALSE(ring.sleep_until(100, ring.flush_mark()));
    CHECK_FALSE(ring.sleep_until(FrameRing::never, 0));
    REQUIRE(put(ring, 1, 60'000));
    CHECK_FALSE(wakes(ring));
  }
}

TEST_CASE("closing the ring wakes the producer") {
  FrameRing ring(smallest);
  for (std::uint64_t number = 0; put(ring, number, 50'000);) ++number;
  std::thread producer([&] { CHECK_FALSE(ring.wait_for_space(50'000)); });
  ring.close();
  producer.join();
  ring.release_until(ring.head());
  CHECK(ring.reserve(1).empty());
}

/// The consumer's side of the two-thread test: checks and releases until it has seen `count`.
std::uint64_t consume(FrameRing& ring, std::uint64_t count) {
  std::uint64_t good = 0;
  std::uint64_t next = 0;
  while (next < count) {
    const auto published = ring.published_bytes();
    const auto mark = ring.flush_mark();
    for (const auto head = ring.head(); next < head; ++next) {
      good += holds(ring, next, 1 + next * 37 % 2000) ? 1U : 0U;
      if (next % 5 == 0) ring.release_until(next);
    }
    ring.release_until(next);
    ring.nudge_producer();
    if (next == count || !ring.sleep_until(published + 1, mark)) continue;
    pollfd wake{ring.wake_fd(), POLLIN, 0};
    ::poll(&wake, 1, -1);
    std::uint64_t ignored = 0;
    [[maybe_unused]] const auto size = ::read(ring.wake_fd(), &ignored, sizeof ignored);
  }
  return good;
}

TEST_CASE("two threads: nothing is lost, no wake-up is missed, nothing is allocated") {
  constexpr std::uint64_t count = 40'000;
  FrameRing ring(smallest);
  std::uint64_t good = 0;
  std::thread consumer([&] { good = consume(ring, count); });
  const test::AllocationCounter allocations;
  std::uint64_t put_in = 0;
  for (; put_in < count; ++put_in) {
    const std::size_t size = 1 + put_in * 37 % 2000;
    if (!put(ring, put_in, size)) {
      if (!ring.wait_for_space(size) || !put(ring, put_in, size)) break;
    }
    if (put_in % 1000 == 0) ring.publish();
  }
  ring.flush();
  CHECK(allocations.count() == 0);
  consumer.join();
  CHECK(put_in == count);
  CHECK(good == count);
}

}  // namespace
}  // namespace heptap
