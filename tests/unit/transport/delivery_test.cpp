#include "transport/delivery.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <random>
#include <vector>

namespace heptap {
namespace {

constexpr std::size_t frame_bytes = 100;

constexpr std::int64_t now_us = 1'700'000'000'000'000;

void put(FrameRing& ring, std::uint64_t collectors, std::size_t size = frame_bytes,
         std::int64_t time_us = now_us) {
  const auto space = ring.reserve(size);
  REQUIRE(space.size() == size);
  ring.commit(size, collectors, time_us);
  ring.publish();
}

bool adds_up(const DeliveryCursor& cursor) {
  const auto& c = cursor.counters();
  return c.entered == c.sent + c.spooled + c.lost.total() + c.held();
}

struct Counts {
  std::uint64_t queued, in_doubt, sent, resent;
  bool operator==(const Counts&) const = default;
};
Counts counts(const DeliveryCursor& cursor) {
  const auto& c = cursor.counters();
  return {c.queued, c.in_doubt, c.sent, c.resent};
}

TEST_CASE("how a connection ends decides how far to go back") {
  FrameRing ring(FrameRing::min_bytes);
  DeliveryCursor cursor(ring, 0, 2 * frame_bytes);
  for (int i = 0; i < 10; ++i) put(ring, 1);
  cursor.enter();
  CHECK(counts(cursor) == Counts{10, 0, 0, 0});
  cursor.written(750, now_us);  // seven frames and a half
  CHECK(counts(cursor) == Counts{3, 7, 0, 0});
  CHECK(cursor.confirm(250));  // five are at the peer, three are more than two are kept
  CHECK(counts(cursor) == Counts{3, 4, 3, 0});
  CHECK(cursor.released() == 3);
  CHECK_FALSE(cursor.all_confirmed());

  FrameRuns runs;
  cursor.gather(runs, 100'000, 100);
  CHECK(runs.bytes == 250);  // the rest of the partly written frame comes first
  CHECK(runs.frames == 3);
  CHECK(runs.count == 1);

  SECTION("in order: the first frame not confirmed is next, whole") {
    cursor.settle_confirmed();
    CHECK(counts(cursor) == Counts{5, 0, 5, 0});
    cursor.gather(runs, 100'000, 100);
    CHECK(runs.bytes == 500);
    cursor.written(500, now_us);
    CHECK(counts(cursor) == Counts{0, 5, 5, 2});
    CHECK(cursor.confirm(0));
    cursor.settle_all();
    CHECK(counts(cursor) == Counts{0, 0, 10, 2});
  }
  SECTION("broken: everything that is kept is sent again") {
    cursor.rewind();
    CHECK(counts(cursor) == Counts{7, 0, 3, 0});
    cursor.written(700, now_us);
    CHECK(counts(cursor) == Counts{0, 7, 3, 4});
    CHECK_FALSE(cursor.confirm(600));  // was confirmed before: no progress
    CHECK(cursor.confirm(0));
  }
  SECTION("given up: what was written once is lost without certainty") {
    cursor.abandon();
    CHECK(cursor.counters().lost.unconfirmed == 4);
    CHECK(cursor.counters().lost.given_up == 3);
    CHECK(cursor.released() == ring.head());
  }
  CHECK(adds_up(cursor));
}

TEST_CASE("who makes way loses the oldest, and keeps the share of the ring it is told") {
  FrameRing ring(FrameRing::min_bytes);
  constexpr std::size_t size = FrameRing::min_bytes / 32;
  DeliveryCursor cursor(ring, 0, 0);
  for (int i = 0; i < 28; ++i) put(ring, 1, size);
  cursor.enter();
  cursor.make_way(0.5);
  CHECK(cursor.kept_share() < 0.5);
  CHECK(counts(cursor) == Counts{15, 0, 0, 0});
  CHECK(cursor.counters().lost.too_slow == 13);
  CHECK(cursor.released() == 13);
  cursor.make_way(0.5);
  CHECK(cursor.counters().lost.too_slow == 13);
  cursor.make_way(0);
  CHECK(counts(cursor) == Counts{0, 0, 0, 0});
  CHECK(cursor.released() == 28);
  CHECK(adds_up(cursor));
}

TEST_CASE("frames for others are passed over and do not hold the ring") {
  FrameRing ring(FrameRing::min_bytes);
  DeliveryCursor cursor(ring, 3, 1'000'000'000);
  constexpr std::uint64_t mine = 8;
  constexpr std::uint64_t others = 7;
  for (const std::uint64_t set : {others, mine, others, others, mine, mine, others}) put(ring, set);
  cursor.enter();
  CHECK(cursor.counters().entered == 3);
  CHECK(cursor.counters().elsewhere == 4);
  CHECK(cursor.released() == 1);
  FrameRuns runs;
  cursor.gather(runs, 100'000, 100);
  CHECK(runs.frames == 3);
  CHECK(runs.count == 2);
  cursor.written(300, now_us);
  cursor.confirm(0);
  CHECK(cursor.all_confirmed());
  CHECK(cursor.released() == 1);  // kept in case of a reset
  for (int i = 0; i < 6; ++i) put(ring, others, 60'000);
  cursor.enter();
  CHECK(cursor.released() == 1);
  for (int i = 0; i < 6; ++i) put(ring, others, 60'000);
  cursor.enter();
  CHECK(cursor.counters().sent == 3);  // half the ring is others' frames by now
  CHECK(cursor.released() == ring.head());
}

TEST_CASE("a collector keeps from its oldest frame on, with what is between") {
  FrameRing ring(FrameRing::min_bytes);
  DeliveryCursor cursor(ring, 0, 150);
  CHECK(cursor.kept_bytes() == 0);
  for (const std::uint64_t set : {2U, 1U, 2U, 1U}) put(ring, set);
  cursor.enter();
  CHECK(cursor.kept_bytes() == 300);
  cursor.written(200, now_us);
  cursor.confirm(0);
  CHECK(cursor.kept_bytes() == 100);  // in case of a reset
  cursor.settle_all();
  CHECK(cursor.kept_bytes() == 0);
}

TEST_CASE("a gathered write keeps its bounds") {
  FrameRing ring(FrameRing::min_bytes);
  DeliveryCursor cursor(ring, 0, 0);
  for (int i = 0; i < 200; ++i) put(ring, i % 2 == 0 ? 1 : 2);
  cursor.enter();
  FrameRuns runs;
  SECTION("bytes") {
    cursor.gather(runs, 3 * frame_bytes + 50, 100);
    CHECK(runs.frames == 3);
  }
  SECTION("frames") {
    cursor.gather(runs, 100'000, 1);
    CHECK(runs.frames == 1);
  }
  SECTION("runs") {
    cursor.gather(runs, 100'000, 100);
    CHECK(runs.count == FrameRuns::max_runs);
    CHECK(runs.frames == FrameRuns::max_runs);
  }
  SECTION("a frame larger than allowed goes alone") {
    cursor.gather(runs, 10, 100);
    CHECK(runs.frames == 1);
    CHECK(runs.bytes == frame_bytes);
  }
}

TEST_CASE("what cannot be taken back leaves the ring at once and the ledger later") {
  FrameRing ring(FrameRing::min_bytes);
  DeliveryCursor cursor(ring, 0, 0);
  for (const std::uint64_t set : {1U, 2U, 1U, 1U, 2U, 1U}) put(ring, set);
  cursor.enter();
  std::vector<iovec> frames(3);
  CHECK(cursor.gather_frames(frames) == 3);
  cursor.handed_over(2, now_us);
  CHECK(cursor.released() == 3);
  CHECK(counts(cursor) == Counts{2, 2, 0, 0});
  cursor.lose_next(&DeliveryLosses::too_large);
  CHECK(cursor.counters().lost.too_large == 1);
  cursor.handed_over(1, now_us);
  CHECK(cursor.released() == ring.head());
  cursor.doubts_sent(1);
  cursor.doubts_lost(2, &DeliveryLosses::refused);
  CHECK(counts(cursor) == Counts{0, 0, 1, 0});
  CHECK(cursor.counters().lost.refused == 2);
  CHECK(adds_up(cursor));
}

TEST_CASE("the next frame is one of this collector's, whatever became of the one before") {
  FrameRing ring(FrameRing::min_bytes);
  DeliveryCursor cursor(ring, 0, 0);
  for (const std::uint64_t set : {2U, 1U, 2U, 1U, 2U, 1U}) put(ring, set);
  cursor.enter();
  CHECK(cursor.next_frame() == &ring.slot(1));
  cursor.lose_next(&DeliveryLosses::refused);
  CHECK(cursor.next_frame() == &ring.slot(3));
  cursor.handed_over(1, now_us);
  CHECK(cursor.next_frame() == &ring.slot(5));
  cursor.handed_over(1, now_us);
  CHECK(cursor.next_frame() == nullptr);
  CHECK(cursor.released() == ring.head());
  cursor.doubt_spooled(true);
  cursor.doubt_spooled(false);
  CHECK(cursor.counters().spooled == 2);
  CHECK(cursor.counters().resent == 1);
  CHECK(cursor.counters().lost.refused == 1);
  CHECK(adds_up(cursor));
}

TEST_CASE("a frame's lag ends when it was written whole for the first time") {
  FrameRing ring(FrameRing::min_bytes);
  DeliveryCursor cursor(ring, 0, 1'000'000);
  put(ring, 1, frame_bytes, now_us - 3000);
  put(ring, 2, frame_bytes, now_us - 900'000);
  put(ring, 1, frame_bytes, now_us - 500);
  cursor.enter();
  cursor.written(150, now_us);
  CHECK(cursor.lag().total() == 1);
  CHECK(cursor.lag().sum() == std::chrono::microseconds{3000});
  cursor.written(50, now_us + 1000);
  CHECK(cursor.lag().total() == 2);
  CHECK(cursor.lag().sum() == std::chrono::microseconds{4500});
  cursor.rewind();
  cursor.written(200, now_us + 5'000'000);
  CHECK(cursor.counters().resent == 2);
  CHECK(cursor.lag().total() == 2);
}

TEST_CASE("a datagram's lag ends when it is written; one that never was has none") {
  FrameRing ring(FrameRing::min_bytes);
  DeliveryCursor cursor(ring, 0, 0);
  for (const std::int64_t lag_us : {2000, 40, 7}) put(ring, 1, frame_bytes, now_us - lag_us);
  cursor.enter();
  cursor.handed_over(1, now_us);
  cursor.lose_next(&DeliveryLosses::too_large);
  cursor.handed_over(1, now_us + 1);
  CHECK(cursor.lag().total() == 2);
  CHECK(cursor.lag().sum() == std::chrono::microseconds{2008});
}

/// A peer as the cursor knows it: a stream into its kernel, of which its program reads some.
struct Peer {
  std::vector<std::uint64_t> sizes;     // of the frames, by number
  std::vector<std::uint64_t> arrivals;  // how often each was read whole

  std::uint64_t first = 0;    // this connection's first frame
  std::uint64_t written = 0;  // bytes of this connection, in order of their way
  std::uint64_t acknowledged = 0;
  std::uint64_t read = 0;

  void connect(std::uint64_t first_frame) {
    first = first_frame;
    written = acknowledged = read = 0;
  }
  void end() {
    std::uint64_t rest = read;
    for (auto frame = first; frame < sizes.size() && sizes[frame] <= rest; ++frame) {
      rest -= sizes[frame];
      ++arrivals[frame];
    }
  }
};

TEST_CASE("whatever befalls the connections, each frame arrives, and duplicates are told") {
  constexpr std::size_t receive_buffer = 30'000;
  FrameRing ring(FrameRing::min_bytes);
  DeliveryCursor cursor(ring, 0, receive_buffer);
  Peer peer;
  std::minstd_rand random(5);
  const auto up_to = [&](std::uint64_t most) {
    return std::uniform_int_distribution<std::uint64_t>(0, most)(random);
  };
  bool sums = true;
  for (int step = 0; step < 60'000 || !cursor.all_confirmed(); ++step) {
    ring.release_until(cursor.released());
    switch (up_to(step < 60'000 ? 11 : 8)) {
      case 0:
      case 1: {
        const std::size_t size = 1 + up_to(1500);
        if (step >= 60'000 || ring.reserve(size).size() != size) break;
        ring.commit(size, 1, now_us);
        ring.publish();
        peer.sizes.push_back(size);
        peer.arrivals.push_back(0);
        break;
      }
      case 2:
      case 3: {
        FrameRuns runs;
        cursor.gather(runs, 4000, FrameRing::never);
        const auto bytes = up_to(runs.bytes);
        cursor.written(bytes, now_us);
        peer.written += bytes;
        break;
      }
      case 4:
      case 5:
        peer.acknowledged = std::min(peer.acknowledged + up_to(peer.written - peer.acknowledged),
                                     peer.read + receive_buffer);
        break;
      case 6: peer.read += up_to(peer.acknowledged - peer.read); break;
      case 7:
      case 8: cursor.confirm(peer.written - peer.acknowledged); break;
      case 9: cursor.enter(); break;
      case 10:
        if (up_to(20) > 0) break;
        peer.read = peer.acknowledged;  // else the kernel sends a reset
        cursor.confirm(peer.written - peer.acknowledged);
        cursor.settle_confirmed();
        peer.end();
        peer.connect(cursor.released());
        break;
      default:
        if (up_to(20) > 0) break;
        cursor.rewind();
        peer.end();
        peer.connect(cursor.released());
        break;
    }
    if (step >= 60'000) cursor.enter();
    sums = sums && adds_up(cursor);
  }
  CHECK(sums);
  peer.read = peer.acknowledged;
  peer.end();
  cursor.settle_all();
  const auto& ledger = cursor.counters();
  const auto missing = std::count(peer.arrivals.begin(), peer.arrivals.end(), 0U);
  std::uint64_t duplicates = 0;
  for (const auto times : peer.arrivals) duplicates += times > 0 ? times - 1 : 0;
  CHECK(missing == 0);
  CHECK(ledger.sent == peer.sizes.size());
  CHECK(ledger.entered == peer.sizes.size());
  CHECK(cursor.lag().total() == peer.sizes.size());
  CHECK(duplicates <= ledger.resent);
  CHECK(ledger.resent > 0);
  CHECK(peer.sizes.size() > 5000);
}

TEST_CASE("a cursor takes the frames between its coming and its leaving, and no others") {
  FrameRing ring(FrameRing::min_bytes);
  for (int i = 0; i < 3; ++i) put(ring, 1);
  DeliveryCursor cursor(ring, 0, 0, 2);
  DeliveryCursor other(ring, 1, 0, ring.head());
  for (int i = 0; i < 2; ++i) put(ring, 1);
  cursor.leave(4);
  for (int i = 0; i < 5; ++i) put(ring, 1);
  cursor.enter();
  CHECK(counts(cursor) == Counts{2, 0, 0, 0});
  CHECK(cursor.first() == 2);
  CHECK(cursor.end() == 4);
  CHECK(cursor.released() == 2);
  CHECK_FALSE(other.confirm(0));

  SECTION("it needs the ring until all was sent") {
    cursor.written(2 * frame_bytes, now_us);
    CHECK(cursor.confirm(frame_bytes));
    CHECK(cursor.released() == 3);
    cursor.confirm(0);
    CHECK(counts(cursor) == Counts{0, 0, 2, 0});
  }
  SECTION("or given up") {
    cursor.abandon();
    CHECK(cursor.counters().lost.given_up == 2);
  }
  CHECK(cursor.released() == FrameRing::never);
  CHECK(adds_up(cursor));
}

}  // namespace
}  // namespace heptap
