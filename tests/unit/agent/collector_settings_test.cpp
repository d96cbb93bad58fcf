#include "agent/collector_settings.hpp"

#include <catch2/catch.hpp>

#include "agent/plan_settings.hpp"
#include "config/load.hpp"

using namespace heptap;

TEST_CASE("a plan numbers collectors as the layout has them, pools of members behind the others") {
  std::vector<ConfigProblem> warnings;
  const Settings settings = parse_settings(
      "collectors:\n"
      "  - {name: d, url: 'tcp://d.test:9060', members: addresses}\n"
      "  - {name: c, url: 'udp://c.test:9060'}\n"
      "  - {name: b, url: 'tcp://b.test:9060', members: srv}\n"
      "  - {name: a, url: 'jsonl:-'}\n"
      "pools: [{name: p, policy: mirror, collectors: [a, b]}]\n",
      "heptap.yaml", warnings);
  const CollectorLayout layout = collector_layout(settings);
  std::vector<std::string> collectors;
  for (const CollectorOptions& one : layout.collectors) collectors.push_back(one.name);
  std::vector<std::string> pools;
  for (const PoolOptions& one : layout.pools) pools.push_back(one.name);
  CHECK(collectors == std::vector<std::string>{"c", "a", "d", "b"});
  CHECK(pools == std::vector<std::string>{"d", "b", "p"});
  CHECK(plan_names(settings) == std::vector<std::string>{"c", "a", "d", "b", "p"});
}

TEST_CASE("a service is asked for by the carrier, unless the url names one") {
  struct Row {
    CollectorUrl url;
    std::string want;
  };
  const auto row = GENERATE(values<Row>({
      {{CollectorCarrier::udp, "site.test", 1}, "_hep._udp.site.test"},
      {{CollectorCarrier::tcp, "site.test", 1}, "_hep._tcp.site.test"},
      {{CollectorCarrier::tls, "site.test", 1}, "_hep._tcp.site.test"},
      {{CollectorCarrier::tcp, "_homer._tcp.site.test", 1}, "_homer._tcp.site.test"},
  }));
  CollectorSettings collector;
  collector.url = row.url;
  collector.members = CollectorMembers::srv;
  CHECK(query_of(collector).service == row.want);
  CHECK(query_of(collector).host == "site.test");
}
