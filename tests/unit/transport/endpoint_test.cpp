#include "transport/endpoint.hpp"

#include <catch2/catch.hpp>

namespace heptap {
namespace {

TEST_CASE("an endpoint is written as a URL, IPv6 in brackets") {
  CHECK(to_string(Endpoint{Carrier::udp, "10.0.0.1", 9060}) == "udp://10.0.0.1:9060");
  CHECK(to_string(Endpoint{Carrier::tls, "homer_1", 65535}) == "tls://homer_1:65535");
  CHECK(to_string(Endpoint{Carrier::tcp, "fe80::1%eth0", 1}) == "tcp://[fe80::1%eth0]:1");
}

}  // namespace
}  // namespace heptap
