#include "transport/spool/spool_sender.hpp"

#include "tests/support/temp_folder.hpp"
#include "tests/unit/transport/peers.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <thread>

namespace heptap {
namespace {

using namespace std::chrono_literals;
using test::eventually;
using test::RawPeer;

constexpr SpoolStore::Now at_start{.steady = SpoolStore::Clock::time_point(1h),
                                   .wall_us = 1'700'000'000'000'000};

void append(SpoolStore& store, std::uint32_t first, std::uint32_t count) {
  FrameRecords records;
  for (std::uint32_t i = first; i < first + count; ++i) {
    std::array<std::uint8_t, 500> frame{};
    test::make_frame(frame, i);
    records.add({.time_us = i, .bytes = frame});
  }
  REQUIRE_FALSE(store.append(records, SpoolHaste::none, at_start));
}

template <class Condition>
bool works_until(SpoolSender& sender, Condition condition) {
  return eventually([&] {
    sender.work(SpoolPace::alone);
    return condition();
  });
}

bool adds_up(const SpoolCounters& spool) {
  return spool.found + spool.taken == spool.sent + spool.lost.total() + spool.held;
}

}  // namespace

TEST_CASE("what was sent leaves the spool when the peer has closed its end") {
  const test::TempFolder folder;
  RawPeer peer;
  peer.listen();
  auto options = test::quick(peer.endpoint());
  options.close_timeout = 0ms;
  SpoolStore store(folder.path(), {}, at_start);
  SpoolSender sender(store, options);
  append(store, 0, 5);
  REQUIRE(works_until(sender, [&] { return sender.arrived() == 5; }));  // its kernel has them
  peer.accept();
  CHECK(peer.read_all().size() == 5 * 500);
  sender.work(SpoolPace::alone);
  CHECK(store.counters().held == 5);  // no time-out counts while nothing else waits
  peer.close();
  REQUIRE(works_until(sender, [&] { return !sender.active(); }));
  CHECK(store.counters().sent == 5);
  CHECK(sender.sending().not_closed == 0);
}

TEST_CASE("new frames do not wait for ever for a peer that never closes") {
  const test::TempFolder folder;
  RawPeer peer;
  peer.listen();
  auto options = test::quick(peer.endpoint());
  options.close_timeout = 20ms;
  SpoolStore store(folder.path(), {}, at_start);
  {
    SpoolSender sender(store, options);
    append(store, 0, 5);
    REQUIRE(works_until(sender, [&] { return sender.arrived() == 5; }));
    append(store, 5, 3);
    REQUIRE(works_until(sender, [&] { return sender.arrived() == 8; }));
    CHECK(sender.sending().not_closed == 5);
  }
  CHECK(store.counters().sent == 5);
  CHECK(store.counters().held == 3);
  CHECK(adds_up(store.counters()));
}

TEST_CASE("little is read for a peer that takes nothing, and all for one that begins to") {
  constexpr std::uint32_t frames = 20'000;  // more than a connection keeps
  constexpr std::size_t some_bytes = std::size_t{4} << 20U;
  const test::TempFolder folder;
  RawPeer peer;
  peer.listen();
  SpoolStore store(folder.path(), {}, at_start);
  SpoolSender sender(store, test::quick(peer.endpoint()));
  for (std::uint32_t first = 0; first < frames; first += 1000) append(store, first, 1000);
  REQUIRE(works_until(sender, [&] { return store.given() * 500 > (1U << 20U); }));
  for (int i = 0; i < 100; ++i) sender.work(SpoolPace::alone);
  CHECK(store.given() * 500 < some_bytes);
  peer.accept();
  std::size_t read = 0;
  std::thread reader([&] { read = peer.read(frames * 500).size(); });
  CHECK(works_until(sender, [&] { return sender.arrived() == frames; }));
  reader.join();
  CHECK(read == frames * 500);
}

}  // namespace heptap
