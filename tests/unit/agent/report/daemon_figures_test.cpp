#include "agent/report/daemon_figures.hpp"

#include <catch2/catch.hpp>

using namespace heptap;

TEST_CASE("a collector is connected when it is up, and only then") {
  using enum CollectorState;
  const auto state = GENERATE(values({idle, resolving, connecting, handshaking, up, closing,
                                      backoff, spooling, given_up, closed}));
  CAPTURE(to_string(state));
  CollectorSnapshot snapshot;
  snapshot.state = state;
  CHECK(collector_figures(snapshot).connected == (state == up));
}

TEST_CASE("a collector's counts are those of its snapshot") {
  CollectorSnapshot snapshot;
  snapshot.name = "homer";
  snapshot.frames.bytes = 7;
  snapshot.connects = 3;
  snapshot.disconnects = 2;
  snapshot.kept_bytes = 11;
  snapshot.lag.add(5);
  snapshot.healthy = false;
  snapshot.peers = {{Carrier::tls, "2001:db8::1", 9060}, {Carrier::tls, "192.0.2.1", 9061}};
  const CollectorFigures figures = collector_figures(snapshot);
  CHECK(figures.name == "homer");
  CHECK(figures.sent_bytes == 7);
  CHECK(figures.healthy == false);
  CHECK(figures.address == "[2001:db8::1]:9060,192.0.2.1:9061");
  CHECK(figures.connects == 3);
  CHECK(figures.disconnects == 2);
  CHECK(figures.held_bytes == 11);
  CHECK(figures.lag.total() == 1);
  CHECK_FALSE(figures.spool_bytes);
}

TEST_CASE("a collector with a spool says how much disk that has") {
  CollectorSnapshot snapshot;
  snapshot.spool.emplace().bytes = 4096;
  CHECK(collector_figures(snapshot).spool_bytes == 4096U);
}
