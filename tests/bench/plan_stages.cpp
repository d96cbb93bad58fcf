// What the capture plan costs a message: its rules, and masks.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agent/plan/plan_runner.hpp"
#include "proto/sip/mask.hpp"
#include "tests/bench/stage_window.hpp"

namespace heptap::bench {
namespace {

PlanRule dropping(const std::string& when) {
  PlanRule out;
  out.when = parse_condition(when);
  out.drops = true;
  return out;
}

/// Five rules that hold for no message of the traffic, so that each is asked; as many times as wanted, each
/// time with other values.
PlanRules five_rules(int times) {
  PlanRules out;
  for (int i = 0; i < times; ++i) {
    const std::string n = std::to_string(i);
    out.rules.push_back(dropping("sip.CSeq.method == \"OPTIONS" + n + "\""));
    out.rules.push_back(dropping("ip.addr == 203.0." + n + ".0/24"));
    out.rules.push_back(dropping("sip.Method == \"REGISTER" + n + "\" and udp.port == 5061"));
    out.rules.push_back(dropping("sip.User-Agent contains \"scanner-" + n + "\""));
    out.rules.push_back(dropping("sip.Status-Code in {6" + (i < 10 ? "0" + n : n) + "..699}"));
  }
  return out;
}

/// The messages of the window, as a plan sees them.
class Subjects {
 public:
  Subjects() : views_(window_messages), subjects_(window_messages) {
    const auto& packets = window().packets;
    for (std::size_t i = 0; i < window_messages; ++i) {
      (void)parse_sip(packets[i].payload, views_[i]);
      const bool is_request = views_[i].is_request();
      subjects_[i] = {.kind = is_request ? SubjectKind::sip_request : SubjectKind::sip_response,
                      .packet = &packets[i],
                      .sip = &views_[i],
                      .call_id = views_[i].call_id()};
    }
  }

  const PlanSubject& operator[](std::size_t i) const noexcept { return subjects_[i]; }

 private:
  std::vector<SipView> views_;
  std::vector<PlanSubject> subjects_;
};

void run_plan(benchmark::State& state, PlanRules rules) {
  const Subjects subjects;
  PlanRunner runner(
      std::make_shared<const Plan>(std::move(rules), std::vector<std::string>{"homer"}));
  run_window(state, [&](std::size_t i) { benchmark::DoNotOptimize(runner.decide(subjects[i])); });
  state.counters["sent"] = static_cast<double>(runner.counts().fates[PlanFate::sent]);
}

void plan(benchmark::State& state) {
  run_plan(state, five_rules(static_cast<int>(state.range(0)) / 5));
}

/// A rule without a condition that asks a function.
void plan_script(benchmark::State& state) {
  PlanRule rule;
  rule.lua = "f";
  rule.drops = true;
  PlanRules rules;
  rules.rules = {rule};
  rules.script = {"plan.lua",
                  "function f(msg) return msg['sip.CSeq.method'] == 'INVITE' and "
                  "msg['sip.from.user']:match('^%d+$') end"};
  run_plan(state, std::move(rules));
}

/// What is hidden is written over again and again: it is the same each time.
void sip_mask(benchmark::State& state, const SipMasks& masks) {
  const auto& packets = window().packets;
  const MaskKey key(as_bytes("a key of the bench"));
  std::vector<SipView> views(window_messages);
  std::vector<std::vector<std::uint8_t>> copies;
  for (std::size_t i = 0; i < window_messages; ++i) {
    (void)parse_sip(packets[i].payload, views[i]);
    copies.emplace_back(packets[i].payload.begin(), packets[i].payload.end());
  }
  run_window(state, [&](std::size_t i) {
    mask_sip(views[i], packets[i].payload, copies[i], masks, key);
    benchmark::ClobberMemory();
  });
}

constexpr SipMasks mask_users{.users = UserMask::hash};
constexpr SipMasks mask_all{
    .users = UserMask::hash, .credentials = true, .keys = true, .bodies = true, .digits = true};

BENCHMARK(plan)->Arg(0)->Arg(5)->Arg(50);
BENCHMARK(plan_script);
BENCHMARK_CAPTURE(sip_mask, users, mask_users);
BENCHMARK_CAPTURE(sip_mask, all, mask_all);

}  // namespace
}  // namespace heptap::bench
