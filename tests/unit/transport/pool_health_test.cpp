#include "transport/pool.hpp"

#include "tests/unit/transport/peers.hpp"
#include "transport/transport.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace heptap {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using test::Arrivals;
using test::eventually;
using test::quick;
using test::RawPeer;
using test::send_frames;
using test::Sink;

constexpr std::size_t small_ring = FrameRing::min_bytes;
constexpr HealthOptions soon{.fail_after = milliseconds(200), .return_after = milliseconds(20)};
constexpr HealthOptions never_back{.fail_after = milliseconds(200), .return_after = hours(1)};

CollectorOptions member(const std::string& name, const Endpoint& endpoint,
                        HealthOptions health = soon) {
  CollectorOptions options = quick(endpoint);
  options.name = name;
  options.health = health;
  return options;
}

/// One that always counts as healthy.
CollectorOptions in_no_pool(const std::string& name, const Endpoint& endpoint) {
  CollectorOptions options = member(name, endpoint);
  options.health.reset();
  return options;
}

bool is_healthy(const Transport& transport, unsigned bit) {
  return (transport.healthy() >> bit & 1U) != 0;
}

/// A producer whose frames go to a pool of the first two collectors.
class PoolProducer {
 public:
  PoolProducer(Transport& transport, PoolPolicy policy)
      : transport_(transport), pool_(policy, {{0, 0x1111}, {1, 0x2222}}) {}

  /// Of as many calls.
  void send(std::uint32_t frames) {
    for (std::uint32_t i = 0; i < frames; ++i, ++sent_) {
      const std::uint64_t to = pool_.choose({sent_ + 1, 0}, transport_.healthy());
      REQUIRE(send_frames(transport_, sent_, 1, 500, to) == 1);
    }
  }
  /// Sends one more, as long as they do not fill the ring.
  bool notices_failure_of(unsigned bit) {
    if (sent_ < 600) send(1);
    return !is_healthy(transport_, bit);
  }
  [[nodiscard]] std::uint32_t sent() const { return sent_; }

 private:
  Transport& transport_;
  Pool pool_;
  std::uint32_t sent_ = 0;
};

}  // namespace

TEST_CASE("failover goes to the next while the first is killed, and returns with it") {
  const auto carrier = GENERATE(Carrier::tcp, Carrier::udp);
  Arrivals at_first;
  Arrivals at_second;
  std::optional<Sink> first(std::in_place, at_first, Endpoint{carrier, "127.0.0.1", 0});
  Sink second(at_second);
  const Endpoint place = first->endpoint();
  Transport transport({member("first", place), in_no_pool("second", second.endpoint())}, small_ring,
                      {});
  PoolProducer producer(transport, PoolPolicy::failover);
  transport.start();
  producer.send(100);
  CHECK(eventually([&] { return at_first.distinct() == 100; }));

  first.reset();
  CHECK(eventually([&] { return producer.notices_failure_of(0); }));
  producer.send(100);
  CHECK(eventually([&] { return at_second.distinct() >= 100; }));

  first.emplace(at_first, place);
  CHECK(eventually([&] { return is_healthy(transport, 0); }));
  const auto before = at_first.total();
  producer.send(100);
  CHECK(eventually([&] { return at_first.total() >= before + 100; }));

  const auto ledger = transport.drain();
  CHECK(ledger[0].frames.entered + ledger[1].frames.entered == producer.sent());
  if (carrier == Carrier::tcp) CHECK(at_first.distinct() + at_second.distinct() == producer.sent());
}

TEST_CASE("what was sent by the call goes to those that are left, and is lost nowhere") {
  Arrivals arrivals;
  std::optional<Sink> first(std::in_place, arrivals);
  Sink second(arrivals);
  const Endpoint place = first->endpoint();
  Transport transport({member("first", place, never_back), in_no_pool("second", second.endpoint())},
                      small_ring, {});
  PoolProducer producer(transport, PoolPolicy::hash);
  transport.start();
  producer.send(300);
  CHECK(eventually([&] { return arrivals.distinct() == 300; }));
  first.reset();
  CHECK(eventually([&] { return producer.notices_failure_of(0); }));
  const auto entered = transport.snapshot()[0].frames.entered;
  producer.send(300);
  CHECK(transport.snapshot()[0].frames.entered == entered);
  first.emplace(arrivals, place);
  transport.drain();
  CHECK(arrivals.distinct() == producer.sent());
}

TEST_CASE("a collector that is connected and reads nothing has failed") {
  RawPeer peer;
  peer.listen(4096);
  Transport transport({member("stalled", peer.endpoint())}, small_ring, {});
  transport.start();
  peer.accept();
  send_frames(transport, 0, 300);
  CHECK(eventually([&] { return !is_healthy(transport, 0); }));
  CHECK(transport.snapshot()[0].disconnects == 0);
  transport.stop();
}

TEST_CASE("one that was never there is waited for at the start, and taken as soon as it comes") {
  RawPeer peer;
  Transport transport({member("late", peer.endpoint(), never_back)}, small_ring, {});
  CHECK(is_healthy(transport, 0));
  transport.start();
  CHECK(eventually([&] { return !is_healthy(transport, 0); }));
  peer.listen();
  CHECK(eventually([&] { return is_healthy(transport, 0); }));
  transport.stop();
}

TEST_CASE("nobody looks at a collector that is in no pool") {
  RawPeer absent;
  Transport transport({member("member", absent.endpoint()), in_no_pool("alone", absent.endpoint())},
                      small_ring, {});
  transport.start();
  CHECK(eventually([&] { return !is_healthy(transport, 0); }));
  CHECK(is_healthy(transport, 1));
  transport.stop();
}

TEST_CASE("one that takes the place of another that has failed has a life of its own") {
  RawPeer absent;
  Arrivals arrivals;
  Sink sink(arrivals);
  Transport transport({member("one", absent.endpoint(), never_back)}, small_ring, {});
  transport.start();
  CHECK(eventually([&] { return !is_healthy(transport, 0); }));
  transport.reconfigure({member("one", sink.endpoint(), never_back)}, milliseconds(1));
  CHECK(eventually([&] { return is_healthy(transport, 0); }));
  transport.stop();
}

}  // namespace heptap
