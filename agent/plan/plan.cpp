#include "agent/plan/plan.hpp"

#include <algorithm>
#include <utility>

#include "agent/plan/place_of.hpp"
#include "agent/random_seed.hpp"

namespace heptap {
namespace {

const TextHash name_hash{random_seed()};

std::atomic<std::uint64_t> last_number{0};

// What always holds.
Condition always() { return parse_condition("frame"); }

}  // namespace

bool names_field(const PlanScript& script, FieldNeed need) {
  const auto all = heptap::fields();
  return std::any_of(all.begin(), all.end(), [&](const Field& field) {
    return field.need == need && script.text.find(field.name) != std::string::npos;
  });
}

Plan::Plan(PlanRules rules, std::vector<std::string> collectors)
    : number_(++last_number),
      rules_(std::move(rules)),
      collectors_(std::move(collectors)),
      mask_key_(as_bytes(rules_.mask_key)) {
  std::vector<Condition> conditions;
  for (const PlanRule& rule : rules_.rules) {
    conditions.push_back(rule.when.value_or(always()));
    actions_.push_back(make_action(rule));
    if (rule.scope != PlanScope::message) {
      scoped_.emplace_back(actions_.back().name, static_cast<std::uint32_t>(actions_.size() - 1));
    }
    has_masks_ |= rule.masks.any();
  }
  std::sort(scoped_.begin(), scoped_.end());
  for (std::size_t kind = 0; kind < programs_.size(); ++kind) {
    programs_[kind] = Program(conditions, static_cast<SubjectKind>(kind), fields_);
  }
}

std::uint32_t Plan::find_scoped(std::uint64_t name) const noexcept {
  const auto at = std::lower_bound(scoped_.begin(), scoped_.end(), std::pair{name, 0U});
  const bool is_there = at != scoped_.end() && at->first == name;
  return is_there ? at->second : Program::none;
}

// A script is not run for it: a name in its text is enough.
bool Plan::asks_for(FieldNeed need) const {
  const auto is_asked = [&](const FieldRef& one) { return one.field->need == need; };
  return std::any_of(fields_.begin(), fields_.end(), is_asked) || names_field(rules_.script, need);
}

PlanAction Plan::make_action(const PlanRule& rule) {
  PlanAction action{.masks = rule.masks,
                    .sample = rule.sample,
                    .drops = rule.drops,
                    .logs = rule.logs,
                    .goes_on = rule.goes_on,
                    .scope = rule.scope,
                    .name = name_hash(rule.identity.empty() ? rule.name : rule.identity)};
  for (const std::string& name : rule.send.value_or(std::vector<std::string>{})) {
    const auto at = std::find(collectors_.begin(), collectors_.end(), name);
    if (at == collectors_.end()) continue;
    action.collectors |= std::uint64_t{1} << static_cast<unsigned>(at - collectors_.begin());
  }
  action.sends = action.collectors != 0;
  action.decides = rule.send || rule.drops || !rule.goes_on;
  if (rule.limit) {
    action.limit = std::make_unique<RateLimit>(rule.limit->per_second, rule.limit->by.has_value());
    if (rule.limit->by) {
      action.limited_by = place_of(fields_, *rule.limit->by);
    }
  }
  if (!rule.lua.empty()) action.has_told = std::make_unique<std::atomic_flag>();
  if (!rule.count.empty()) {
    action.counter = static_cast<std::uint16_t>(place_of(counters_, rule.count));
  }
  return action;
}

}  // namespace heptap
