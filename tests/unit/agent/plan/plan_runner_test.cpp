#include "agent/plan/plan_runner.hpp"

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/allocation_counter.hpp"
#include "tests/unit/agent/plan/messages.hpp"

namespace heptap {
namespace {

using test::busy;
using test::invite;
using test::options;
using test::PlanMessage;

PlanRule rule(std::string name, const std::string& when) {
  PlanRule out;
  out.name = std::move(name);
  if (!when.empty()) out.when = parse_condition(when);
  return out;
}

PlanRule sending(const std::string& when, std::vector<std::string> to, bool goes_on = false) {
  PlanRule out = rule("send", when);
  out.send = std::move(to);
  out.goes_on = goes_on;
  return out;
}

PlanRule dropping(const std::string& when) {
  PlanRule out = rule("drop", when);
  out.drops = true;
  return out;
}

PlanRunner runner_of(std::vector<PlanRule> rules, Unmatched unmatched = Unmatched::send) {
  return PlanRunner(std::make_shared<const Plan>(PlanRules{std::move(rules), unmatched},
                                                 std::vector<std::string>{"a", "b", "c"}));
}

Verdict decide(PlanRunner& runner, std::string_view text) {
  const PlanMessage message(text);
  return runner.decide(message.subject);
}

}  // namespace

TEST_CASE("what no rule is for goes to every collector, or nowhere") {
  PlanRunner sends = runner_of({dropping("tcp")});
  CHECK(decide(sends, invite).collectors() == Verdict::every_collector);
  PlanRunner drops = runner_of({dropping("tcp")}, Unmatched::drop);
  CHECK(decide(drops, invite).fate == PlanFate::unmatched);
}

TEST_CASE("the first rule that sends decides, unless it goes on") {
  PlanRunner first = runner_of({sending("sip", {"a"}), sending("sip", {"b"})});
  CHECK(decide(first, invite).collectors() == 1);
  PlanRunner both = runner_of({sending("sip", {"a"}, true), sending("sip", {"c"})});
  CHECK(decide(both, invite).collectors() == 5);
  CHECK(both.counts().rules[1].sent == 1);
}

TEST_CASE("what drops ends the plan, and takes back nothing") {
  PlanRunner runner =
      runner_of({sending("sip.Method", {"a"}, true), dropping("sip"), sending("", {"b"})});
  const Verdict request = decide(runner, invite);
  CHECK(request.fate == PlanFate::sent);
  CHECK(request.collectors() == 1);
  CHECK(decide(runner, busy).fate == PlanFate::dropped);
  CHECK(runner.counts().rules[1].dropped == 2);
  CHECK(runner.counts().rules[2].matched == 0);
}

TEST_CASE("a sample keeps calls whole, and drops the others") {
  PlanRule sample = rule("one in ten", "sip");
  sample.sample = 10;
  PlanRunner runner = runner_of({sample});
  int kept = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::string call_id = "call-" + std::to_string(i);
    PlanMessage request(invite);
    PlanMessage response(busy);
    request.subject.call_id = response.subject.call_id = call_id;
    const Verdict of_request = runner.decide(request.subject);
    CHECK(runner.decide(response.subject).fate == of_request.fate);
    CHECK((of_request.fate == PlanFate::sent || of_request.fate == PlanFate::sampled));
    kept += of_request.fate == PlanFate::sent ? 1 : 0;
  }
  CHECK(kept == Approx(100).margin(30));
}

TEST_CASE("a sample of a rule that sends and goes on is only not sent by it") {
  PlanRule lab = sending("sip", {"b"}, true);
  lab.sample = 1'000'000'000;
  PlanRunner runner = runner_of({lab, sending("sip", {"a"})});
  CHECK(decide(runner, invite).collectors() == 1);
  lab.goes_on = false;
  PlanRunner alone = runner_of({lab, sending("sip", {"a"})});
  CHECK(decide(alone, invite).fate == PlanFate::sampled);
}

