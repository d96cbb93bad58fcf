#include "transport/collector_set.hpp"

#include "tests/unit/transport/certificates.hpp"
#include "tests/unit/transport/peers.hpp"
#include "transport/transport.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace heptap {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using test::Arrivals;
using test::eventually;
using test::first_of_producer;
using test::quick;
using test::RawPeer;
using test::send_frames;
using test::Sink;

constexpr std::size_t small_ring = FrameRing::min_bytes;
constexpr std::uint64_t everyone = ~std::uint64_t{0};

CollectorOptions named(const std::string& name, const Endpoint& endpoint) {
  CollectorOptions options = quick(endpoint);
  options.name = name;
  return options;
}

bool adds_up(const TransportSnapshot& all) {
  std::vector<CollectorSnapshot> every = all.collectors;
  every.insert(every.end(), all.departed.begin(), all.departed.end());
  for (const CollectorSnapshot& one : every) {
    const auto seen =
        one.passed_before + one.frames.entered + one.frames.elsewhere + one.passed_after;
    if (!test::adds_up(one) || seen != all.offered) return false;
  }
  return true;
}

/// Producers that send without end, in threads of their own, until told to stop.
class Load {
 public:
  Load(Transport& transport, std::size_t producers) {
    for (std::size_t i = 0; i < producers; ++i) {
      threads_.emplace_back([this, i, &ring = transport.ring(i)] {
        for (auto next = first_of_producer(i); !done_; next += 50) {
          sent_ += send_frames(ring, next, 50, 500, everyone);
          ring.flush();
        }
      });
    }
  }
  ~Load() { stop(); }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  [[nodiscard]] std::uint64_t sent() const { return sent_; }
  void await(std::uint64_t more) const {
    const auto goal = sent_ + more;
    REQUIRE(eventually([&] { return sent_ >= goal; }));
  }
  void stop() {
    done_ = true;
    for (auto& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
  }

 private:
  std::atomic<bool> done_{false};
  std::atomic<std::uint64_t> sent_{0};
  std::vector<std::thread> threads_;
};

TEST_CASE("under load: who stays has every frame once, who comes has what comes from then on") {
  const std::size_t producers = GENERATE(1U, 3U);
  CAPTURE(producers);
  Arrivals at_stays;
  Arrivals at_changes;
  Arrivals at_guest;
  Sink stays(at_stays);
  Sink changes(at_changes);
  Sink guest(at_guest, {Carrier::udp, "127.0.0.1", 0});
  std::vector<CollectorOptions> wanted{named("stays", stays.endpoint()),
                                       named("changes", changes.endpoint())};
  Transport transport(wanted, small_ring, {}, producers);
  transport.start();
  Load load(transport, producers);
  for (int round = 0; round < 20; ++round) {
    load.await(200);
    wanted.resize(2);
    ++wanted[1].flush_bytes;
    if (round % 2 == 0) wanted.push_back(named("guest", guest.endpoint()));
    transport.reconfigure(wanted, hours(1));
    CHECK(adds_up(transport.account()));
  }
  load.stop();
  const auto ledger = transport.drain();
  const auto all = transport.account();
  CHECK(adds_up(all));
  CHECK(all.offered == load.sent());
  REQUIRE(all.collectors.size() == 2);
  CHECK(all.collectors[0].connects == 1);
  CHECK(all.collectors[0].frames.sent == load.sent());
  CHECK(at_stays.distinct() == load.sent());
  CHECK(at_stays.duplicates() == 0);
  CHECK(at_stays.disordered() == 0);

  CHECK(all.collectors[1].passed_before > 0);
  std::uint64_t changed = all.collectors[1].frames.sent;
  for (const auto& one : all.departed) {
    CHECK(one.frames.lost.total() == 0);
    if (one.name == "changes") changed += one.frames.sent;
    if (one.name == "guest") CHECK(one.passed_after > 0);
  }
  CHECK(changed == load.sent());
  CHECK(at_changes.distinct() == load.sent());
  CHECK(at_changes.duplicates() == 0);
  CHECK(at_guest.bad() == 0);
  CHECK(ledger.size() == 2 + all.departed.size());
}

TEST_CASE("a hundred changes are added up, and take no more memory than one") {
  Arrivals arrivals;
  Sink sink(arrivals);
  auto options = named("one", sink.endpoint());
  Transport transport({options}, small_ring, {});
  transport.start();
  for (std::uint32_t i = 0; i < 100; ++i) {
    send_frames(transport, i, 1, 500, everyone);
    ++options.flush_bytes;
    transport.reconfigure({options}, hours(1));
    REQUIRE(eventually([&] {
      const auto departed = transport.account().departed;
      return departed.size() == 1 && departed[0].frames.sent == i + 1 &&
             departed[0].state == CollectorState::closed;
    }));
  }
  const auto all = transport.account();
  CHECK(all.departed.at(0).frames.entered == 100);
  CHECK(all.departed.at(0).connects == 100);
  CHECK(all.departed.at(0).lag.total() == 100);
  CHECK(all.departed.at(0).kept_bytes == 0);
  CHECK(all.collectors.at(0).passed_before == 100);
  CHECK(adds_up(all));
  transport.drain();
  CHECK(arrivals.distinct() == 100);
}

TEST_CASE("what is routed to one that changes goes to one of the two") {
  Arrivals at_stays;
  Arrivals at_changes;
  Sink stays(at_stays);
  Sink changes(at_changes);
  auto changed = named("changes", changes.endpoint());
  Transport transport({named("stays", stays.endpoint()), changed}, small_ring, {});
  transport.start();
  for (std::uint32_t i = 0; i < 20; ++i) {
    send_frames(transport, i, 1, 500, 2);
    ++changed.flush_bytes;
    const auto bits = transport.reconfigure(
        {named("stays", stays.endpoint()), changed, named("new", stays.endpoint())}, hours(1));
    CHECK(bits[0] == 0);
    CHECK(bits[1] == 1);
    CHECK(bits[2] > 1);
    CHECK(adds_up(transport.account()));
  }
  transport.drain();
  const auto all = transport.account();
  CHECK(adds_up(all));
  CHECK(all.collectors.at(0).frames.entered == 0);
  CHECK(all.collectors.at(0).frames.elsewhere == 20);
  CHECK(at_changes.distinct() == 20);
  CHECK(at_changes.duplicates() == 0);
  CHECK(at_stays.distinct() == 0);
}

TEST_CASE("of one name there is one sum, although who left later is finished sooner") {
  RawPeer absent;
  Arrivals arrivals;
  Sink sink(arrivals);
  const auto last = named("one", sink.endpoint());
  auto slow = named("one", absent.endpoint());
  Transport transport({slow}, small_ring, {});
  transport.start();
  send_frames(transport, 0, 10, 500, everyone);
  slow.flush_bytes = 1;
  transport.reconfigure({slow}, hours(1));
  transport.reconfigure({last}, hours(1));
  CHECK(adds_up(transport.account()));  // and by now the second of them is no more
  transport.stop();
  const auto all = transport.account();
  REQUIRE(all.departed.size() == 1);
  CHECK(all.departed[0].frames.entered == 10);
  CHECK(adds_up(all));
}

TEST_CASE("one that leaves has its patience, then what it holds is lost and counted") {
  Arrivals arrivals;
  Sink sink(arrivals);
  RawPeer absent;
  const auto stays = named("stays", sink.endpoint());
  Transport transport({stays, named("absent", absent.endpoint())}, small_ring, {});
  transport.start();
  send_frames(transport, 0, 10, 500, everyone);
  transport.reconfigure({stays}, milliseconds(1));
  CHECK(eventually(
      [&] { return transport.account().departed.at(0).state == CollectorState::given_up; }));
  send_frames(transport, 10, 10'000, 500, everyone);  // more than the ring holds
  transport.drain();
  const auto all = transport.account();
  CHECK(all.departed.at(0).frames.lost.given_up == 10);
  CHECK(all.departed.at(0).passed_after == 10'000);
  CHECK(all.collectors.at(0).frames.sent == 10'010);
  CHECK(adds_up(all));
}

TEST_CASE("one that leaves may be sent to for as long as its patience lasts") {
  Arrivals arrivals;
  RawPeer late;
  RawPeer absent;
  Transport transport({named("late", late.endpoint())}, small_ring, {});
  transport.start();
  send_frames(transport, 0, 10, 500, everyone);
  transport.reconfigure({named("absent", absent.endpoint())}, hours(1));
  late.listen();
  late.accept();
  CHECK(arrivals.take(late.read_all()) == 5000);
  late.close();
  CHECK(eventually(
      [&] { return transport.account().departed.at(0).state == CollectorState::closed; }));
  CHECK(transport.account().departed.at(0).frames.sent == 10);
}

TEST_CASE("one may leave while its name is looked up") {
  RawPeer absent;
  Transport transport({named("nowhere", {Carrier::tcp, "no-such-host.invalid", 9})}, small_ring,
                      {});
  transport.start();
  transport.reconfigure({named("absent", absent.endpoint())}, hours(1));
  CHECK(eventually(
      [&] { return transport.account().departed.at(0).state == CollectorState::closed; }));
}

TEST_CASE("there are 64 collectors at most, those that leave among them") {
  RawPeer absent;
  std::vector<CollectorOptions> wanted;
  wanted.reserve(64);
  for (int i = 0; i < 64; ++i) wanted.push_back(named(std::to_string(i), absent.endpoint()));
  Transport transport(wanted, small_ring, {});
  transport.start();
  send_frames(transport, 0, 3, 500, everyone);
  CHECK(transport.snapshot().at(63).frames.held() == 3);

  auto more = wanted;
  more.push_back(named("one too many", absent.endpoint()));
  CHECK_THROWS_WITH(transport.reconfigure(more, hours(1)), "more than 64 collectors");
  auto changed = wanted;
  changed[5].name = "changed";
  CHECK_THROWS_WITH(transport.reconfigure(changed, hours(1)),
                    "more than 64 collectors, those that still leave among them");
  CHECK(transport.account().departed.empty());
  CHECK(transport.snapshot().at(5).name == "5");

  wanted.pop_back();
  transport.reconfigure(wanted, milliseconds(0));
  wanted.push_back(named("64", absent.endpoint()));
  CHECK(eventually([&] {
    try {
      transport.reconfigure(wanted, hours(1));
      return true;
    } catch (const std::runtime_error&) {
      return false;
    }
  }));
  CHECK(transport.snapshot().at(63).name == "64");
  CHECK(transport.snapshot().at(63).passed_before == 3);
  CHECK(transport.account().departed.at(0).frames.lost.given_up == 3);
}

TEST_CASE("one that comes into a pool, or leaves it, keeps its connection") {
  Arrivals arrivals;
  Sink sink(arrivals);
  const auto alone = named("one", sink.endpoint());
  auto in_pool = alone;
  in_pool.health = HealthOptions{};
  auto impatient = alone;
  impatient.health = HealthOptions{.fail_after = milliseconds(500)};
  Transport transport({alone}, small_ring, {});
  transport.start();
  CHECK(eventually([&] { return transport.snapshot().at(0).state == CollectorState::up; }));
  CHECK_FALSE(transport.snapshot().at(0).healthy);
  transport.reconfigure({in_pool}, hours(1));
  CHECK(transport.snapshot().at(0).healthy == true);
  transport.reconfigure({alone}, hours(1));
  CHECK(transport.account().departed.empty());
  CHECK(transport.snapshot().at(0).connects == 1);
  transport.reconfigure({impatient}, hours(1));
  CHECK(transport.account().departed.size() == 1);
}

TEST_CASE("of names that come and go the last are remembered") {
  Arrivals arrivals;
  Sink sink(arrivals);
  RawPeer absent;
  const auto stays = named("stays", sink.endpoint());
  Transport transport({stays}, small_ring, {});
  transport.start();
  for (int i = 0; i < 300; ++i) {
    transport.reconfigure({stays, named(std::to_string(i), absent.endpoint())}, milliseconds(0));
    send_frames(transport, static_cast<std::uint32_t>(i), 1, 500, everyone);
    CHECK(eventually([&] { return transport.account().departed.size() <= 256; }));
  }
  transport.reconfigure({stays}, milliseconds(0));
  CHECK(eventually([&] { return transport.account().departed.size() == 256; }));
  const auto all = transport.account();
  CHECK(all.departed.back().name == "299");
  CHECK(adds_up(all));
}

TEST_CASE("what cannot be used changes nothing") {
  Arrivals arrivals;
  Sink sink(arrivals);
  const auto good = named("good", sink.endpoint());
  auto bad = named("bad", {Carrier::tls, "127.0.0.1", 9});
  bad.tls.ca_file = "/no/such/file.pem";
  Transport transport({good}, small_ring, {});
  transport.start();
  send_frames(transport, 0, 10, 500, everyone);
  CHECK_THROWS_AS(transport.reconfigure({bad}, hours(1)), std::runtime_error);
  CHECK_THROWS_AS(transport.reconfigure({named("new", sink.endpoint()), bad}, hours(1)),
                  std::runtime_error);
  CHECK_THROWS_WITH(transport.reconfigure({}, hours(1)), "no collector is given");
  send_frames(transport, 10, 10, 500, everyone);
  transport.drain();
  const auto all = transport.account();
  CHECK(all.departed.empty());
  REQUIRE(all.collectors.size() == 1);
  CHECK(all.collectors[0].name == "good");
  CHECK(all.collectors[0].connects == 1);
  CHECK(all.collectors[0].frames.sent == 20);
  CHECK_THROWS_WITH(transport.reconfigure({good}, hours(1)), "the transport is ending");
}

TEST_CASE("an equal TLS collector stays, and keeps the files it was made with") {
  Arrivals arrivals;
  auto authority = std::make_unique<test::Authority>();
  const auto identity = authority->issue("IP:127.0.0.1");
  Sink sink(arrivals, {Carrier::tls, "127.0.0.1", 0},
            {identity.certificate_file, identity.key_file, {}});
  auto options = named("tls", sink.endpoint());
  options.tls.ca_file = authority->ca_file();
  Transport transport({options}, small_ring, {});
  transport.start();
  authority.reset();  // and its files
  transport.reconfigure({options}, hours(1));
  ++options.flush_bytes;
  CHECK_THROWS_AS(transport.reconfigure({options}, hours(1)), std::runtime_error);
  send_frames(transport, 0, 10, 500, everyone);
  CHECK(transport.drain().at(0).frames.sent == 10);
}

TEST_CASE("collectors change before the start as well") {
  Arrivals arrivals;
  Sink sink(arrivals);
  RawPeer absent;
  Transport transport({named("absent", absent.endpoint())}, small_ring, {});
  send_frames(transport, 0, 3, 500, everyone);
  transport.reconfigure({named("sink", sink.endpoint())}, milliseconds(1));
  send_frames(transport, 3, 4, 500, everyone);
  transport.start();
  const auto ledger = transport.drain();
  CHECK(ledger.at(0).frames.sent == 4);
  CHECK(ledger.at(0).passed_before == 3);
  CHECK(ledger.at(1).frames.lost.given_up == 3);
  CHECK(ledger.at(1).passed_after == 4);
}

}  // namespace
}  // namespace heptap
