#include "transport/stream_collector.hpp"

#include "tests/support/allocation_counter.hpp"
#include "tests/unit/transport/peers.hpp"

#include <catch2/catch.hpp>

#include <sys/eventfd.h>
#include <unistd.h>

#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace heptap {
namespace {

using std::chrono::milliseconds;
using test::Arrivals;
using test::eventually;
using test::quick;
using test::RawPeer;
using test::send_frames;
using test::Sink;

constexpr std::size_t small_ring = FrameRing::min_bytes;
constexpr std::size_t large_ring = std::size_t{16} << 20U;  // half of it: any receive buffer

TEST_CASE("frames arrive over TCP, by v4, v6 and name") {
  const auto* const host = GENERATE("127.0.0.1", "::1", "localhost");
  if (!test::has_host(host)) return;
  CAPTURE(host);
  Arrivals arrivals;
  Sink sink(arrivals, {Carrier::tcp, host, 0});
  Transport transport({quick(sink.endpoint())}, small_ring, {});
  transport.start();
  const std::uint32_t count = 5000;
  REQUIRE(send_frames(transport, 0, count) == count);
  const auto ledger = transport.drain();
  CHECK(ledger[0].frames.entered == count);
  CHECK(ledger[0].frames.sent == count);
  CHECK(ledger[0].frames.resent == 0);
  CHECK(ledger[0].lag.total() == count);
  CHECK(ledger[0].frames.bytes == count * 500U);
  CHECK(ledger[0].state == CollectorState::closed);
  CHECK(ledger[0].connects == 1);
  CHECK(arrivals.distinct() == count);
  CHECK(arrivals.duplicates() == 0);
  CHECK(arrivals.bad() == 0);
}

TEST_CASE("a few frames leave after the flush delay, without a flush") {
  Arrivals arrivals;
  Sink sink(arrivals);
  Transport transport({quick(sink.endpoint())}, small_ring, {});
  transport.start();
  send_frames(transport, 0, 3);
  CHECK(eventually([&] { return arrivals.total() == 3; }));
}

TEST_CASE("a flush makes frames leave that would wait for more") {
  Arrivals arrivals;
  Sink sink(arrivals);
  auto options = quick(sink.endpoint());
  options.flush_delay = std::chrono::hours(1);
  Transport transport({options}, small_ring, {});
  transport.start();
  REQUIRE(eventually([&] { return transport.snapshot()[0].state == CollectorState::up; }));
  send_frames(transport, 0, 3);
  CHECK(transport.snapshot()[0].frames.queued == 3);
  transport.ring().flush();
  CHECK(eventually([&] { return arrivals.total() == 3; }));
}

TEST_CASE("a collector that is not there at start gets everything later") {
  RawPeer peer;
  Arrivals arrivals;
  Transport transport({quick(peer.endpoint())}, small_ring, {});
  transport.start();
  send_frames(transport, 0, 1000);
  REQUIRE(eventually([&] { return !transport.snapshot()[0].last_error.empty(); }));
  CHECK_THAT(transport.snapshot()[0].last_error, Catch::Contains("Connection refused"));
  CHECK(transport.snapshot()[0].frames.queued == 1000);
  peer.listen();
  std::thread reader([&] {
    peer.accept();
    arrivals.take(peer.read_all());
    peer.close();
  });
  const auto ledger = transport.drain();
  reader.join();
  CHECK(ledger[0].frames.sent == 1000);
  CHECK(ledger[0].last_error.empty());
  CHECK(arrivals.total() == 1000);
}

TEST_CASE("a collector that stays away is given up, and the producer goes on") {
  RawPeer peer;
  auto options = quick(peer.endpoint());
  options.give_up_after = milliseconds(30);
  std::vector<std::string> errors;
  Transport transport({options}, small_ring, [&](EventLevel level, const std::string& text) {
    if (level == EventLevel::error) errors.push_back(text);
  });
  transport.start();
  const std::uint32_t count = 10'000;  // several times the ring
  CHECK(send_frames(transport, 0, count) == count);
  const auto ledger = transport.drain();
  CHECK(ledger[0].state == CollectorState::given_up);
  CHECK(ledger[0].frames.entered == count);
  CHECK(ledger[0].frames.lost.given_up == count);
  CHECK(test::adds_up(ledger[0]));
  REQUIRE(errors.size() == 1);
  CHECK_THAT(errors[0], Catch::Contains("given up") && Catch::Contains("Connection refused"));
}

TEST_CASE("a collector that takes no more is given up, and nothing counts as sent") {
  RawPeer peer;
  peer.listen(4096);
  auto options = quick(peer.endpoint());
  options.give_up_after = milliseconds(50);
  Transport transport({options}, std::size_t{8} << 20U, {});
  transport.start();
  peer.accept();
  const std::uint32_t count = 40'000;
  CHECK(send_frames(transport, 0, count) == count);
  const auto ledger = transport.drain();
  CHECK(ledger[0].frames.entered == count);
  CHECK(ledger[0].frames.lost.total() == count);
  CHECK(ledger[0].frames.lost.unconfirmed > 0);
  CHECK(ledger[0].frames.sent == 0);
}

TEST_CASE("what a reset may have destroyed is sent again whole") {
  RawPeer peer;
  peer.listen();
  Arrivals arrivals;
  Transport transport({quick(peer.endpoint())}, large_ring, {});
  transport.start();
  std::thread reader([&] {
    for (const std::size_t bytes : {1U, 777U, 50'001U, 200'123U}) {
      peer.accept();
      arrivals.take(peer.read(bytes));
      peer.reset();
    }
    peer.accept();
    arrivals.take(peer.read_all());
    peer.close();
  });
  const std::uint32_t count = 10'000;
  CHECK(send_frames(transport, 0, count) == count);
  const auto ledger = transport.drain();
  reader.join();
  CHECK(ledger[0].frames.sent == count);
  CHECK(ledger[0].frames.lost.total() == 0);
  CHECK(ledger[0].disconnects == 4);
  CHECK(arrivals.distinct() == count);
  CHECK(arrivals.bad() == 0);
  CHECK(arrivals.duplicates() <= ledger[0].frames.resent);
}

TEST_CASE("a peer that closes with everything acknowledged and unread gets it again") {
  // Some programs say shutdown() before close(). Those that do not are met while we close, too.
  const bool with_fin = GENERATE(false, true);
  CAPTURE(with_fin);
  RawPeer peer;
  peer.listen();
  Arrivals arrivals;
  Transport transport({quick(peer.endpoint())}, small_ring, {});
  transport.start();
  send_frames(transport, 0, 20);
  std::thread reader([&] {
    peer.accept();
    peer.await_unread(20 * 500);
    if (with_fin) peer.send_fin();
    peer.close();
    peer.accept();
    arrivals.take(peer.read_all());
    peer.close();
  });
  if (with_fin) CHECK(eventually([&] { return transport.snapshot()[0].disconnects == 1; }));
  const auto ledger = transport.drain();
  reader.join();
  CHECK(ledger[0].frames.sent == 20);
  CHECK(ledger[0].frames.resent == 20);
  CHECK(arrivals.total() == 20);
}

TEST_CASE("after a FIN in mid-frame the rest goes to a new connection, without duplicates") {
  RawPeer peer;
  peer.listen(4096);
  Arrivals arrivals;
  Transport transport({quick(peer.endpoint())}, small_ring, {});
  transport.start();
  std::thread reader([&] {
    peer.accept();
    peer.await_unread(1);
    peer.send_fin();
    arrivals.take(peer.read_all());  // what its kernel had acknowledged
    peer.accept();
    arrivals.take(peer.read_all());
    peer.close();
  });
  const std::uint32_t count = 10'000;
  CHECK(send_frames(transport, 0, count) == count);
  const auto ledger = transport.drain();
  reader.join();
  CHECK(ledger[0].frames.sent == count);
  CHECK(ledger[0].disconnects == 1);
  CHECK(arrivals.distinct() == count);
  CHECK(arrivals.bad() == 0);
  CHECK(arrivals.duplicates() <= ledger[0].frames.resent);
}

TEST_CASE("a slow reader with a small buffer gets everything once") {
  RawPeer peer;
  peer.listen(4096);
  Arrivals arrivals;
  Transport transport({quick(peer.endpoint())}, small_ring, {});
  transport.start();
  std::thread reader([&] {
    peer.accept();
    arrivals.take(peer.read_all(700));
    peer.close();
  });
  const std::uint32_t count = 6000;
  CHECK(send_frames(transport, 0, count) == count);
  const auto ledger = transport.drain();
  reader.join();
  CHECK(ledger[0].frames.sent == count);
  CHECK(ledger[0].frames.resent == 0);
  CHECK(arrivals.total() == count);
  CHECK(arrivals.distinct() == count);
}

TEST_CASE(
    "a peer that never closes does not keep drain() waiting for ever, and has perhaps not read") {
  RawPeer peer;
  peer.listen();
  auto options = quick(peer.endpoint());
  options.close_timeout = milliseconds(20);
  Transport transport({options}, small_ring, {});
  transport.start();
  send_frames(transport, 0, 5);
  peer.accept();
  const auto ledger = transport.drain();
  CHECK(ledger[0].frames.sent == 0);
  CHECK(ledger[0].frames.lost.unconfirmed == 5);
  CHECK(test::adds_up(ledger[0]));
  CHECK_THAT(ledger[0].last_error, Catch::Contains("did not close the connection"));
  CHECK(ledger[0].state == CollectorState::given_up);
}

TEST_CASE("what a peer has acknowledged and not read is sent again when it resets after our end") {
  RawPeer peer;
  peer.listen();
  auto options = quick(peer.endpoint());
  options.close_timeout.reset();
  Transport transport({options}, small_ring, {});
  transport.start();
  send_frames(transport, 0, 5);
  Arrivals arrivals;
  std::thread reader([&] {
    peer.accept();
    peer.await_unread(5 * 500);
    CHECK(eventually([&] { return transport.snapshot()[0].state == CollectorState::closing; }));
    peer.reset();
    peer.accept();
    arrivals.take(peer.read_all());
    peer.close();
  });
  const auto ledger = transport.drain();
  reader.join();
  CHECK(arrivals.distinct() == 5);
  CHECK(ledger[0].frames.sent == 5);
  CHECK(ledger[0].frames.resent == 5);
}

TEST_CASE("of a peer that never closes only what is kept is in doubt") {
  RawPeer peer;
  peer.listen();
  auto options = quick(peer.endpoint());
  options.close_timeout = milliseconds(20);
  options.resend_bytes = 0;
  Transport transport({options}, small_ring, {});
  transport.start();
  send_frames(transport, 0, 5);
  const auto ledger = transport.drain();
  CHECK(ledger[0].frames.sent == 5);
  CHECK(ledger[0].state == CollectorState::closed);
}

TEST_CASE("a collector that reads slowly, but reads, is not given up") {
  RawPeer peer;
  peer.listen(4096);
  auto options = quick(peer.endpoint());
  options.give_up_after = milliseconds(500);
  Transport transport({options}, large_ring, {});
  transport.start();
  const std::uint32_t count = 25'000;  // more than the sending kernel takes at once
  Arrivals arrivals;
  std::thread reader([&] {
    peer.accept();
    const auto slow_until = std::chrono::steady_clock::now() + milliseconds(1500);
    while (std::chrono::steady_clock::now() < slow_until) {
      arrivals.take(peer.read(2000));
      std::this_thread::sleep_for(milliseconds(10));
    }
    arrivals.take(peer.read_all());
    peer.close();
  });
  CHECK(send_frames(transport, 0, count) == count);
  const auto ledger = transport.drain();
  reader.join();
  CHECK(ledger[0].frames.sent == count);
  CHECK(ledger[0].frames.lost.total() == 0);
  CHECK(arrivals.distinct() == count);
}

TEST_CASE("a server that answers as no collector does has got nothing") {
  const auto [answer, why] = GENERATE(table<std::string, std::string>(
      {{std::string("\x15\x03\x01\x00\x02\x02\x46", 7), "this port speaks TLS: use tls://"},
       {"HTTP/1.1 400 Bad Request\r\n\r\n", "this is an HTTP server"},
       {"<!DOCTYPE HTML>\n<html>", "this is an HTTP server"}}));
  std::optional<RawPeer> peer(std::in_place);
  peer->listen();
  auto options = quick(peer->endpoint());
  options.give_up_after = milliseconds(200);
  std::string errors;
  Transport transport({options}, small_ring,
                      [&errors](EventLevel, const std::string& text) { errors += text + "\n"; });
  transport.start();
  send_frames(transport, 0, 5);
  peer->accept();
  (void)peer->read(5 * 500);
  peer->write(answer);
  peer.reset();  // it does not come again
  const auto ledger = transport.drain();
  CHECK(ledger[0].state == CollectorState::given_up);
  CHECK(ledger[0].frames.sent == 0);
  CHECK(ledger[0].frames.lost.unconfirmed == 5);
  CHECK_THAT(errors, Catch::Contains(why));
}

TEST_CASE("in a hurry, what does not get through is given up") {
  RawPeer absent;
  const int hurry = ::eventfd(1, EFD_CLOEXEC);  // readable
  Transport transport({quick(absent.endpoint())}, small_ring, {});
  transport.hurry_when_readable(hurry, milliseconds(10));
  CHECK(send_frames(transport, 0, 7) == 7);  // before the clock runs: some must be there to be lost
  transport.start();

  SECTION("at drain()") {}
  SECTION("by a producer that waits for space") {
    CHECK(send_frames(transport, 7, 50'000) == 50'000);
  }

  const auto ledger = transport.drain();
  CHECK(ledger[0].state == CollectorState::given_up);
  CHECK(ledger[0].frames.lost.given_up == ledger[0].frames.entered);
  CHECK(transport.ring().reserve(1).empty());
  ::close(hurry);
}

TEST_CASE("a collector killed and restarted again and again loses nothing") {
  Arrivals arrivals;
  std::optional<Sink> sink(std::in_place, arrivals);
  const Endpoint endpoint = sink->endpoint();
  Transport transport({quick(endpoint)}, large_ring, {});
  transport.start();
  constexpr std::uint32_t batch = 5000;
  bool sums = true;
  std::uint32_t count = 0;
  for (int kill = 0; kill < 10; ++kill) {
    const std::uint32_t before = count;
    count += send_frames(transport, count, batch);
    CHECK(eventually([&] {
      sums = sums && test::adds_up(transport.snapshot()[0]);
      return arrivals.distinct() > before + 100;
    }));
    sink.reset();
    sink.emplace(arrivals, endpoint);
  }
  const auto ledger = transport.drain();
  CHECK(sums);
  CHECK(count == 10 * batch);
  CHECK(ledger[0].frames.entered == count);
  CHECK(ledger[0].frames.sent == count);
  CHECK(ledger[0].disconnects >= 9);  // the last kill may find everything delivered
  CHECK(arrivals.distinct() == count);
  CHECK(arrivals.bad() == 0);
  CHECK(arrivals.duplicates() <= ledger[0].frames.resent);
}

TEST_CASE("an unknown name is tried again, and the fault is told") {
  auto options = quick({Carrier::tcp, "no-such-host.invalid", 9060});
  options.give_up_after = milliseconds(30);
  Transport transport({options}, small_ring, {});
  transport.start();
  send_frames(transport, 0, 2);
  const auto last_error = [&] { return transport.snapshot()[0].last_error; };
  CHECK(eventually([&] { return !last_error().empty(); }));  // a resolver takes its time
  const auto ledger = transport.drain();
  CHECK(ledger[0].frames.lost.given_up == 2);
  CHECK_THAT(ledger[0].last_error, Catch::Contains("no-such-host.invalid"));
}

}  // namespace
}  // namespace heptap
