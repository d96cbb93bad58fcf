#include "config/dns_servers.hpp"

#include <catch2/catch.hpp>

using namespace heptap;

TEST_CASE("name servers are addresses, with a port or without") {
  DnsServers servers;
  CHECK(
      parse_dns_servers("192.0.2.53, 127.0.0.1:5353, 2001:db8::53,[2001:db8::53]:54,[::1]", servers)
          .empty());
  CHECK(servers == DnsServers{{"192.0.2.53", 53},
                              {"127.0.0.1", 5353},
                              {"2001:db8::53", 53},
                              {"2001:db8::53", 54},
                              {"::1", 53}});
}

TEST_CASE("what is no name server changes nothing") {
  struct Row {
    std::string in;
    std::string want;
  };
  const auto row = GENERATE(values<Row>({
      {"dns.example.org", "has a name, where only an address can be"},
      {"192.0.2.1,", "has an empty item"},
      {"192.0.2.300", "has a bad IPv4 address"},
      {"192.0.2.1:0", "has a bad port"},
      {"2001:db8::g", "has a bad IPv6 address"},
      {"[::1", "has no ']'"},
  }));
  CAPTURE(row.in);
  DnsServers servers{{"192.0.2.7", 53}};
  CHECK(parse_dns_servers(row.in, servers) == row.want);
  CHECK(servers == DnsServers{{"192.0.2.7", 53}});
}
