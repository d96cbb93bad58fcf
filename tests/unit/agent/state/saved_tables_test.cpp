#include "agent/state/saved_tables.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "agent/plan_settings.hpp"
#include "config/load.hpp"
#include "tests/support/saved_calls.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

const std::string rule_of_calls = "  - {name: sales, when: sip, drop: true, scope: call}\n";

std::shared_ptr<const Plan> plan_of(const std::string& rules) {
  std::vector<ConfigProblem> warnings;
  return make_plan(parse_settings("plan:\n rules:\n" + rules, "t.yaml", warnings));
}

Kpi total(const Tables& run) {
  Kpi sum;
  for (const Kpi& one : run.tracked.kpis()) sum += one;
  return sum;
}

/// What a file says, without the order of its calls.
std::vector<std::string> records_of(const StateFile& file) {
  const SpoolFile open = file.open(O_RDONLY);
  StateFileReader reader(open);
  std::vector<std::string> all;
  while (const auto record = reader.next()) {
    all.push_back(std::to_string(static_cast<int>(record->kind)) +
                  std::string(as_text(record->bytes)));
  }
  REQUIRE(reader.fault() == StateFault::none);
  std::sort(all.begin(), all.end());
  return all;
}

}  // namespace

TEST_CASE("media of a call go on as its own in the next run") {
  Tables before;
  ringing_call(before);
  answer(before);
  Tables next;
  go_on(before, next);
  const MediaMatch match = next.rtp(alice, bob);
  REQUIRE(match);
  CHECK(match.call_id == "call@a");
  CHECK(match.link == "leg@a");
  CHECK(match.found == MediaFound::both);
  CHECK(match.sender == MediaParty::caller);
  CHECK(encoding_name(match.format(8).encoding) == "PCMA");
  CHECK(match.call_hash == next.calls.hash("call@a"));
  hang_up(next);
  CHECK(next.rtp(alice, bob).is_over);
}

TEST_CASE("media of a restored call are awaited as of the restart, not as of its answer") {
  Tables before;
  ringing_call(before);
  answer(before);
  Tables next;
  go_on(before, next);
  MediaText text;
  const auto state = next.media.state(next.calls.hash("call@a"), next.now_us, text);
  REQUIRE(state);
  CHECK(state->answered_us == before.now_us - Tables::second_us);
  CHECK(state->opened_us == next.now_us);
}

TEST_CASE("what was learned of media is known in the next run") {
  const End nat{"203.0.113.9", 61000};
  Tables before;
  ringing_call(before);
  answer(before);
  REQUIRE(before.rtp(nat, bob, 7).found == MediaFound::destination);
  Tables next;
  go_on(before, next);
  CHECK(next.rtp(bob, nat).found == MediaFound::both);
}

TEST_CASE("a description that comes again after a restart is the same one") {
  Tables before;
  ringing_call(before);
  answer(before);
  Tables next;
  go_on(before, next);
  ringing_call(next);
  CHECK(next.media.counts().descriptions == 0);
}

TEST_CASE("what is saved, restored and saved again is the same, with any number of threads") {
  const bool shared = GENERATE(false, true);
  CAPTURE(shared);
  Tables before({.plan = plan_of(rule_of_calls)});
  for (int i = 0; i < 200; ++i) {
    const std::string call = std::to_string(i) + "@a";
    ringing_call(before, call);
    if (i % 2 == 0) answer(before, call);
    if (i % 3 == 0) hang_up(before, call);
    before.hold(call, i % 2 == 0 ? "suffix" : "");
  }
  const StateFile first;
  const SavedCounts counts = first.save(before);
  CHECK(counts.calls == 200);
  CHECK(counts.media != 0);
  CHECK(counts.tracked != 0);
  CHECK(counts.verdicts == 200);
  TableOptions options{.plan = plan_of(rule_of_calls)};
  options.calls.shared = options.media.shared = options.kpi.limits.shared = shared;
  Tables next(options);
  next.now_us = before.now_us;
  const SavedCounts restored = first.restore(next);
  CHECK(restored.calls == counts.calls);
  CHECK(restored.media + restored.left_out == counts.media);  // without those that are long over
  CHECK(restored.tracked == counts.tracked);
  CHECK(restored.verdicts == counts.verdicts);
  const StateFile second;
  second.save(next);
  Tables last(options);
  last.now_us = next.now_us;
  second.restore(last);
  const StateFile third;
  third.save(last);
  CHECK(records_of(third) == records_of(second));
}

TEST_CASE("what is too old, or of a time to come, is left out and counted") {
  const std::int64_t hour_us = 3'600 * Tables::second_us;
  const std::int64_t gap_us = GENERATE_COPY(hour_us + Tables::second_us, -2 * hour_us);
  CAPTURE(gap_us);
  Tables before({.plan = plan_of(rule_of_calls)});
  ringing_call(before);
  before.hold("call@a");
  const StateFile file;
  file.save(before);
  Tables next({.plan = before.plan});
  next.now_us = before.now_us + gap_us;
  CHECK(file.restore(next) == SavedCounts{.left_out = 4});
  CHECK(next.calls.counts().outdated == 1);
  CHECK(next.media.counts().outdated == 1);
  CHECK(next.tracked.counts().outdated == 1);
  CHECK(next.calls.size() + next.media.use().entries + next.tracked.use().entries == 0);
  CHECK(next.media.addresses().entries == 0);
}