TEST_CASE("a limit is for each value of a field") {
  PlanRule limit = rule("two a second", "sip");
  limit.limit = PlanLimit{2, find_field("sip.Call-ID")};
  PlanRunner runner = runner_of({limit});
  CHECK(decide(runner, invite).fate == PlanFate::sent);
  CHECK(decide(runner, busy).fate == PlanFate::sent);
  CHECK(decide(runner, busy).fate == PlanFate::limited);
  CHECK(decide(runner, options).fate == PlanFate::sent);
}

TEST_CASE("what does not have the field of a limit has one limit together") {
  PlanRule limit = rule("two a second", "");
  limit.limit = PlanLimit{2, find_field("sip.X-Tenant")};
  PlanRunner runner = runner_of({limit});
  CHECK(decide(runner, busy).fate == PlanFate::sent);
  CHECK(decide(runner, options).fate == PlanFate::sent);
  CHECK(decide(runner, busy).fate == PlanFate::limited);
  CHECK(decide(runner, options).fate == PlanFate::limited);
  CHECK(decide(runner, invite).fate == PlanFate::sent);
}

TEST_CASE("masks are of what a rule sends, or of the message") {
  PlanRule hashed = sending("sip", {"a"}, true);
  hashed.masks.users = UserMask::hash;
  PlanRule keys = rule("keys", "sip");
  keys.masks.keys = true;
  keys.goes_on = true;
  PlanRunner runner =
      runner_of({hashed, keys, sending("sip", {"a", "b"}, true), sending("", {"c"})});
  const Verdict verdict = decide(runner, invite);
  REQUIRE(verdict.deliveries().size() == 2);
  CHECK(verdict.deliveries()[0].collectors == 1);
  CHECK(verdict.deliveries()[0].masks == SipMasks{.users = UserMask::hash, .keys = true});
  CHECK(verdict.deliveries()[1].collectors == 6);
  CHECK(verdict.deliveries()[1].masks == SipMasks{.keys = true});
  PlanRunner of_all = runner_of({keys});
  CHECK(decide(of_all, invite).deliveries()[0].masks == SipMasks{.keys = true});
}

TEST_CASE("of too many masks the last ones are joined, so that none is lost") {
  Verdict verdict;
  for (std::uint8_t i = 0; i < 6; ++i) {
    SipMasks masks;
    masks.users = UserMask::keep_first;
    masks.kept_bytes = i;
    verdict.send_to(std::uint64_t{1} << i, masks);
  }
  REQUIRE(verdict.deliveries().size() == Verdict::max_deliveries);
  CHECK(verdict.deliveries().back().collectors == 0b111000);
  CHECK(verdict.deliveries().back().masks.kept_bytes == 3);
  CHECK(verdict.collectors() == 0b111111);
}

TEST_CASE("a counter counts what a rule matches, and a log is told") {
  PlanRule counting = rule("keep-alives", "sip.CSeq.method == OPTIONS");
  counting.count = "keepalives";
  counting.logs = true;
  counting.goes_on = true;
  PlanRunner runner = runner_of({counting});
  std::vector<std::string> told;
  runner.set_log([&](const PlanRule& one, const PlanSubject&, std::string_view error) {
    CHECK(error.empty());
    told.push_back(one.name);
  });
  CHECK(decide(runner, options).collectors() == Verdict::every_collector);
  CHECK(decide(runner, invite).collectors() == Verdict::every_collector);
  CHECK(runner.counts().counters == std::vector<std::uint64_t>{1});
  CHECK(told == std::vector<std::string>{"keep-alives"});
}

