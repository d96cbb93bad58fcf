// What the capture plan costs a message: its rules, and masks.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <vector>

#include "agent/plan/plan_runner.hpp"
#include "proto/sip/mask.hpp"
#include "tests/bench/stage_window.hpp"

namespace heptap::bench {
namespace {

PlanRule rule(const std::string& when) {
  PlanRule out;
  out.when = parse_condition(when);
  out.drops = true;
  return out;
}

/// Five rules that hold for no message of the traffic, so that each is asked; as many times as wanted, each
/// time with other values.
PlanRules rules(int times) {
  PlanRules out;
  for (int i = 0; i < times; ++i) {
    const std::string n = std::to_string(i);
    out.rules.push_back(rule("sip.CSeq.method == \"OPTIONS" + n + "\""));
    out.rules.push_back(rule("ip.addr == 203.0." + n + ".0/24"));
    out.rules.push_back(rule("sip.Method == \"REGISTER" + n + "\" and udp.port == 5061"));
    out.rules.push_back(rule("sip.User-Agent contains \"scanner-" + n + "\""));
    out.rules.push_back(rule("sip.Status-Code in {6" + (i < 10 ? "0" + n : n) + "..699}"));
  }
  return out;
}

void plan(benchmark::State& state) {
  const auto& packets = window().packets;
  std::vector<SipView> views(window_messages);
  std::vector<PlanSubject> subjects(window_messages);
  for (std::size_t i = 0; i < window_messages; ++i) {
    (void)parse_sip(packets[i].payload, views[i]);
    subjects[i] = {
        .kind = views[i].is_request() ? SubjectKind::sip_request : SubjectKind::sip_response,
        .packet = &packets[i],
        .sip = &views[i],
        .call_id = views[i].call_id()};
  }
  PlanRunner runner(std::make_shared<const Plan>(rules(static_cast<int>(state.range(0)) / 5),
                                                 std::vector<std::string>{"homer"}));
  run_window(state, [&](std::size_t i) { benchmark::DoNotOptimize(runner.decide(subjects[i])); });
  state.counters["sent"] = static_cast<double>(runner.counts().fates[PlanFate::sent]);
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
BENCHMARK_CAPTURE(sip_mask, users, mask_users);
BENCHMARK_CAPTURE(sip_mask, all, mask_all);

}  // namespace
}  // namespace heptap::bench
