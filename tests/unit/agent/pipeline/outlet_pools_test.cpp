#include "agent/pipeline/outlet.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <vector>

#include "agent/calls/media_match.hpp"
#include "agent/plan_routes.hpp"
#include "tests/support/allocation_counter.hpp"

namespace heptap {
namespace {

constexpr std::uint64_t bit(unsigned index) { return std::uint64_t{1} << index; }

std::vector<CollectorOptions> collectors_of(const std::vector<std::string>& names) {
  std::vector<CollectorOptions> out(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) out[i].name = names[i];
  return out;
}

PlanRule rule_to(const std::string& name) {
  PlanRule rule;
  rule.name = "to " + name;
  rule.send = {name};
  return rule;
}

/// An outlet with the collectors a, b and c, and pools.
class Scene {
 public:
  explicit Scene(std::vector<PoolOptions> pools, PlanRules rules = {}) {
    const auto collectors = collectors_of({"a", "b", "c"});
    std::vector<std::string> names{"a", "b", "c"};
    for (const PoolOptions& pool : pools) names.push_back(pool.name);
    PlanRoutes routes =
        first_routes(std::make_shared<const Plan>(std::move(rules), names), collectors, pools, {});
    routes.healthy = &healthy;
    outlet.set_plan(std::move(routes), {});
  }

  void send_sip(std::string_view call_id) {
    outlet.offer(message_of(hep::PayloadType::sip),
                 PlanSubject{.packet = &packet_, .call_id = call_id});
  }
  /// gives     who gets it, of each copy
  std::vector<std::uint64_t> sip(std::string_view call_id) {
    send_sip(call_id);
    return take();
  }
  std::vector<std::uint64_t> rtcp(std::string_view call_id) {
    outlet.offer(message_of(hep::PayloadType::rtcp_json),
                 PlanReport{.call_id = call_id, .call_hash = 1});
    return take();
  }

  FrameRing ring{FrameRing::min_bytes};
  Outlet outlet{{}, ring, WhenFull::drop};
  std::atomic<std::uint64_t> healthy{~std::uint64_t{0}};

 private:
  [[nodiscard]] hep::Message message_of(hep::PayloadType type) const {
    return {.source = address_,
            .destination = address_,
            .source_port = 5060,
            .destination_port = 5060,
            .ip_protocol = ip_protocol_udp,
            .time_us = 1,
            .type = type,
            .payload = as_bytes(text_),
            .keep_bytes = text_.size(),
            .correlation_id = "c"};
  }
  std::vector<std::uint64_t> take() {
    outlet.flush();
    std::vector<std::uint64_t> collectors;
    for (; taken_ < ring.head(); ++taken_) collectors.push_back(ring.slot(taken_).collectors);
    ring.release_until(taken_);
    return collectors;
  }

