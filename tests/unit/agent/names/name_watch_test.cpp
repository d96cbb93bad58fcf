#include "agent/names/name_watch.hpp"

#include <catch2/catch.hpp>

using namespace heptap;

namespace {

// A name of /etc/hosts everywhere, so that no server is asked.
const NameQuery here{.host = "localhost", .port = 9060, .service = {}};
const std::vector<std::string> nobody{"127.0.0.1:9"};

}  // namespace

TEST_CASE("a name of /etc/hosts is known without a server, for a minute") {
  std::vector<std::string> said;
  NameWatch names([&](bool is_bad, const std::string& text) {
    CHECK_FALSE(is_bad);
    said.push_back(text);
  });
  names.watch({here}, nobody);
  CHECK(names.members_of(here).list.empty());
  const auto now = NameWatch::Clock::now();
  CHECK(names.look(now));
  REQUIRE_FALSE(names.members_of(here).list.empty());
  CHECK(names.members_of(here).list[0].port == 9060);
  CHECK(names.fault_of(here).empty());
  CHECK_FALSE(names.look(now + NameLookup::ttl_of_files));
  CHECK(said.size() == 1);
}

TEST_CASE("what is watched on stays known, what is not is forgotten") {
  NameWatch names([](bool, const std::string&) {});
  const NameQuery other{.host = "localhost", .port = 9061, .service = {}};
  names.watch({here}, nobody);
  names.wait(std::chrono::seconds{10});
  names.watch({other, here}, nobody);
  CHECK_FALSE(names.members_of(here).list.empty());
  CHECK(names.members_of(other).list.empty());
  names.watch({other}, nobody);
  CHECK(names.members_of(here).list.empty());
}

TEST_CASE("who goes back knows what was known") {
  NameWatch names([](bool, const std::string&) {});
  const NameQuery other{.host = "localhost", .port = 9061, .service = {}};
  const NameQuery third{.host = "localhost", .port = 9062, .service = {}};
  names.watch({here, other}, nobody);
  names.wait(std::chrono::seconds{10});
  const NameMembers known = names.members_of(here);
  REQUIRE_FALSE(known.list.empty());
  names.watch({third, other}, {"no address"});
  names.go_back();
  CHECK(names.members_of(here) == known);
  CHECK_FALSE(names.members_of(other).list.empty());
  CHECK(names.members_of(third).list.empty());
  CHECK_FALSE(names.look());  // third is not looked up
  CHECK(names.members_of(third).list.empty());
  CHECK(names.fault_of(here).empty());
}

TEST_CASE("a server that cannot be is a failed look-up") {
  NameWatch names([](bool, const std::string&) {});
  names.watch({here}, {"no address"});
  CHECK_FALSE(names.look());
  CHECK_FALSE(names.fault_of(here).empty());
}
