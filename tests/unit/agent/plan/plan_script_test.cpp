#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "agent/plan/plan_runner.hpp"
#include "tests/support/allocation_counter.hpp"
#include "tests/unit/agent/plan/messages.hpp"

namespace heptap {
namespace {

using test::busy;
using test::invite;
using test::PlanMessage;

constexpr const char* script = R"lua(
function is_invite(msg) msg.node_suffix = "-i" return msg["sip.Method"] == "INVITE" end
function suffix(msg) msg.node_suffix = "-s" return true end
function no(msg) msg.node_suffix = "-n" return false end
function fails(msg) msg.node_suffix = "-f" error("no good: " .. msg["sip.Call-ID"]) end
)lua";

PlanRule asking(const std::string& function) {
  PlanRule rule;
  rule.name = function;
  rule.lua = function;
  return rule;
}

PlanRule sending(PlanRule rule, std::vector<std::string> to) {
  rule.send = std::move(to);
  return rule;
}

PlanRule going_on(PlanRule rule) {
  rule.goes_on = true;
  return rule;
}

std::shared_ptr<const Plan> plan_of(std::vector<PlanRule> rules, const std::string& text = script) {
  PlanRules all{std::move(rules)};
  all.script = {"plan.lua", text};
  return std::make_shared<const Plan>(std::move(all), std::vector<std::string>{"a", "b"});
}

std::uint64_t collectors(PlanRunner& runner, std::string_view text) {
  const PlanMessage message(text);
  return runner.decide(message.subject).collectors();
}

std::string node_suffix(PlanRunner& runner, std::string_view text) {
  const PlanMessage message(text);
  return std::string{runner.decide(message.subject).marks.node_suffix};
}

}  // namespace

TEST_CASE(
    "a rule holds when its condition does and its function agrees; else later ones are asked") {
  PlanRule both = sending(asking("is_invite"), {"a"});
  both.when = parse_condition("sip.X-Tenant == \"blue\"");
  PlanRunner runner(plan_of({both, sending(PlanRule{}, {"b"})}));
  CHECK(collectors(runner, invite) == 1);
  CHECK(collectors(runner, busy) == 2);
  CHECK(runner.counts().rules[0].matched == 1);
  PlanRunner of_function(plan_of({sending(asking("is_invite"), {"a"})}));
  CHECK(collectors(of_function, busy) == Verdict::every_collector);
}

TEST_CASE("a function sets the node suffix of what its rule sends") {
  PlanRule configured = sending(PlanRule{}, {"a"});
  configured.node_suffix = "-c";
  PlanRunner of_first(plan_of({sending(asking("is_invite"), {"a"}), configured}));
  CHECK(node_suffix(of_first, invite) == "-i");
  CHECK(node_suffix(of_first, busy) == "-c");
  PlanRunner of_last(
      plan_of({going_on(asking("suffix")), asking("no"), going_on(asking("fails"))}));
  CHECK(node_suffix(of_last, invite) == "-s");
}

TEST_CASE("an error counts, is told of once, and is what on_error says") {
  const auto on_error = GENERATE(OnError::skip, OnError::match);
  PlanRule rule = sending(asking("fails"), {"a"});
  rule.on_error = on_error;
  const auto plan = plan_of({rule, sending(PlanRule{}, {"b"})});
  PlanRunner runner(plan);
  PlanRunner of_other_thread(plan);
  std::vector<std::string> told;
  const auto log = [&](const PlanRule& one, const PlanSubject&, std::string_view error) {
    told.push_back(one.name + ", " + std::string{error});
  };
  runner.set_log(log);
  of_other_thread.set_log(log);
  for (int i = 0; i < 3; ++i)
    CHECK(collectors(runner, invite) == (on_error == OnError::match ? 1 : 2));
  static_cast<void>(collectors(of_other_thread, invite));
  CHECK(runner.counts().rules[0].errors == 3);
  CHECK(told == std::vector<std::string>{"fails, plan.lua:5: no good: a84b4c76e66710"});
  runner.set_plan(plan_of({rule}), nullptr);
  static_cast<void>(collectors(runner, invite));
  CHECK(told.size() == 2);
  CHECK(runner.counts().rules[0].errors == 4);
  RuleCounts sum = runner.counts().rules[0];
  sum += of_other_thread.counts().rules[0];
  CHECK(sum.errors == 5);
}

