#include "agent/peer_log.hpp"

#include <netinet/in.h>

#include <catch2/catch.hpp>
#include <cstring>

using namespace heptap;
using namespace std::chrono_literals;

namespace {

Peer peer_of(std::uint32_t address, std::uint16_t port = 9060) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_addr.s_addr = htonl(address);
  v4.sin_port = htons(port);
  Peer peer;
  std::memcpy(&peer.address, &v4, sizeof v4);
  return peer;
}

const PeerLog::Clock::time_point start{1h};

}  // namespace

TEST_CASE("a peer is let through once a minute, whatever its port") {
  PeerLog log;
  CHECK(log.is_due(peer_of(1), start));
  CHECK_FALSE(log.is_due(peer_of(1, 9061), start + 59s));
  CHECK(log.is_due(peer_of(2), start + 59s));
  CHECK(log.is_due(peer_of(1), start + 60s));
  CHECK_FALSE(log.is_due(peer_of(1), start + 61s));
}

TEST_CASE("more peers than there is room for are silent until others are forgotten") {
  PeerLog log;
  for (std::uint32_t i = 0; i < PeerLog::max_peers; ++i) REQUIRE(log.is_due(peer_of(i), start));
  CHECK_FALSE(log.is_due(peer_of(1'000'000), start));
  CHECK_FALSE(log.is_due(peer_of(1'000'000), start + 59s));
  CHECK(log.is_due(peer_of(1'000'000), start + 61s));
}
