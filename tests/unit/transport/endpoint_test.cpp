#include "transport/endpoint.hpp"

#include <catch2/catch.hpp>

#include <stdexcept>

namespace heptap {
namespace {

TEST_CASE("a collector's URL names carrier, host and port") {
  struct Row {
    const char* url;
    Carrier carrier;
    const char* host;
    std::uint16_t port;
    const char* again;
  };
  const auto row = GENERATE(values<Row>({
      {"udp://10.0.0.1:9060", Carrier::udp, "10.0.0.1", 9060, "udp://10.0.0.1:9060"},
      {"tcp://homer.example.net:1", Carrier::tcp, "homer.example.net", 1,
       "tcp://homer.example.net:1"},
      {"tls://homer_1:65535", Carrier::tls, "homer_1", 65535, "tls://homer_1:65535"},
      {"tcp://[::1]:9061", Carrier::tcp, "::1", 9061, "tcp://[::1]:9061"},
      {"udp://[fe80::1%eth0]:9060", Carrier::udp, "fe80::1%eth0", 9060,
       "udp://[fe80::1%eth0]:9060"},
      {"udp://localhost", Carrier::udp, "localhost", 9060, "udp://localhost:9060"},
      {"tls://[2001:db8::1]", Carrier::tls, "2001:db8::1", 9060, "tls://[2001:db8::1]:9060"},
  }));
  CAPTURE(row.url);
  const Endpoint endpoint = parse_endpoint(row.url);
  CHECK(endpoint.carrier == row.carrier);
  CHECK(endpoint.host == row.host);
  CHECK(endpoint.port == row.port);
  CHECK(to_string(endpoint) == row.again);
}

TEST_CASE("a bad URL is refused with its fault in words") {
  struct Row {
    const char* url;
    const char* fault;
  };
  const auto row = GENERATE(values<Row>({
      {"", "expected udp://"},
      {"10.0.0.1:9060", "expected udp://"},
      {"http://x:80", "must be udp, tcp or tls"},
      {"UDP://x:80", "must be udp, tcp or tls"},
      {"udp://", "host is missing"},
      {"udp://:9060", "host is missing"},
      {"udp://[]:9060", "host is missing"},
      {"udp://[::1:9060", "missing ']'"},
      {"udp://::1:9060", "host is missing"},
      {"udp://fe80::1:9060", "needs brackets"},
      {"udp://[10.0.0.1]:9060", "for IPv6 addresses only"},
      {"udp://[::1]9060", "only a port may follow"},
      {"udp://x/", "a character that no name"},
      {"udp://x y:1", "a character that no name"},
      {"udp://x:", "from 1 to 65535"},
      {"udp://x:0", "from 1 to 65535"},
      {"udp://x:65536", "from 1 to 65535"},
      {"udp://x:-1", "from 1 to 65535"},
      {"udp://x:9060/", "from 1 to 65535"},
      {"udp://x:90a", "from 1 to 65535"},
  }));
  CAPTURE(row.url);
  CHECK_THROWS_WITH(
      parse_endpoint(row.url),
      Catch::Contains(row.fault) && Catch::Contains("\"" + std::string{row.url} + "\""));
}

}  // namespace
}  // namespace heptap
