#include "agent/capture/loopback_copies.hpp"

#include <arpa/inet.h>
#include <net/if.h>
#include <sys/socket.h>

#include <catch2/catch.hpp>
#include <chrono>

#include "agent/capture/live_source.hpp"
#include "tests/unit/agent/capture/own_network.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr std::uint64_t datagrams = 20;

void send_over_loopback() {
  const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  REQUIRE(fd >= 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(5060);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (std::uint64_t i = 0; i < datagrams; ++i) {
    const auto* const address = reinterpret_cast<const sockaddr*>(&to);  // NOLINT: as C wants it
    CHECK(::sendto(fd, "OPTIONS", 7, 0, address, sizeof to) == 7);
  }
  ::close(fd);
}

}  // namespace

TEST_CASE("what goes over loopback is counted, stored and given once") {
  const std::string interface = GENERATE("lo", "any");
  CAPTURE(interface);
  const OwnNetwork network;
  if (!network) return;
  LiveOptions options;
  options.interface = interface;
  options.ring_bytes = 1 << 20;
  options.filter.sip_ports.add(5060, 5060);
  LiveSource source(options);
  send_over_loopback();
  std::uint64_t given = 0;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
  while (given < datagrams && std::chrono::steady_clock::now() < deadline) {
    given += source.read(100, [](const RawFrame&) {});
  }
  CHECK(given == datagrams);
  CHECK(source.counts().received == datagrams);
}
