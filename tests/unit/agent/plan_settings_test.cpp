#include "agent/plan_settings.hpp"

#include <catch2/catch.hpp>

#include "agent/plan/plan_runner.hpp"
#include "config/load.hpp"
#include "tests/unit/agent/plan/messages.hpp"

using namespace heptap;
using heptap::test::busy;
using heptap::test::invite;

namespace {

std::shared_ptr<const Plan> plan_of(const std::string& rules) {
  std::vector<ConfigProblem> warnings;
  return make_plan(parse_settings("plan:\n  rules:\n" + rules, "t.yaml", warnings));
}

PlanFate fate(PlanRunner& runner, std::string_view text) {
  const test::PlanMessage message(text);
  return runner.decide(message.subject).fate;
}

}  // namespace

TEST_CASE("rules without a name keep their counts and calls when one is put before them") {
  const std::string counted = "    - {when: sip.Method == INVITE, count: c, mask: {keys: true}}\n";
  const std::string alike = "    - {when: sip.Method == INVITE, count: c, mask: {bodies: true}}\n";
  const std::string of_calls = "    - {when: sip.Method == INVITE, drop: true, scope: call}\n";
  const auto scopes = std::make_shared<PlanScopes>(64, 3'600'000'000);
  PlanRunner runner(plan_of(counted + alike + of_calls), scopes);
  CHECK(fate(runner, busy) == PlanFate::sent);
  CHECK(fate(runner, invite) == PlanFate::dropped);
  runner.set_plan(plan_of("    - {when: tcp, drop: true}\n" + counted + alike + of_calls), scopes);
  CHECK(runner.counts().rules[0].matched == 0);
  for (std::size_t i = 1; i <= 3; ++i) CHECK(runner.counts().rules[i].matched == 1);
  CHECK(fate(runner, busy) == PlanFate::dropped);
  runner.set_plan(plan_of("    - {when: tcp, drop: true}\n" + counted), scopes);
  CHECK(fate(runner, busy) == PlanFate::sent);
  CHECK(runner.counts().rules[1].matched == 1);
}