TEST_CASE("a file with more calls than there is room for fills the tables, and no more") {
  Tables before;
  for (int i = 0; i < 100; ++i) ringing_call(before, std::to_string(i) + "@a");
  Tables next({.calls = {.max_entries = 10, .keep_details = true},
               .media = {.max_calls = 20},
               .kpi = {.limits = {.max_calls = 30}}});
  go_on(before, next);
  CHECK(next.calls.size() == 10);
  CHECK(next.calls.counts().restored == 100);
  CHECK(next.calls.counts().evicted == 90);
  CHECK(next.media.use().entries <= 20);
  CHECK(next.media.counts().evicted == 100 - next.media.use().entries);
  CHECK(next.tracked.use().entries == 30);
  CHECK(next.tracked.counts().evicted == next.tracked.counts().restored - 30);
  CHECK(next.over.size() == next.tracked.counts().evicted);  // each is reported
}

TEST_CASE("a file that has a call twice gives it once") {
  Tables before;
  ringing_call(before);
  const StateFile file;
  file.save(before);
  Tables next;
  next.now_us = before.now_us;
  file.restore(next);
  const SavedCounts twice = file.restore(next);
  CHECK(twice.calls == 1);
  CHECK(twice.media == 1);
  CHECK(twice.tracked == 1);
  CHECK(next.calls.size() == 1);
}

TEST_CASE("what there is no table for is passed over") {
  Tables before({.plan = plan_of(rule_of_calls)});
  ringing_call(before);
  before.hold("call@a");
  const StateFile file;
  file.save(before);
  CallTable calls{CallLimits{}};
  TableRestorer restorer({.calls = calls}, before.now_us);
  REQUIRE(file.read(restorer) == StateFault::none);
  CHECK(restorer.counts() == SavedCounts{.calls = 1});
}

TEST_CASE("a call without the details that are kept now begins anew") {
  TableOptions without;
  without.calls.keep_details = false;
  Tables before(without);
  ringing_call(before);
  Tables next;
  go_on(before, next);
  CHECK(next.calls.size() == 0);
  CHECK(next.calls.counts().outdated == 1);
}

TEST_CASE("verdicts for calls hold in the next run of the same plan alone") {
  Tables before({.plan = plan_of(rule_of_calls)});
  ringing_call(before);
  before.hold("call@a", "x");
  const std::uint64_t call = before.calls.hash("call@a");
  SECTION("the same plan") {
    Tables next({.plan = plan_of(rule_of_calls)});
    go_on(before, next);
    const HeldRules held = next.scopes.find(call, next.now_us);
    REQUIRE(held.count == 1);
    CHECK(held.names[0] == next.plan->action(0).name);
    CHECK(held.decides == 0);
    CHECK(held.suffix(0) == "x");
  }
  SECTION("the same rules behind another one") {
    Tables next({.plan = plan_of("  - {name: new, when: tcp, drop: true}\n" + rule_of_calls)});
    go_on(before, next);
    CHECK(next.scopes.find(call, next.now_us).count == 0);
    CHECK(next.calls.size() == 1);
  }
  SECTION("no plan") {
    Tables next;
    go_on(before, next);
    CHECK(next.scopes.find(call, next.now_us).count == 0);
  }
}

TEST_CASE("a call that was counted by one run is not counted by the next") {
  Tables before;
  ringing_call(before);
  answer(before);
  CHECK(total(before).collapsed.requests == 1);
  Tables next;
  go_on(before, next);
  hang_up(next);
  Kpi kpi = total(next);
  CHECK(kpi.collapsed.requests == 0);
  CHECK(kpi.collapsed.completed == 0);
  CHECK(kpi.acd.count() == 0);
  CHECK(kpi.of(SipMethod::bye).requests == 1);  // that came to this one
  next.tracked.finish();
  CHECK(next.over == std::vector<std::uint64_t>{next.calls.hash("call@a")});
  CHECK(before.over.empty());
}

TEST_CASE("an INVITE that was under way at a restart is in no ratio, whatever came in between") {
  Tables before;
  ringing_call(before);
  Tables next;
  go_on(before, next);
  SECTION("its answer comes") { answer(next); }
  SECTION("its answer was not seen") {
    next.now_us += 400 * Tables::second_us;
    for (std::size_t turn = 0; turn < 64; ++turn) next.tracked.look(turn, next.now_us);
    CHECK(next.over.size() == 1);
  }
  next.tracked.finish();
  Kpi kpi = total(next);
  CHECK(kpi.collapsed.requests + kpi.collapsed.unfinished == 0);
  CHECK(kpi.strict.requests + kpi.strict.unfinished == 0);
  CHECK(kpi.of(SipMethod::invite).timeouts == 0);
  CHECK(next.over.size() == 1);
}

TEST_CASE("a call is of its carrier when that has another number in the next run") {
  const auto carriers = [](std::initializer_list<std::string> names) {
    KpiOptions options;
    for (const std::string& name : names) {
      const IpAddress network = ip(name == "north" ? "198.51.100.0" : "203.0.113.0");
      REQUIRE(options.carriers.add(name, network, 24) == Errc::none);
    }
    return options;
  };
  Tables before({.kpi = carriers({"north", "south"})});
  ringing_call(before);
  answer(before);
  Tables next({.kpi = carriers({"south", "north"})});
  go_on(before, next);
  hang_up(next);
  const std::vector<Kpi> kpis = next.tracked.kpis();
  const auto& names = next.tracked.carriers();
  for (std::size_t i = 0; i < names.size(); ++i) {
    CAPTURE(names[i]);
    auto of_one = kpis[i];
    CHECK(of_one.of(SipMethod::bye).requests == (names[i] == "north" ? 1 : 0));
  }
}
