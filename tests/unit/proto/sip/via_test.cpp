#include "proto/sip/via.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace heptap;

namespace {
struct Row {
  std::string_view value;
  std::string_view transport;
  std::string_view host;
  std::uint16_t port;
  std::string_view branch;
  std::string_view received;
  std::uint16_t rport;
};
}  // namespace

TEST_CASE("Via values are taken apart") {
  const auto row = GENERATE(values<Row>({
      {"SIP/2.0/UDP a.example;branch=z9", "UDP", "a.example", 0, "z9", "", 0},
      {"SIP/2.0/TCP 192.0.2.1:5070;rport;branch=z9", "TCP", "192.0.2.1", 5070, "z9", "", 0},
      {"SIP/2.0/UDP a;rport=1027;received=192.0.2.9;branch=x", "UDP", "a", 0, "x", "192.0.2.9",
       1027},
      {"SIP/2.0/TLS [2001:db8::9:1]:5061;received=[2001:db8::9]", "TLS", "2001:db8::9:1", 5061, "",
       "2001:db8::9", 0},
      {"SIP/2.0/UDP a;received=2001:db8::9", "UDP", "a", 0, "", "2001:db8::9", 0},
      {"SIP  / 2.0\r\n /UDP\r\n    192.0.2.2;branch=390skdjuw", "UDP", "192.0.2.2", 0, "390skdjuw",
       "", 0},
      {"SIP / 2.0 / TCP spindle.example.com ;\r\n branch  =   z9ha : x", "TCP",
       "spindle.example.com", 0, "z9ha : x", "", 0},
      {"SIP/2.0/UDP a : 5060 ;branch=1", "UDP", "a", 5060, "1", "", 0},
      {"SIP/2.0/unknown a;branch=\"q;branch=evil\"", "unknown", "a", 0, "q;branch=evil", "", 0},
      {"SIP/2.0/UDP a;rport=70000;branch=", "UDP", "a", 0, "", "", 0},
  }));
  CAPTURE(std::string(row.value));
  const auto via = parse_via(row.value);
  REQUIRE(via.ok());
  CHECK(via->transport == row.transport);
  CHECK(via->host == row.host);
  CHECK(via->port == row.port);
  CHECK(via->branch() == row.branch);
  CHECK(via->received() == row.received);
  CHECK(via->rport() == row.rport);
}

TEST_CASE("what is no Via value is malformed") {
  const std::string value =
      GENERATE(as<std::string>{}, "", "SIP", "SIP/2.0", "SIP/2.0/UDP", "SIP/2.0/UDP ;branch=x",
               "SIP/2.0 a", "/2.0/UDP a", "SIP//UDP a", "SIP/2.0/ a", "SIP/2.0/UDP a:b",
               "SIP/2.0/UDP a b", "SIP/2.0/UDP [::1;branch=x");
  CAPTURE(value);
  CHECK(parse_via(value).error() == Errc::malformed);
}