  const std::string text_ = R"({"a":1})";
  const IpAddress address_ = IpAddress::from(Bytes(std::array<std::uint8_t, 4>{192, 0, 2, 1}));
  std::uint64_t taken_ = 0;
  Packet packet_;
};

using Copies = std::vector<std::uint64_t>;

TEST_CASE("what is for all does not go to a pool that is part of another, what names it does") {
  PoolOptions whole{.name = "whole", .policy = PoolPolicy::mirror, .collectors = {"a", "b"}};
  PoolOptions part{.name = "part", .policy = PoolPolicy::failover, .collectors = {"b"}};
  part.is_part = true;
  whole.policy = PoolPolicy::failover;
  CHECK(Scene({part, whole}).sip("x") == std::vector{bit(0) | bit(2)});
  PlanRules rules;
  rules.rules = {rule_to("part")};
  CHECK(Scene({part, whole}, std::move(rules)).sip("x") == std::vector{bit(1)});
}

}  // namespace

TEST_CASE("without rules, all pools and all collectors in none get everything") {
  Scene scene({{"pair", PoolPolicy::failover, {"b", "a"}}});
  CHECK(scene.sip("1") == Copies{bit(1) | bit(2)});
  scene.healthy = ~bit(1);
  CHECK(scene.sip("1") == Copies{bit(0) | bit(2)});
  scene.healthy = ~std::uint64_t{0};
  CHECK(scene.sip("1") == Copies{bit(1) | bit(2)});
}

TEST_CASE("RTCP goes where the SIP of its call goes") {
  const auto policy = GENERATE(PoolPolicy::hash, PoolPolicy::round_robin);
  Scene scene({{"all", policy, {"a", "b", "c"}}});
  std::map<std::uint64_t, int> calls;
  for (int i = 0; i < 300; ++i) {
    const std::string call_id = "call-" + std::to_string(i);
    const Copies sip = scene.sip(call_id);
    REQUIRE(sip.size() == 1);
    CHECK(scene.rtcp(call_id) == sip);
    CHECK(scene.sip(call_id) == sip);
    ++calls[sip[0]];
  }
  CHECK(calls.size() == 3);
}

TEST_CASE("of a Call-ID whose end is kept nowhere the beginning decides") {
  Scene scene({{"all", PoolPolicy::hash, {"a", "b", "c"}}});
  for (int i = 0; i < 50; ++i) {
    const std::string kept = std::to_string(i) + std::string(300, 'x');
    CHECK(scene.sip(kept + std::to_string(i)) ==
          scene.rtcp(kept.substr(0, MediaText::max_call_id_bytes)));
  }
}

TEST_CASE("reports of no call go to the members in turn") {
  Scene scene({{"all", PoolPolicy::round_robin, {"a", "b", "c"}}});
  CHECK(scene.rtcp("") == Copies{bit(0)});
  CHECK(scene.rtcp("") == Copies{bit(1)});
  static_cast<void>(scene.sip("a call in between"));
  CHECK(scene.rtcp("") == Copies{bit(2)});
}

TEST_CASE("a rule sends to pools and to members by their names") {
  PlanRule both = rule_to("pair");
  both.send = {"pair", "c", "rest"};
  Scene scene({{"pair", PoolPolicy::mirror, {"a", "b"}}, {"rest", PoolPolicy::failover, {"c"}}},
              {{both}, Unmatched::drop});
  CHECK(scene.sip("1") == Copies{bit(0) | bit(1) | bit(2)});
  Scene member({{"pair", PoolPolicy::mirror, {"a", "b"}}}, {{rule_to("a")}, Unmatched::drop});
  CHECK(member.sip("1") == Copies{bit(0)});
}

TEST_CASE("whom a pool has chosen gets a message once, as the first rule has it") {
  PlanRule masked = rule_to("pair");
  masked.masks.users = UserMask::hash;
  masked.goes_on = true;
  PlanRule plain = rule_to("a");
  Scene scene({{"pair", PoolPolicy::failover, {"a", "b"}}},
              {{masked, plain}, Unmatched::drop, {}, {}, std::string(16, 'k')});
  CHECK(scene.sip("1") == Copies{bit(0)});
  scene.healthy = ~bit(0);
  CHECK(scene.sip("1") == Copies{bit(1), bit(0)});

  const std::vector<LedgerStage> stages = scene.outlet.stages();
  REQUIRE(stages.size() == 2);
  CHECK(scene.outlet.counts().copies == 1);
  CHECK(stages[0].left == 2);
  CHECK(stages[1].entered == 3);
  CHECK(stages[1].difference() == 0);
}

TEST_CASE("a pool costs no allocation") {
  Scene scene({{"all", PoolPolicy::hash, {"a", "b", "c"}}});
  static_cast<void>(scene.sip("1@example.com"));
  const test::AllocationCounter allocations;
  for (int i = 0; i < 100; ++i) scene.send_sip("1@example.com");
  CHECK(allocations.count() == 0);
}

}  // namespace heptap
