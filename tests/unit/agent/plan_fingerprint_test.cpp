#include "agent/plan_fingerprint.hpp"

#include <catch2/catch.hpp>
#include <functional>
#include <set>

using namespace heptap;

namespace {

using Change = std::function<void(PlanSettings&)>;

// Of the first of two rules.
template <class Value>
Change rule(Value PlanRuleSettings::*member, Value value) {
  return [=](PlanSettings& plan) { plan.rules[0].*member = value; };
}
template <class Value>
Change mask(Value MaskSettings::*member, Value value) {
  return [=](PlanSettings& plan) { plan.rules[0].mask.*member = value; };
}

}  // namespace

TEST_CASE("plans that differ in anything have different fingerprints, in every process the same") {
  using Rule = PlanRuleSettings;
  using Names = std::optional<std::vector<std::string>>;
  const std::vector<Change> changes{
      [](PlanSettings&) {},
      [](PlanSettings& plan) { plan.unmatched = PlanUnmatched::drop; },
      [](PlanSettings& plan) { plan.lua = "x"; },
      [](PlanSettings& plan) { plan.captagent = "x"; },
      [](PlanSettings& plan) { plan.local = {AddressPrefix{.octets = {10}, .bits = 8}}; },
      [](PlanSettings& plan) { plan.written_for = {"x"}; },
      [](PlanSettings& plan) { plan.rules.pop_back(); },
      [](PlanSettings& plan) { std::swap(plan.rules[0], plan.rules[1]); },
      rule(&Rule::name, std::string("x")),
      rule(&Rule::when, std::string("x")),
      rule(&Rule::lua, std::string("x")),
      rule(&Rule::on_error, RuleOnError::match),
      rule(&Rule::send, Names{{"x"}}),
      rule(&Rule::send, Names(std::in_place)),
      rule(&Rule::drop, true),
      rule(&Rule::sample, std::uint32_t{2}),
      rule(&Rule::limit, std::uint32_t{2}),
      rule(&Rule::limit_by, std::string("x")),
      mask(&MaskSettings::users, MaskUsers::keep),
      mask(&MaskSettings::keep, std::uint32_t{2}),
      mask(&MaskSettings::credentials, true),
      mask(&MaskSettings::keys, true),
      mask(&MaskSettings::bodies, true),
      mask(&MaskSettings::digits, true),
      rule(&Rule::node_suffix, std::string("x")),
      rule(&Rule::group, std::string("x")),
      rule(&Rule::count, std::string("x")),
      rule(&Rule::log, true),
      rule(&Rule::scope, RuleScope::call),
      rule(&Rule::next, RuleNext::stop)};
  std::set<std::uint64_t> fingerprints;
  for (const Change& change : changes) {
    PlanSettings plan;
    plan.rules = {{.name = "one"}, {.name = "two"}};
    change(plan);
    fingerprints.insert(plan_fingerprint(plan, {"homer"}));
  }
  CHECK(fingerprints.size() == changes.size());
  CHECK(plan_fingerprint({}, {"homer"}) != plan_fingerprint({}, {"homer", "lab"}));
  CHECK(plan_fingerprint({}, {}) == 0xbaa4516ab9a371e1);
}