TEST_CASE("a rule can hold for a dialog, or for all of a call") {
  const auto scope = GENERATE(PlanScope::message, PlanScope::dialog, PlanScope::call);
  PlanRule test_calls = dropping("sip.X-Tenant == \"blue\"");
  test_calls.scope = scope;
  const auto scopes = std::make_shared<PlanScopes>(1000, 3'600'000'000);
  const auto plan = std::make_shared<const Plan>(PlanRules{{test_calls}, Unmatched::send},
                                                 std::vector<std::string>{"a"});
  PlanRunner runner(plan, scopes);
  CHECK(decide(runner, busy).fate == PlanFate::sent);
  CHECK(decide(runner, invite).fate == PlanFate::dropped);
  PlanRunner of_other_thread(plan, scopes);
  CHECK((decide(of_other_thread, busy).fate == PlanFate::dropped) == (scope != PlanScope::message));
  CHECK(decide(of_other_thread, options).fate == PlanFate::sent);
  PlanMessage report(busy);
  report.subject.kind = SubjectKind::report;
  report.subject.sip = nullptr;
  CHECK((runner.decide(report.subject).fate == PlanFate::dropped) == (scope == PlanScope::call));
}

TEST_CASE("a rule that holds for a call has its place among the others") {
  PlanRule to_a = sending("sip.Method == INVITE", {"a"});
  to_a.scope = PlanScope::dialog;
  PlanRule masked = rule("masked", "");
  masked.masks.credentials = true;
  masked.goes_on = true;
  PlanRules rules;
  rules.rules = {masked, sending("", {"b"}, true), to_a, sending("", {"c"})};
  PlanRunner runner(std::make_shared<const Plan>(rules, std::vector<std::string>{"a", "b", "c"}),
                    std::make_shared<PlanScopes>(1000, 3'600'000'000));
  for (const std::string_view text : {invite, busy, busy}) {
    const Verdict verdict = decide(runner, text);
    CHECK(verdict.collectors() == 3);
    CHECK(verdict.deliveries()[0].masks.credentials);
  }
}

TEST_CASE("a rule that neither sends nor drops holds beside the one that decides") {
  PlanRule counting = rule("counting", "sip.Method == INVITE");
  counting.count = "invites";
  counting.goes_on = true;
  counting.scope = PlanScope::call;
  PlanRule masked = rule("masked", "sip.X-Tenant == \"green\"");
  masked.masks.keys = true;
  masked.goes_on = true;
  masked.scope = PlanScope::call;
  PlanRule failed = sending("sip.Status-Code >= 400", {"b"});
  failed.name = "failed";
  failed.scope = PlanScope::call;
  PlanRule late = sending("sip.CSeq.method == INVITE && sip.Status-Code", {"c"});
  late.name = "late";
  late.scope = PlanScope::call;
  PlanRules rules{{counting, masked, failed, late, sending("", {"a"})}};
  PlanRunner runner(std::make_shared<const Plan>(rules, std::vector<std::string>{"a", "b", "c"}),
                    std::make_shared<PlanScopes>(1000, 3'600'000'000));
  for (const auto& [text, collectors] : {std::pair{invite, 1U}, {busy, 2U}, {invite, 2U}}) {
    const Verdict verdict = decide(runner, text);
    CHECK(verdict.collectors() == collectors);
    CHECK(verdict.deliveries()[0].masks.keys);
  }
  CHECK(runner.counts().counters == std::vector<std::uint64_t>{3});
  CHECK(runner.counts().rules[3].matched == 0);
}

TEST_CASE("what a rule decided does not hold for the next call of a Call-ID") {
  PlanRule failed = dropping("sip.Status-Code");
  failed.scope = PlanScope::call;
  PlanRunner runner(std::make_shared<const Plan>(PlanRules{{failed}}, std::vector<std::string>{}),
                    std::make_shared<PlanScopes>(1000, 3'600'000'000));
  CHECK(decide(runner, busy).fate == PlanFate::dropped);
  CHECK(decide(runner, invite).fate == PlanFate::dropped);
  const PlanMessage next(invite);
  runner.forget_call(next.subject.call_hash, next.subject.time_us);
  CHECK(runner.decide(next.subject).fate == PlanFate::sent);
}

TEST_CASE("a call lets go of a rule that is gone, or does something else, and of no other one") {
  const auto scoped = [](PlanRule one, std::string name) {
    one.name = std::move(name);
    one.scope = PlanScope::call;
    return one;
  };
  PlanRule marks = scoped(rule("", "sip.Method"), "marks");
  marks.group = "g";
  marks.goes_on = true;
  const PlanRule drops = scoped(dropping("sip.Method"), "drops");
  const auto plan_of = [](std::vector<PlanRule> rules) {
    return std::make_shared<const Plan>(PlanRules{std::move(rules)},
                                        std::vector<std::string>{"a", "b"});
  };
  const auto scopes = std::make_shared<PlanScopes>(1000, 3'600'000'000);
  PlanRunner runner(plan_of({drops}), scopes);
  CHECK(decide(runner, invite).fate == PlanFate::dropped);
  runner.set_plan(plan_of({marks}), scopes);
  CHECK(decide(runner, busy).fate == PlanFate::sent);
  runner.set_plan(plan_of({drops, marks}), scopes);
  CHECK(decide(runner, busy).fate == PlanFate::sent);  // forgotten, not only passed over
  PlanRule to_b = scoped(sending("sip.Method", {"b"}, true), "drops");
  runner.set_plan(plan_of({marks, to_b}), scopes);
  CHECK(decide(runner, invite).collectors() == 2);
  const PlanMessage response(busy);
  const Verdict verdict = runner.decide(response.subject);
  CHECK(verdict.collectors() == 2);
  CHECK(verdict.marks.group_id == "g");
  PlanRule counts = scoped(rule("", "sip.Method"), "drops");
  counts.goes_on = true;
  runner.set_plan(plan_of({counts}), scopes);
  CHECK(decide(runner, busy).collectors() == Verdict::every_collector);
  CHECK(runner.counts().rules[0].matched == 2);
}

TEST_CASE("a call keeps its rule when the plan is read again") {
  PlanRule test_calls = dropping("sip.X-Tenant == \"blue\"");
  test_calls.scope = PlanScope::call;
  PlanRule other = dropping("tcp");
  other.name = "other";
  const auto scopes = std::make_shared<PlanScopes>(1000, 3'600'000'000);
  const std::vector<std::string> collectors{"a"};
  PlanRunner runner(
      std::make_shared<const Plan>(PlanRules{{test_calls}, Unmatched::send}, collectors), scopes);
  CHECK(decide(runner, invite).fate == PlanFate::dropped);
  runner.set_plan(
      std::make_shared<const Plan>(PlanRules{{other, test_calls}, Unmatched::send}, collectors),
      scopes);
  CHECK(decide(runner, busy).fate == PlanFate::dropped);
  CHECK(runner.counts().rules[1].dropped == 2);
  runner.set_plan(std::make_shared<const Plan>(PlanRules{{other}, Unmatched::send}, collectors),
                  scopes);
  CHECK(decide(runner, busy).fate == PlanFate::sent);
  CHECK(runner.counts().entered == 3);
}

TEST_CASE("a thread that has the older plan yet forgets no rule of the newer one") {
  const auto scoped = [](std::string name) {
    PlanRule one = dropping("sip.X-Tenant == \"blue\"");
    one.name = std::move(name);
    one.scope = PlanScope::call;
    return std::make_shared<const Plan>(PlanRules{{one}, Unmatched::send},
                                        std::vector<std::string>{"a"});
  };
  const auto scopes = std::make_shared<PlanScopes>(1000, 3'600'000'000);
  const auto older = scoped("older");
  const auto newer = scoped("newer");
  PlanRunner late(older, scopes);
  PlanRunner runner(older, scopes);
  runner.set_plan(newer, scopes);
  CHECK(decide(runner, invite).fate == PlanFate::dropped);
  CHECK(decide(late, busy).fate == PlanFate::sent);
  CHECK(decide(runner, busy).fate == PlanFate::dropped);
  late.set_plan(newer, scopes);
  CHECK(decide(late, busy).fate == PlanFate::dropped);
}

TEST_CASE("a plan knows its own networks, and what it needs to be known of calls") {
  PlanRules rules{{dropping("heptap.direction == \"outbound\"")}, Unmatched::send};
  REQUIRE(parse_prefixes("192.0.2.0/24", rules.local).empty());
  const auto plan = std::make_shared<const Plan>(rules, std::vector<std::string>{"a"});
  PlanRunner runner(plan);
  CHECK(decide(runner, invite).fate == PlanFate::dropped);
  CHECK(plan->asks_for(FieldNeed::local_networks));
  CHECK_FALSE(plan->asks_for(FieldNeed::calls));
  CHECK(runner_of({dropping("sip and heptap.retransmission")}).plan().asks_for(FieldNeed::calls));
}

TEST_CASE("what a script may ask for is needed") {
  PlanRules rules;
  rules.script = {"plan.lua", "function f(msg) return msg['heptap.call_state'] == 'ended' end"};
  CHECK(Plan(rules, {}).asks_for(FieldNeed::calls));
  rules.script.text = "function f(msg) return msg['heptap.call_id'] end";
  CHECK_FALSE(Plan(rules, {}).asks_for(FieldNeed::calls));
}

TEST_CASE("what a condition does not look at is counted") {
  std::string vias;
  for (int i = 0; i < 70; ++i) vias += "Via: SIP/2.0/UDP h" + std::to_string(i) + "\r\n";
  const std::string start = "OPTIONS sip:a@b SIP/2.0\r\n";
  const std::string end = "CSeq: 1 OPTIONS\r\n\r\n";
  PlanRunner many = runner_of({dropping("sip.Via contains \"h69\"")});
  CHECK(decide(many, start + vias + end).collectors() == Verdict::every_collector);
  CHECK(many.counts().fields_cut == 1);
  CHECK(decide(many, start + end).collectors() == Verdict::every_collector);
  CHECK(many.counts().fields_cut == 1);

  const std::string subject = "Subject: " + std::string(3000, 'x') + "y\r\n";
  PlanRunner wide = runner_of({dropping("sip.Subject matches \"x{900}y\"")});
  CHECK(decide(wide, start + subject + end).collectors() == Verdict::every_collector);
  CHECK(wide.counts().fields_cut == 1);
  PlanRunner narrow = runner_of({dropping("sip.Subject matches \"xy\"")});
  CHECK(decide(narrow, start + subject + end).fate == PlanFate::dropped);
  CHECK(narrow.counts().fields_cut == 0);
}

TEST_CASE("an expression has so many steps for all values of a field together") {
  const std::string start = "OPTIONS sip:a@b SIP/2.0\r\n";
  const std::string end = "CSeq: 1 OPTIONS\r\n\r\n";
  const auto subjects = [&](std::size_t size, std::string_view last) {
    std::string text = start;
    for (int i = 0; i < 3; ++i) text += "X-Note: " + std::string(size, 'x') + "\r\n";
    return text.append("X-Note: ").append(last).append("\r\n") + end;
  };
  PlanRunner any = runner_of({dropping("sip.X-Note matches \"x{900}z|y\"")});
  CHECK(decide(any, subjects(500, "y")).fate == PlanFate::dropped);
  CHECK(any.counts().fields_cut == 0);
  CHECK(decide(any, subjects(1000, "y")).fate == PlanFate::sent);
  CHECK(any.counts().fields_cut == 1);
  PlanRunner all = runner_of({dropping("all sip.X-Note matches \"x{900}z|^\"")});
  CHECK(decide(all, subjects(1000, "y")).fate == PlanFate::dropped);
  CHECK(all.counts().fields_cut == 1);
}

TEST_CASE("every message has one fate") {
  PlanRunner runner = runner_of({dropping("sip.Method"), sending("sip.Status-Code", {"a"})});
  for (int i = 0; i < 3; ++i) static_cast<void>(decide(runner, invite));
  for (int i = 0; i < 4; ++i) static_cast<void>(decide(runner, busy));
  const PlanCounts& counts = runner.counts();
  CHECK(counts.entered == 7);
  CHECK(counts.fates[PlanFate::dropped] == 3);
  CHECK(counts.fates[PlanFate::sent] == 4);
}

TEST_CASE("deciding allocates nothing") {
  PlanRule limit = rule("limit", "sip");
  limit.limit = PlanLimit{1'000'000, find_field("ip.src")};
  limit.goes_on = true;
  PlanRunner runner = runner_of({dropping("sip.X-Tenant == \"red\""), limit});
  const PlanMessage message(invite);
  static_cast<void>(runner.decide(message.subject));
  const test::AllocationCounter counter;
  for (int i = 0; i < 10; ++i) {
    CHECK(runner.decide(message.subject).fate == PlanFate::sent);
  }
  CHECK(counter.count() == 0);
}

}  // namespace heptap
