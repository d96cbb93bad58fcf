#include "transport/spool/spool_sender.hpp"

#include "tests/support/kafka_cluster.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/unit/transport/peers.hpp"

#include <catch2/catch.hpp>

#include <librdkafka/rdkafka.h>

#include <array>
#include <cstring>
#include <mutex>
#include <set>
#include <string>
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

/// The record of a later frame than this takes as long as somebody has `endless_record` locked.
constexpr std::uint32_t last_quick_frame = 9;
std::mutex endless_record;

void write_record(std::span<const std::uint8_t> frame, std::string& out) {
  std::uint32_t number = 0;
  std::memcpy(&number, &frame[4], sizeof number);
  if (number > last_quick_frame) const std::lock_guard lock(endless_record);
  out += std::to_string(number);
}

CollectorOptions to(const test::KafkaCluster& cluster) {
  CollectorOptions options = test::quick({});
  options.kafka.emplace();
  options.kafka->brokers = cluster.addresses();
  options.kafka->topic = "sip";
  return options;
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

TEST_CASE("frames for a topic have arrived when brokers have reported them") {
  const test::TempFolder folder;
  test::KafkaCluster cluster(1, 1);
  SpoolStore store(folder.path(), {}, at_start);
  SpoolSender sender(store, to(cluster));
  append(store, 0, 5);
  cluster.set_latency(300);
  REQUIRE(works_until(sender, [&] { return sender.arrived() == 5; }));
  CHECK(store.counters().sent == 5);
}

TEST_CASE("what a connection has lost is sent again by the next one") {
  const test::TempFolder folder;
  test::KafkaCluster cluster(1, 1);
  CollectorOptions options = to(cluster);
  options.kafka->write_record = write_record;
  SpoolStore store(folder.path(), {}, at_start);
  append(store, 0, 20);
  cluster.refuse(test::KafkaRequest::produce, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER);
  std::unique_lock hangs(endless_record);
  SpoolSender sender(store, options);
  REQUIRE(works_until(sender, [&] { return sender.sending().resent > 0; }));
  hangs.unlock();
  REQUIRE(works_until(sender, [&] { return store.counters().sent == 20; }));
  CHECK(adds_up(store.counters()));
  std::set<std::string> numbers;
  test::consume(cluster.addresses(), "sip", 1, [&](const test::KafkaRecord& one) {
    numbers.insert(one.value);
    return numbers.size() < 20;
  });
  CHECK(numbers.size() == 20);
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
