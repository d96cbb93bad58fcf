#include "agent/filter_settings.hpp"

#include <catch2/catch.hpp>

#include "agent/apply_settings.hpp"
#include "config/load.hpp"
#include "proto/net/packet.hpp"

using namespace heptap;

namespace {

KernelFilterOptions options_of(std::string_view yaml) {
  std::vector<ConfigProblem> warnings;
  const Settings settings = parse_settings(yaml, "heptap.yaml", warnings);
  RunOptions run;
  apply(settings, run);
  return filter_options(settings, run.pipeline);
}

std::vector<ValueProblem> problems_of(const std::string& interface, const std::string& filter) {
  return filter_problems({.name = interface, .filter = filter});
}

}  // namespace

TEST_CASE("the filter has the ports that the decoder looks at") {
  const auto options = options_of("sip: {ports: '5060,5070-5072', detect: ports}");
  CHECK_FALSE(options.any_port);
  CHECK(options.sip_ports.contains(5060));
  CHECK(options.sip_ports.contains(5072));
  CHECK_FALSE(options.sip_ports.contains(5061));
  CHECK(options_of("sip: {detect: any-port}").any_port);
  CHECK_FALSE(options_of("").any_port);  // as run, not as replay
}

TEST_CASE("connections to collectors are excluded, where the address is known") {
  struct Row {
    const char* url;
    std::uint8_t protocol;
    const char* remote;
  };
  const auto row = GENERATE(values<Row>({
      {"udp://192.0.2.1:9060", ip_protocol_udp, "192.0.2.1:9060"},
      {"tcp://192.0.2.1:9061", ip_protocol_tcp, "192.0.2.1:9061"},
      {"tls://[2001:db8::1]:9062", ip_protocol_tcp, "[2001:db8::1]:9062"},
      {"tcp://[fe80::1%eth0]:9063", ip_protocol_tcp, "[fe80::1]:9063"},
  }));
  CAPTURE(row.url);
  const auto options = options_of(std::string("collectors: [{url: '") + row.url + "'}]");
  REQUIRE(options.exclusions.size() == 1);
  const FilterExclusion& own = options.exclusions.front();
  CHECK(own.protocol == row.protocol);
  CHECK(to_string(own.remote, own.remote_port) == row.remote);
  CHECK_FALSE(own.local.has_value());
  CHECK(own.local_port == 0);
}

TEST_CASE("a collector that has a name is not excluded before it is looked up") {
  CHECK(options_of("collectors: [{url: 'tcp://homer.example.net:9060'}]").exclusions.empty());
}

TEST_CASE("RTP is let through when its streams are followed, and else not") {
  CHECK_FALSE(options_of("rtcp: {send: true}").rtp);
  CHECK(options_of("rtp: {statistics: true}").rtp);
}

TEST_CASE("a filter of the user's that is wrong is an error, on the link that the interface has") {
  const auto problems = problems_of("eth1", "udp prt 5060");
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].severity == Severity::error);
  CHECK_THAT(problems[0].message,
             Catch::StartsWith("libpcap: ") && Catch::Contains("syntax error"));
  CHECK(problems_of("any", "ether src 02:00:00:00:00:01").size() == 1);
  CHECK(problems_of("eth1", "ether src 02:00:00:00:00:01").empty());
}

TEST_CASE("a filter of the user's is one that the kernel can run") {
  const auto problems = problems_of("any", "link[6:2] = 1");
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].severity == Severity::error);
  CHECK(problems_of("any", "link[0:2] = 4 or udp port 5060").front().severity == Severity::warning);
}

TEST_CASE("a host name that is not known may be known later") {
  const auto problems = problems_of("eth1", "host no-such-host.invalid");
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].severity == Severity::warning);
}

TEST_CASE("a filter that hides what can be read is warned of") {
  CHECK(problems_of("eth1", "not port 22").empty());
  const auto name = GENERATE("eth1", "any");
  const auto problems = problems_of(name, "udp port 5060");
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].severity == Severity::warning);
  for (const char* const hidden : {"later fragments of IPv4", "gre (IP protocol 47)"}) {
    CHECK_THAT(problems[0].message, Catch::Contains(hidden));
  }
}

TEST_CASE("a collector is excluded where it is, once that is known") {
  KernelFilterOptions filter = options_of("collectors: [{url: 'tcp://192.0.2.1:9060'}]");
  std::vector<CollectorSnapshot> collectors(2);
  collectors[0].peers = {{Carrier::tcp, "192.0.2.1", 9060}};
  collectors[1].peers = {{Carrier::udp, "homer.example.net", 9061}};
  CHECK_FALSE(update_exclusions(filter, {}, collectors));
  CHECK(filter.exclusions.size() == 1);
  collectors[1].peers[0].host = "2001:db8::7";
  CHECK(update_exclusions(filter, {}, collectors));
  REQUIRE(filter.exclusions.size() == 2);
  CHECK(filter.exclusions[1].protocol == ip_protocol_udp);
  CHECK(to_string(filter.exclusions[1].remote, filter.exclusions[1].remote_port) ==
        "[2001:db8::7]:9061");
  CHECK_FALSE(update_exclusions(filter, {}, collectors));
  collectors[1].peers[0].host = "2001:db8::8";
  CHECK(update_exclusions(filter, {}, collectors));
  CHECK(filter.exclusions.size() == 2);
  collectors[1].peers.push_back({Carrier::tcp, "192.0.2.3", 9092});
  CHECK(update_exclusions(filter, {}, collectors));
  CHECK(filter.exclusions.size() == 3);
  collectors[1].state = CollectorState::closed;
  CHECK(update_exclusions(filter, {}, collectors));
  CHECK(filter.exclusions.size() == 1);
}

TEST_CASE(
    "a collector with an address is excluded before it is connected, its spool where that is") {
  KernelFilterOptions filter;
  std::vector<CollectorOptions> configured(2);
  configured[0].endpoint = {Carrier::tcp, "192.0.2.1", 9060};
  configured[1].endpoint = {Carrier::tcp, "homer.example.net", 9060};
  CHECK(update_exclusions(filter, configured, {}));
  CHECK(filter.exclusions.size() == 1);
  std::vector<CollectorSnapshot> collectors(1);
  collectors[0].peers = {configured[0].endpoint};
  collectors[0].spool.emplace();
  CHECK_FALSE(update_exclusions(filter, configured, collectors));
  collectors[0].spool->peers = {{Carrier::tcp, "192.0.2.2", 9060}};
  CHECK(update_exclusions(filter, configured, collectors));
  REQUIRE(filter.exclusions.size() == 2);
  CHECK(to_string(filter.exclusions[1].remote, filter.exclusions[1].remote_port) ==
        "192.0.2.2:9060");
}
