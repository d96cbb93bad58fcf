#include "agent/names/name_members.hpp"

#include <catch2/catch.hpp>
#include <numeric>

using namespace heptap;

namespace {

IpAddress v4(std::uint8_t last) {
  const std::array<std::uint8_t, 4> octets{192, 0, 2, last};
  return IpAddress::from(octets);
}

ServiceTarget target(std::uint16_t priority, std::uint16_t weight, std::vector<IpAddress> addresses,
                     std::uint16_t port = 9060) {
  return {{.priority = priority, .weight = weight, .port = port}, std::move(addresses)};
}

std::vector<double> weights_of(const NameMembers& members) {
  std::vector<double> weights;
  for (const NameMember& one : members.list) weights.push_back(one.weight);
  return weights;
}

}  // namespace

TEST_CASE("each address is a member once, in an order that answers do not change") {
  const std::vector<IpAddress> one_way{v4(3), v4(1), v4(2), v4(1)};
  const std::vector<IpAddress> other_way{v4(2), v4(3), v4(1)};
  const NameMembers members = members_of(one_way, 9060);
  CHECK(members.list == std::vector<NameMember>{{v4(1), 9060}, {v4(2), 9060}, {v4(3), 9060}});
  CHECK(members == members_of(other_way, 9060));
}

TEST_CASE("more addresses than there is room for are counted") {
  std::vector<IpAddress> many;
  for (unsigned i = 0; i < 200; ++i) many.push_back(v4(static_cast<std::uint8_t>(i)));
  const NameMembers members = members_of(many, 9060);
  CHECK(members.list.size() == max_name_members);
  CHECK(members.left_out == 200 - max_name_members);
}

TEST_CASE("priorities are tiers, whatever their numbers") {
  const std::vector<ServiceTarget> targets{target(500, 1, {v4(3)}), target(20, 1, {v4(2)}),
                                           target(10, 1, {}), target(20, 1, {v4(1)})};
  const NameMembers members = members_of(targets);
  REQUIRE(members.list.size() == 3);
  CHECK(members.list[0] == NameMember{v4(1), 9060, 0, 1});
  CHECK(members.list[1] == NameMember{v4(2), 9060, 0, 1});
  CHECK(members.list[2] == NameMember{v4(3), 9060, 1, 1});
}

TEST_CASE("weights are shares of a tier") {
  struct Row {
    std::string why;
    std::vector<ServiceTarget> targets;
    std::vector<double> want;
  };
  const auto row = GENERATE(values<Row>({
      {"as they are given", {target(1, 30, {v4(1)}), target(1, 10, {v4(2)})}, {1.5, 0.5}},
      {"all 0", {target(1, 0, {v4(1)}), target(1, 0, {v4(2)})}, {1, 1}},
      {"of a tier of its own", {target(1, 30, {v4(1)}), target(2, 10, {v4(2)})}, {1, 1}},
      {"of several addresses",
       {target(1, 10, {v4(1)}), target(1, 10, {v4(2), v4(3)})},
       {1.5, 0.75, 0.75}},
  }));
  CAPTURE(row.why);
  CHECK(weights_of(members_of(row.targets)) == row.want);
}

TEST_CASE("weight 0 beside others has a small share, and the mean of a tier stays 1") {
  const std::vector<ServiceTarget> targets{target(1, 0, {v4(1)}), target(1, 7, {v4(2)}),
                                           target(1, 9, {v4(3)})};
  const std::vector<double> weights = weights_of(members_of(targets));
  REQUIRE(weights.size() == 3);
  CHECK(weights.back() > 0);
  CHECK(weights.back() < weights[1] / 50);
  CHECK(std::accumulate(weights.begin(), weights.end(), 0.0) == Approx(3));
}

TEST_CASE("two ports of an address are two members, two targets of one place are one") {
  const std::vector<ServiceTarget> targets{target(1, 1, {v4(1)}, 9060), target(1, 1, {v4(1)}, 9061),
                                           target(2, 1, {v4(1)}, 9060)};
  const NameMembers members = members_of(targets);
  REQUIRE(members.list.size() == 2);
  CHECK(members.list[0].port == 9060);
  CHECK(members.list[0].tier == 0);
  CHECK(members.list[1].port == 9061);
}
