#include "agent/named_collectors.hpp"

#include <catch2/catch.hpp>
#include <map>

using namespace heptap;

namespace {

CollectorOptions collector(const std::string& name) {
  CollectorOptions options;
  options.name = name;
  options.endpoint = {Carrier::tcp, name + ".test", 9060};
  options.spool.emplace().folder = "/spool/" + name;
  return options;
}

IpAddress v4(unsigned last) {
  const std::array<std::uint8_t, 4> octets{192, 0, 2, static_cast<std::uint8_t>(last)};
  return IpAddress::from(octets);
}

// Collectors here and site, of which the second is a name, and a pool of both.
struct Case {
  CollectorLayout written{
      {collector("here"), collector("site")},
      {{.name = "site", .policy = PoolPolicy::hash, .collectors = {"site"}},
       {.name = "all", .policy = PoolPolicy::failover, .collectors = {"site", "here"}}}};
  std::vector<NamedCollector> named{{"site", {.host = "site.test", .port = 9060, .service = {}}}};
  NameMembers members;
  std::vector<CollectorOptions> present;

  void know(unsigned first, unsigned count) {
    members = {};
    for (unsigned i = first; i < first + count; ++i) members.list.push_back({v4(i), 9060});
  }
  MemberLayout lay() {
    return lay_out(
        written, named, [this](const NameQuery&) -> const NameMembers& { return members; },
        present);
  }
};

std::vector<std::string> names_of(const std::vector<CollectorOptions>& collectors) {
  std::vector<std::string> names;
  for (const CollectorOptions& one : collectors) names.push_back(one.name);
  return names;
}

}  // namespace

TEST_CASE("a name that is not known stays one collector") {
  Case one;
  CHECK(one.lay().layout == one.written);
}

TEST_CASE("members take the place of their name, in pools too") {
  Case one;
  one.members.list = {{v4(1), 9060, 0, 1.5}, {v4(2), 9061, 1, 1}};
  const CollectorLayout now = one.lay().layout;
  const std::vector<std::string> members{"site/192.0.2.1:9060", "site/192.0.2.2:9061"};
  CHECK(names_of(now.collectors) == std::vector{std::string{"here"}, members[0], members[1]});
  CHECK(now.collectors[2].endpoint == Endpoint{Carrier::tcp, "192.0.2.2", 9061});
  CHECK(now.collectors[1].spool->folder == "/spool/site%2F192.0.2.1%3A9060");
  CHECK(now.pools[0].collectors == members);
  CHECK(now.pools[1].collectors == std::vector{members[0], members[1], std::string{"here"}});
  CHECK(now.pools[0].shares.at(members[0]) == PoolShare{"192.0.2.1:9060", 0, 1.5});
  CHECK(now.pools[1].shares.at(members[1]) == PoolShare{"192.0.2.2:9061", 1, 1});
}

TEST_CASE("another member changes nothing about those that are there") {
  Case one;
  one.know(1, 2);
  const auto before = one.lay().layout.collectors;
  one.know(1, 3);
  const auto now = one.lay().layout.collectors;
  CHECK(std::equal(before.begin(), before.end(), now.begin()));
}

TEST_CASE("with members there are 63 collectors at most, and what is left out is counted") {
  Case one;
  one.know(1, 64);
  one.members.left_out = 10;
  const MemberLayout now = one.lay();
  CHECK(now.layout.collectors.size() == max_collectors_with_members);
  CHECK(now.left_out == 12);
  CHECK_FALSE(now.waits);
}

TEST_CASE("when all members change, the new ones come as far as there is room") {
  Case one;
  one.know(1, 62);
  one.present = one.lay().layout.collectors;
  one.know(101, 62);
  MemberLayout now = one.lay();
  CHECK(names_of(now.layout.collectors) ==
        std::vector<std::string>{"here", "site/192.0.2.101:9060"});
  CHECK(now.waits);
  one.present = now.layout.collectors;
  now = one.lay();
  CHECK(now.layout.collectors.size() == 63);
  CHECK_FALSE(now.waits);
}

TEST_CASE("names without a member have their places, too") {
  Case one;
  for (const char* const name : {"left", "right", "third"}) {
    one.written.collectors.push_back(collector(name));
    one.named.push_back({name, {.host = name, .port = 9060, .service = {}}});
  }
  one.know(1, 64);
  const MemberLayout now = lay_out(one.written, one.named,
                                   [&](const NameQuery& query) -> const NameMembers& {
                                     static const NameMembers none;
                                     return query.host == "site.test" ? one.members : none;
                                   },
                                   {});
  CHECK(now.layout.collectors.size() == max_collectors_with_members);
  CHECK(names_of(now.layout.collectors).back() == "third");
}
