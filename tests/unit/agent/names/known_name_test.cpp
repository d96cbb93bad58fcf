#include "agent/names/known_name.hpp"

#include <catch2/catch.hpp>

using namespace heptap;

namespace {

using std::chrono::seconds;
const KnownName::Time start{std::chrono::hours{1}};

NameAnswer found(std::vector<std::uint8_t> hosts, seconds ttl = seconds{30}) {
  std::vector<IpAddress> addresses;
  for (const std::uint8_t host : hosts) {
    addresses.push_back(IpAddress::from(std::array<std::uint8_t, 4>{192, 0, 2, host}));
  }
  return {{}, members_of(addresses, 9060), ttl};
}

NameAnswer failed(std::string why = "there is no such name") { return {std::move(why), {}, {}}; }

}  // namespace

TEST_CASE("a name is looked up again when its records are too old, within bounds") {
  struct Row {
    seconds ttl;
    seconds want;
  };
  const auto row = GENERATE(values<Row>({{seconds{0}, seconds{5}},
                                         {seconds{4}, seconds{5}},
                                         {seconds{300}, seconds{300}},
                                         {seconds{86'400}, seconds{3600}}}));
  KnownName name;
  CHECK(name.due() <= start);
  static_cast<void>(name.note("site.test", found({1}, row.ttl), start));
  CHECK(name.due() - start == row.want);
}

TEST_CASE("a failure takes nothing away, and is told once") {
  KnownName name;
  CHECK(name.note("site.test", found({1, 2}), start).has_changed);
  const auto first = name.note("site.test", failed(), start);
  CHECK_FALSE(first.has_changed);
  CHECK(first.warning == "site.test: there is no such name; what was known last stays");
  CHECK(name.members().list.size() == 2);
  const auto second = name.note("site.test", failed("no name server has answered"), start);
  CHECK(second.warning.empty());
  CHECK(name.fault() == "no name server has answered");
  const auto back = name.note("site.test", found({2, 1}), start);
  CHECK_FALSE(back.has_changed);
  CHECK(back.info == "site.test: 2 addresses, as before");
  CHECK_FALSE(name.note("site.test", failed(), start).warning.empty());
}

TEST_CASE("that a family of addresses is gone is believed after three answers") {
  const auto both = [] {
    NameAnswer answer = found({1});
    std::array<std::uint8_t, 16> v6{0x20, 0x01, 0x0d, 0xb8};
    answer.members.list.push_back({.address = IpAddress::from(v6), .port = 9060});
    return answer;
  }();
  KnownName name;
  static_cast<void>(name.note("site.test", both, start));
  for (int round = 0; round < 2; ++round) {
    for (int i = 1; i < KnownName::least_answers; ++i) {
      CHECK_FALSE(name.note("site.test", found({2}), start).has_changed);
      CHECK(name.members() == both.members);
      CHECK(name.due() - start == KnownName::least_ttl);
    }
    if (round == 0) CHECK_FALSE(name.note("site.test", both, start).has_changed);
  }
  const auto gone = name.note("site.test", found({2}), start);
  CHECK(gone.has_changed);
  CHECK(gone.info ==
        "site.test: 1 address, new 192.0.2.2:9060, gone 192.0.2.1:9060, gone "
        "[2001:db8::]:9060");
  CHECK(name.note("site.test", both, start).has_changed);
}

TEST_CASE("after failures it is asked less often, up to once a minute") {
  KnownName name;
  std::vector<seconds> waits;
  for (int i = 0; i < 6; ++i) {
    static_cast<void>(name.note("site.test", failed(), start));
    waits.push_back(std::chrono::duration_cast<seconds>(name.due() - start));
  }
  CHECK(waits ==
        std::vector{seconds{5}, seconds{10}, seconds{20}, seconds{40}, seconds{60}, seconds{60}});
  static_cast<void>(name.note("site.test", found({1}), start));
  static_cast<void>(name.note("site.test", failed(), start));
  CHECK(name.due() - start == seconds{5});
}

TEST_CASE("what has changed is told") {
  KnownName name;
  CHECK(name.note("site.test", found({1}), start).info ==
        "site.test: 1 address, new 192.0.2.1:9060");
  CHECK(name.note("site.test", found({2, 3}), start).info ==
        "site.test: 2 addresses, new 192.0.2.2:9060, new 192.0.2.3:9060, gone 192.0.2.1:9060");
  CHECK(name.note("site.test", found({3, 2}), start).info.empty());
  NameAnswer weighted = found({2, 3});
  weighted.members.list[0].weight = 1.5;
  CHECK(name.note("site.test", weighted, start).info ==
        "site.test: 2 addresses, with other shares");
}

TEST_CASE("more addresses than fit are told as long as their number changes") {
  KnownName name;
  NameAnswer many = found({1});
  many.members.left_out = 936;
  CHECK(name.note("site.test", many, start).warning ==
        "site.test: 1 address, and 936 more, which are left out: there is room for 64");
  CHECK(name.note("site.test", many, start).warning.empty());
}
