#include "config/host_port.hpp"

#include <catch2/catch.hpp>

using namespace heptap;

TEST_CASE("a host and its port are taken apart, and written as they were") {
  struct Row {
    std::string_view text;
    HostPort want;
  };
  const auto row = GENERATE(values<Row>({
      {"127.0.0.1:19060", {"127.0.0.1", 19060}},
      {"localhost:1", {"localhost", 1}},
      {"[::1]:65535", {"::1", 65535}},
      {"[fe80::1%eth0]:9060", {"fe80::1%eth0", 9060}},
  }));
  CAPTURE(row.text);
  HostPort where;
  CHECK(parse_host_port(row.text, where).empty());
  CHECK(where == row.want);
  CHECK(to_string(where) == row.text);
}

TEST_CASE("an address is told from a name") {
  CHECK(is_address({"127.0.0.1", 1}));
  CHECK(is_address({"::", 1}));
  CHECK_FALSE(is_address({"localhost", 1}));
  CHECK_FALSE(is_address({"127.0.0.1.example.net", 1}));
}

TEST_CASE("what is wrong with a host or its port is said, and nothing is stored") {
  struct Row {
    std::string_view text;
    std::string_view want;
  };
  const auto row = GENERATE(values<Row>({
      {"", "has no host"},
      {":19060", "has no host"},
      {"19060", "has a bad IPv4 address"},
      {"localhost", "has no port"},
      {"localhost:", "has no port"},
      {"localhost:0", "has a bad port"},
      {"localhost:65536", "has a bad port"},
      {"tcp://localhost:1", "needs brackets around an IPv6 address"},
      {"::1:19060", "needs brackets around an IPv6 address"},
      {"[::1:19060", "has no ']'"},
      {"[::1]19060", "has no port"},
      {"[127.0.0.1]:19060", "has a bad IPv6 address"},
      {"*:19060", "has a bad host name"},
  }));
  CAPTURE(row.text);
  const HostPort before{"untouched", 7};
  HostPort where = before;
  CHECK(parse_host_port(row.text, where) == row.want);
  CHECK(where == before);
}

TEST_CASE("only who listens may leave the port to the system") {
  HostPort where;
  CHECK(parse_host_port("127.0.0.1:0", where) == "has a bad port");
  CHECK(parse_host_port("127.0.0.1:0", where, 0).empty());
  CHECK(where == HostPort{"127.0.0.1", 0});
}
