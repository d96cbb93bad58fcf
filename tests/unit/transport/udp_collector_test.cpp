#include "transport/udp_collector.hpp"

#include "tests/unit/transport/peers.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <optional>

namespace heptap {
namespace {

using std::chrono::milliseconds;
using test::Arrivals;
using test::eventually;
using test::quick;
using test::send_frames;
using test::Sink;

constexpr std::size_t small_ring = FrameRing::min_bytes;

TEST_CASE("frames arrive over UDP, by v4, v6 and name") {
  const auto* const host = GENERATE("127.0.0.1", "::1", "localhost");
  if (!test::has_host(host)) return;
  CAPTURE(host);
  Arrivals arrivals;
  Sink sink(arrivals, {Carrier::udp, host, 0});
  Transport transport({quick(sink.endpoint())}, small_ring, {});
  transport.start();
  REQUIRE(send_frames(transport, 0, 150, 300) == 150);
  const auto ledger = transport.drain();
  CHECK(ledger[0].frames.sent == 150);
  CHECK(ledger[0].frames.lost.total() == 0);
  CHECK(ledger[0].lag.total() == 150);
  CHECK(eventually([&] { return arrivals.total() == 150; }));
  CHECK(arrivals.distinct() == 150);
  CHECK(arrivals.bad() == 0);
  CHECK(sink.deliveries() == 150);
}

TEST_CASE("a frame that no datagram holds is dropped and counted") {
  Arrivals arrivals;
  Sink sink(arrivals, {Carrier::udp, "127.0.0.1", 0});
  Transport transport({quick(sink.endpoint())}, small_ring, {});
  transport.start();
  send_frames(transport, 0, 5, 100);
  send_frames(transport, 5, 1, FrameRing::max_frame_bytes);
  send_frames(transport, 6, 5, 100);
  send_frames(transport, 11, 1, 65507);
  const auto ledger = transport.drain();
  CHECK(ledger[0].frames.entered == 12);
  CHECK(ledger[0].frames.sent == 11);
  CHECK(ledger[0].frames.lost.too_large == 1);
  CHECK(ledger[0].lag.total() == 11);
  CHECK(eventually([&] { return arrivals.distinct() == 11; }));
}

/// gives     a port that was free a moment ago
Endpoint closed_port() {
  Arrivals none;
  return Sink(none, {Carrier::udp, "127.0.0.1", 0}).endpoint();
}

TEST_CASE("datagrams that nobody listens for are not claimed delivered") {
  auto options = quick(closed_port());
  options.give_up_after = milliseconds(30);
  Transport transport({options}, small_ring, {});
  transport.start();
  const std::uint32_t count = 8000;
  CHECK(send_frames(transport, 0, count) == count);
  const auto ledger = transport.drain();
  CHECK(ledger[0].state == CollectorState::given_up);
  CHECK(ledger[0].frames.entered == count);
  CHECK(ledger[0].frames.sent == 0);
  CHECK(ledger[0].frames.lost.refused > 0);
  CHECK(ledger[0].frames.lost.total() == count);
  CHECK_THAT(ledger[0].last_error, Catch::Contains("Connection refused"));
}

TEST_CASE("one refused datagram alone is noticed") {
  auto options = quick(closed_port());
  Transport transport({options}, small_ring, {});
  transport.start();
  send_frames(transport, 0, 1, 100);
  const auto ledger = transport.drain();
  CHECK(ledger[0].frames.lost.refused == 1);
  CHECK(ledger[0].frames.sent == 0);
}

TEST_CASE("while nobody listens frames wait, and few are risked") {
  const Endpoint endpoint = closed_port();
  Transport transport({quick(endpoint)}, small_ring, {});
  transport.start();
  send_frames(transport, 0, 150, 300);
  REQUIRE(eventually([&] { return transport.snapshot()[0].disconnects >= 2; }));
  Arrivals arrivals;
  Sink sink(arrivals, endpoint);
  const auto ledger = transport.drain();
  CHECK(ledger[0].frames.sent + ledger[0].frames.lost.refused == 150);
  CHECK(eventually([&] { return arrivals.total() == ledger[0].frames.sent; }));
}

}  // namespace
}  // namespace heptap