TEST_CASE("a script that cannot be loaded is an error of each rule that asks it") {
  const std::string text = GENERATE("", "this is not Lua", "g = 1");
  PlanRunner runner(plan_of({sending(asking("f"), {"a"})}, text));
  CHECK(collectors(runner, invite) == Verdict::every_collector);
  CHECK(runner.counts().rules[0].errors == 1);
}

TEST_CASE("a function is not asked about calls that its rule holds for already") {
  PlanRule rule = asking("is_invite");
  rule.drops = true;
  rule.scope = PlanScope::call;
  PlanRunner runner(plan_of({rule}), std::make_shared<PlanScopes>(1000, 3'600'000'000));
  const PlanMessage request(invite);
  const PlanMessage response(busy);
  CHECK(runner.decide(response.subject).fate == PlanFate::sent);
  CHECK(runner.decide(request.subject).fate == PlanFate::dropped);
  CHECK(runner.decide(response.subject).fate == PlanFate::dropped);
}

TEST_CASE("the suffix that a function has set holds as long as its rule does") {
  PlanRule rule = sending(asking("is_invite"), {"a"});
  rule.scope = PlanScope::call;
  rule.node_suffix = "-c";
  const auto scopes = std::make_shared<PlanScopes>(1000, 3'600'000'000);
  const auto plan = plan_of({rule});
  PlanRunner runner(plan, scopes);
  PlanRunner of_other_thread(plan, scopes);
  CHECK(node_suffix(runner, invite) == "-i");
  CHECK(node_suffix(of_other_thread, busy) == "-i");
  CHECK(node_suffix(runner, busy) == "-i");
}

TEST_CASE("of suffixes that functions have set for a call, that of the last rule in order counts") {
  const auto held = [](std::string function) {
    PlanRule rule = going_on(asking(function));
    rule.name = std::move(function);
    rule.scope = PlanScope::call;
    return rule;
  };
  const auto plan =
      plan_of({held("of_busy"), held("of_invite")},
              "function of_busy(m) m.node_suffix = '-b' return m['sip.Status-Code'] ~= nil end "
              "function of_invite(m) m.node_suffix = '-i' return m['sip.Method'] ~= nil end");
  const auto scopes = std::make_shared<PlanScopes>(1000, 3'600'000'000);
  PlanRunner runner(plan, scopes);
  CHECK(node_suffix(runner, invite) == "-i");
  CHECK(node_suffix(runner, busy) == "-i");
  CHECK(node_suffix(runner, busy) == "-i");
  CHECK(node_suffix(runner, invite) == "-i");
  runner.set_plan(plan_of({held("of_busy")}, "function of_busy(m) return false end"), scopes);
  CHECK(node_suffix(runner, busy) == "-b");
  CHECK(node_suffix(runner, busy) == "-b");  // when the other one is forgotten, too
}

TEST_CASE("each thread has a script of its own") {
  const auto plan = plan_of({sending(asking("once"), {"a"})},
                            "n = 0 function once() n = n + 1 return n == 1 end");
  PlanRunner one(plan);
  PlanRunner other(plan);
  CHECK(collectors(one, invite) == 1);
  CHECK(collectors(one, invite) == Verdict::every_collector);
  CHECK(collectors(other, invite) == 1);
}

TEST_CASE("a plan that comes again goes on with its script") {
  const std::string text = "n = 0 function once() n = n + 1 return n == 1 end";
  const auto plan = plan_of({sending(asking("once"), {"a"})}, text);
  PlanRunner runner(plan);
  CHECK(collectors(runner, invite) == 1);
  runner.set_plan(plan, nullptr);
  CHECK(collectors(runner, invite) == Verdict::every_collector);
  runner.set_plan(plan_of({sending(asking("once"), {"a"})}, text), nullptr);
  CHECK(collectors(runner, invite) == 1);
}

TEST_CASE("deciding with a script allocates nothing outside of it, not even with errors") {
  PlanRunner runner(plan_of({going_on(asking("suffix")), asking("fails")}));
  const PlanMessage message(invite);
  static_cast<void>(runner.decide(message.subject));
  const test::AllocationCounter counter;
  for (int i = 0; i < 10; ++i) CHECK(runner.decide(message.subject).fate == PlanFate::sent);
  CHECK(counter.count() == 0);
}

}  // namespace heptap
