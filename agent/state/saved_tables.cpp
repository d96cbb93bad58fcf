#include "agent/state/saved_tables.hpp"

#include <algorithm>

namespace heptap {
namespace {

std::uint64_t fingerprint_of(const Plan* plan) noexcept {
  return plan == nullptr ? 0 : plan->rules().fingerprint;
}

SavedRun run_of(const SavedTables& tables, std::int64_t now_us) {
  return {.written_us = now_us,
          .calls_seed = tables.calls.seed(),
          .media_seed = tables.media != nullptr ? tables.media->seed() : 0,
          .tracked_seed = tables.tracked != nullptr ? tables.tracked->seed() : 0,
          .plan = fingerprint_of(tables.plan)};
}

// Names of rules are hashed anew in each process: the plan, which is the same, numbers them.
void put_rules(const Plan& plan, const HeldRules& held, SavedVerdict& out) {
  out.rules.clear();
  out.decides = HeldRules::none;
  for (std::uint8_t i = 0; i < held.count; ++i) {
    const std::uint32_t rule = plan.find_scoped(held.names[i]);
    if (rule == Program::none || plan.action(rule).decides != (held.decides == i)) continue;
    if (held.decides == i) out.decides = static_cast<std::uint8_t>(out.rules.size());
    out.rules.push_back({.rule = rule, .suffix = std::string(held.suffix(i))});
  }
}

/// Adds records, and counts them.
class Saver {
 public:
  Saver(StateFileWriter& file, SavedCounts& counts) noexcept : file_(file), counts_(counts) {}

  void add(const CallTable& calls) {
    SavedCall saved;
    calls.for_each([&](std::uint64_t hash, const Call& call, const CallDetails& details) {
      saved = {hash, call, details};
      add(SavedKind::call, saved, counts_.calls);
    });
  }
  void add(const MediaCalls& media) {
    media.for_each([&](SavedMedia& saved) { add(SavedKind::media, saved, counts_.media); });
  }
  void add(const TrackedCalls& tracked) {
    SavedTracked saved;
    tracked.for_each([&](std::uint64_t hash, const CallState& state) {
      saved = {hash, tracked.carriers()[state.carrier], state};
      add(SavedKind::tracked, saved, counts_.tracked);
    });
  }
  void add(const Plan& plan, const PlanScopes& scopes) {
    SavedVerdict saved;
    scopes.for_each([&](std::uint64_t call, std::int64_t last_us, const HeldRules& held) {
      saved.call_hash = call;
      saved.last_us = last_us;
      put_rules(plan, held, saved);
      if (!saved.rules.empty()) add(SavedKind::verdict, saved, counts_.verdicts);
    });
  }

 private:
  template <class Record>
  void add(SavedKind kind, Record& record, std::uint64_t& count) {
    ++(file_.add(kind, record) ? count : counts_.left_out);
  }

  StateFileWriter& file_;
  SavedCounts& counts_;
};

}  // namespace

// Calls come before what follows them: when one has to make room for another, its report is made of both.
SavedCounts save_tables(const SavedTables& tables, StateFileWriter& file, std::int64_t now_us) {
  SavedCounts counts;
  SavedRun run = run_of(tables, now_us);
  file.add(SavedKind::run, run);
  Saver saver(file, counts);
  saver.add(tables.calls);
  if (tables.media != nullptr) saver.add(*tables.media);
  if (tables.tracked != nullptr) saver.add(*tables.tracked);
  if (tables.plan != nullptr && tables.scopes != nullptr) saver.add(*tables.plan, *tables.scopes);
  return counts;
}

void TableRestorer::take(const SavedRun& run) {
  written_us_ = run.written_us;
  is_same_plan_ = run.plan == fingerprint_of(tables_.plan);
  tables_.calls.set_seed(run.calls_seed);
  if (tables_.media != nullptr) tables_.media->set_seed(run.media_seed);
  if (tables_.tracked != nullptr) tables_.tracked->set_seed(run.tracked_seed);
}

void TableRestorer::take(const SavedCall& call) {
  tables_.calls.restore(call.hash, call.call, call.details, now_us_);
}

void TableRestorer::take(const SavedMedia& media) {
  if (tables_.media != nullptr) tables_.media->restore(media, now_us_);
}

void TableRestorer::take(const SavedTracked& tracked) {
  if (tables_.tracked == nullptr) return;
  const auto& carriers = tables_.tracked->carriers();
  const auto at = std::find(carriers.begin(), carriers.end(), tracked.carrier);
  state_ = tracked.state;
  state_.carrier = at == carriers.end() ? CarrierMap::default_carrier
                                        : static_cast<std::uint16_t>(at - carriers.begin());
  tables_.tracked->restore(tracked.hash, state_, now_us_);
}

void TableRestorer::take(const SavedVerdict& verdict) {
  if (!is_same_plan_) is_of_other_plan_ = true;
  if (!is_same_plan_ || tables_.plan == nullptr || tables_.scopes == nullptr) return;
  const HeldRules held = held_rules(verdict);
  if (held.count == 0) return;
  const bool is_kept = tables_.scopes->restore(verdict.call_hash, verdict.last_us, held, now_us_);
  ++(is_kept ? verdicts_ : old_verdicts_);
}

HeldRules TableRestorer::held_rules(const SavedVerdict& saved) const noexcept {
  HeldRules held;
  for (std::size_t i = 0; i < saved.rules.size(); ++i) {
    const SavedRule& rule = saved.rules[i];
    if (rule.rule >= tables_.plan->rules().rules.size()) continue;
    const PlanAction& action = tables_.plan->action(rule.rule);
    const bool decides = saved.decides == i;
    if (action.scope == PlanScope::message || action.decides != decides) continue;
    if (decides) held.decides = held.count;
    held.names[held.count] = action.name;
    held.set_suffix(held.count, rule.suffix);
    ++held.count;
  }
  return held;
}

SavedCounts TableRestorer::counts() const {
  const CallCounts calls = tables_.calls.counts();
  SavedCounts out{
      .calls = calls.restored, .verdicts = verdicts_, .left_out = calls.outdated + old_verdicts_};
  if (tables_.media != nullptr) {
    const MediaCounts media = tables_.media->counts();
    out.media = media.restored;
    out.left_out += media.outdated;
  }
  if (tables_.tracked != nullptr) {
    const TrackedCounts tracked = tables_.tracked->counts();
    out.tracked = tracked.restored;
    out.left_out += tracked.outdated;
  }
  return out;
}

}  // namespace heptap
