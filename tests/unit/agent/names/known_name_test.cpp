#include "agent/names/known_name.hpp"

#include <catch2/catch.hpp>

using namespace heptap;

namespace {

using std::chrono::seconds;
const KnownName::Time start{std::chrono::hours{1}};

IpAddress v4(std::uint8_t host) {
  return IpAddress::from(std::array<std::uint8_t, 4>{192, 0, 2, host});
}

const IpAddress v6 = IpAddress::from(std::array<std::uint8_t, 16>{0x20, 0x01, 0x0d, 0xb8});
const FoundAddresses none{.fault = "it has no such records"};
const FoundAddresses unknown{.fault = "the name server has failed", .has_failed = true};

FoundTarget target(std::string host, FoundAddresses a, FoundAddresses aaaa = none) {
  return {{.port = 9060, .target = std::move(host)}, {std::move(a), std::move(aaaa)}};
}

NameAnswer found(const std::vector<std::uint8_t>& hosts, seconds ttl = seconds{30}) {
  FoundAddresses addresses;
  for (const std::uint8_t host : hosts) addresses.list.push_back(v4(host));
  return {.targets = {target("site.test", addresses)}, .ttl = ttl};
}

NameAnswer failed(std::string why = "there is no such name") { return {.fault = std::move(why)}; }

std::vector<IpAddress> addresses_of(const KnownName& name) {
  std::vector<IpAddress> out;
  for (const NameMember& one : name.members().list) out.push_back(one.address);
  return out;
}

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

TEST_CASE(
    "addresses of a family that nobody can tell stay for a day, that there are none is believed") {
  const FoundAddresses other{.list = {v4(2)}};
  const NameAnswer half{.targets = {target("site.test", other, unknown)}, .ttl = seconds{300}};
  const seconds day{std::chrono::hours{24}};
  KnownName name;
  const NameAnswer both{.targets = {target("site.test", {.list = {v4(1)}}, {.list = {v6}})},
                        .ttl = seconds{300}};
  static_cast<void>(name.note("site.test", both, start));
  const auto first = name.note("site.test", half, start + seconds{300});
  CHECK(first.warning ==
        "site.test: AAAA of site.test: the name server has failed; what was known last stays");
  CHECK(addresses_of(name) == std::vector{v4(2), v6});
  CHECK(name.due() == start + seconds{305});
  CHECK_FALSE(name.fault().empty());
  CHECK(name.note("site.test", half, start + day).warning.empty());
  CHECK(addresses_of(name) == std::vector{v4(2), v6});

  SECTION("a day later they are gone, and there is nothing left that is wrong") {
    const auto gone = name.note("site.test", half, start + day + seconds{1});
    CHECK(gone.info == "site.test: 1 address, gone [2001:db8::]:9060");
    CHECK(name.fault().empty());
  }
  SECTION("an answer that there are none") {
    const NameAnswer without{.targets = {target("site.test", other)}, .ttl = seconds{300}};
    CHECK(name.note("site.test", without, start + seconds{400}).info ==
          "site.test: 1 address, gone [2001:db8::]:9060");
    CHECK(name.note("site.test", half, start + seconds{700}).warning.empty());
    CHECK(addresses_of(name) == std::vector{v4(2)});
  }
  SECTION("no address at all takes nothing away, a week later either") {
    const NameAnswer nothing{.targets = {target("site.test", none, unknown)}};
    CHECK(name.note("site.test", nothing, start + 7 * day).warning ==
          "site.test: the name server has failed; what was known last stays");
    CHECK(addresses_of(name) == std::vector{v4(2), v6});
  }
}

TEST_CASE("a family of which nothing was ever known is no fault") {
  KnownName name;
  const NameAnswer half{.targets = {target("site.test", {.list = {v4(1)}}, unknown)},
                        .ttl = seconds{300}};
  const auto news = name.note("site.test", half, start);
  CHECK(news.warning.empty());
  CHECK(news.info == "site.test: 1 address, new 192.0.2.1:9060");
  CHECK(name.fault().empty());
  CHECK(name.due() - start == seconds{300});
}

TEST_CASE("a target whose addresses nobody can tell hides no other") {
  const auto service = [](const FoundAddresses& second) {
    return NameAnswer{.targets = {target("a.site.test", {.list = {v4(1)}}),
                                  target("b.site.test", second, second)},
                      .ttl = seconds{300}};
  };
  KnownName name;
  const auto first = name.note("site.test", service(unknown), start);
  CHECK(first.warning ==
        "site.test: A and AAAA of b.site.test: the name server has failed; it is left out");
  CHECK(first.info == "site.test: 1 address, new 192.0.2.1:9060");
  CHECK(name.due() - start == KnownName::least_ttl);
  const auto second = name.note("site.test", service(unknown), start);
  CHECK(second.warning.empty());
  CHECK(name.due() - start == 2 * KnownName::least_ttl);

  CHECK(name.note("site.test", service({.list = {v4(2)}}), start).info ==
        "site.test: 2 addresses, new 192.0.2.2:9060");
  CHECK(name.due() - start == seconds{300});
  CHECK_FALSE(name.note("site.test", service(unknown), start).has_changed);
  CHECK(name.note("site.test", service(none), start).info ==
        "site.test: 1 address, gone 192.0.2.2:9060");
}

TEST_CASE("that a name fails as a whole is told beside parts that failed before") {
  KnownName name;
  static_cast<void>(name.note(
      "site.test", {.targets = {target("a.test", {.list = {v4(1)}}), target("b.test", unknown)}},
      start));
  CHECK_FALSE(name.note("site.test", failed(), start).warning.empty());
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
}

TEST_CASE("other shares are told") {
  const auto weighted = [](std::uint16_t weight) {
    NameAnswer answer{
        .targets = {target("a.test", {.list = {v4(1)}}), target("b.test", {.list = {v4(2)}})}};
    for (FoundTarget& one : answer.targets) one.record.weight = std::exchange(weight, 1);
    return answer;
  };
  KnownName name;
  static_cast<void>(name.note("site.test", weighted(1), start));
  CHECK(name.note("site.test", weighted(2), start).info ==
        "site.test: 2 addresses, with other shares");
}

TEST_CASE("more addresses than fit are told as long as their number changes") {
  KnownName name;
  NameAnswer many = found({1});
  many.targets_left_out = 936;
  CHECK(name.note("site.test", many, start).warning ==
        "site.test: 1 address, and 936 more, which are left out: there is room for 64");
  CHECK(name.note("site.test", many, start).warning.empty());
}
