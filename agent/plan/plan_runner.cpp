#include "agent/plan/plan_runner.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "agent/random_seed.hpp"

namespace heptap {
namespace {

// Not a secret: every agent of a site keeps the same calls.
constexpr TextHash sample_hash{0};

// A secret: nobody can aim at another one's limit.
const TextHash limit_hash{random_seed()};

std::uint64_t hash_of(std::uint64_t number) noexcept {
  return limit_hash({reinterpret_cast<const char*>(&number), sizeof number});  // NOLINT: its bytes
}

bool is_in_sample(std::string_view call_id, std::uint32_t sample) noexcept {
  return sample <= 1 || call_id.empty() || sample_hash(call_id) % sample == 0;
}

// What counted for a name goes on with it.
template <class Items, class NameOf, class Count>
void carry_over(const Items& before, const Items& now, NameOf name_of, std::vector<Count>& counts) {
  std::vector<Count> out(now.size());
  for (std::size_t i = 0; i < now.size(); ++i) {
    const auto same = std::find_if(before.begin(), before.end(), [&](const auto& one) {
      return name_of(one) == name_of(now[i]);
    });
    if (same != before.end()) out[i] = counts[static_cast<std::size_t>(same - before.begin())];
  }
  counts = std::move(out);
}

const std::string& identity_of(const PlanRule& rule) {
  return rule.identity.empty() ? rule.name : rule.identity;
}

std::unique_ptr<LuaScript> script_of(const Plan& plan) {
  const PlanRules& rules = plan.rules();
  std::vector<std::string> functions;
  for (const PlanRule& rule : rules.rules) functions.push_back(rule.lua);
  const auto is_empty = [](const std::string& name) { return name.empty(); };
  if (std::all_of(functions.begin(), functions.end(), is_empty)) return nullptr;
  return std::make_unique<LuaScript>(rules.script, functions);
}

}  // namespace

RuleCounts& RuleCounts::operator+=(const RuleCounts& other) noexcept {
  matched += other.matched;
  sent += other.sent;
  masked += other.masked;
  dropped += other.dropped;
  sampled += other.sampled;
  limited += other.limited;
  errors += other.errors;
  return *this;
}

PlanRunner::PlanRunner(std::shared_ptr<const Plan> plan, std::shared_ptr<PlanScopes> scopes)
    : plan_(std::move(plan)),
      scopes_(std::move(scopes)),
      cache_(plan_->fields().size()),
      script_(script_of(*plan_)) {
  node_suffix_.reserve(max_node_suffix_bytes);
  counts_.rules.resize(plan_->rules().rules.size());
  counts_.counters.resize(plan_->counters().size());
  if (scopes_ != nullptr) scopes_->begin_plan(plan_->number());
}

void PlanRunner::set_plan(std::shared_ptr<const Plan> plan, std::shared_ptr<PlanScopes> scopes) {
  scopes_ = std::move(scopes);
  if (plan == plan_) return;
  const auto before = std::exchange(plan_, std::move(plan));
  if (scopes_ != nullptr) scopes_->begin_plan(plan_->number());
  cache_ = FieldCache(plan_->fields().size());
  cut_before_ = 0;
  script_ = script_of(*plan_);
  carry_over(before->rules().rules, plan_->rules().rules, identity_of, counts_.rules);
  carry_over(before->counters(), plan_->counters(), std::identity{}, counts_.counters);
}

Verdict PlanRunner::decide(const PlanSubject& message) noexcept {
  if (plan_->rules().local.empty()) return decide_as_it_is(message);
  PlanSubject with_networks = message;
  with_networks.local = &plan_->rules().local;
  return decide_as_it_is(with_networks);
}

Verdict PlanRunner::decide_as_it_is(const PlanSubject& message) noexcept {
  ++counts_.entered;
  cache_.begin(message);
  Verdict verdict;
  SipMasks of_all;
  run(message, verdict, of_all);
  const bool is_decided = verdict.fate != PlanFate::sent || verdict.rule != Verdict::no_rule;
  if (!is_decided && plan_->rules().unmatched == Unmatched::send) {
    verdict.send_to(Verdict::every_collector, {});
  } else if (!is_decided) {
    verdict.fate = PlanFate::unmatched;
  }
  if (of_all.any()) verdict.mask_all(of_all);
  counts_.fields_cut += cache_.cut() - std::exchange(cut_before_, cache_.cut());
  ++counts_.fates[verdict.fate];
  if (watch_) watch_(message, verdict);
  return verdict;
}

// A rule that holds for a call has its place among the others, as if its condition held.
void PlanRunner::run(const PlanSubject& message, Verdict& verdict, SipMasks& of_all) noexcept {
  const Program& program = plan_->program(message.kind);
  find_held(message);
  for (std::uint32_t rule = next_rule(program, 0); rule != Program::none;
       rule = next_rule(program, rule + 1)) {
    script_suffix_ = {};
    if (!is_held(rule)) {
      if (!script_agrees(rule, message)) continue;
      hold(rule, message);
    }
    if (apply(rule, message, verdict, of_all) == Step::stop) return;
  }
}

std::uint32_t PlanRunner::next_rule(const Program& program, std::uint32_t from) noexcept {
  std::uint32_t rule = program.next_match(plan_->fields(), cache_, from);
  for (std::uint8_t i = 0; i < held_.count; ++i) {
    if (held_at_[i] >= from) rule = std::min(rule, held_at_[i]);  // none is more than any
  }
  return rule;
}

// Of one that does, what its script has set for the call is set again.
bool PlanRunner::is_held(std::uint32_t rule) noexcept {
  for (std::uint8_t i = 0; i < held_.count; ++i) {
    if (held_at_[i] != rule) continue;
    script_suffix_ = held_.suffix(i);
    return true;
  }
  return false;
}

bool PlanRunner::script_agrees(std::uint32_t rule, const PlanSubject& message) noexcept {
  const PlanAction& action = plan_->action(rule);
  if (action.has_told == nullptr) return true;
  const LuaScript::Answer answer = script_->ask(rule, message);
  if (answer == LuaScript::Answer::yes) script_suffix_ = script_->node_suffix();
  if (answer != LuaScript::Answer::error) return answer == LuaScript::Answer::yes;
  ++counts_.rules[rule].errors;
  const PlanRule& what = plan_->rules().rules[rule];
  if (log_ && !action.has_told->test_and_set()) log_(what, message, script_->error());
  return what.on_error == OnError::match;
}

void PlanRunner::find_held(const PlanSubject& message) noexcept {
  held_.count = 0;
  if (!plan_->has_scopes() || scopes_ == nullptr || message.call_hash == 0) return;
  held_ = scopes_->find(message.call_hash, message.time_us);
  const bool is_sip = message.sip != nullptr;
  for (std::uint8_t i = 0; i < held_.count; ++i) {
    const std::uint32_t rule = rule_as_held(i);
    if (rule == Program::none) {
      scopes_->forget(message.call_hash, message.time_us, held_.names[i], plan_->number());
    }
    const bool is_for_it =
        rule != Program::none && (is_sip || plan_->action(rule).scope == PlanScope::call);
    held_at_[i] = is_for_it ? rule : Program::none;
  }
}

// gives     none: the plan, which was read again, has no rule that does as this one did
std::uint32_t PlanRunner::rule_as_held(std::uint8_t index) const noexcept {
  const std::uint32_t rule = plan_->find_scoped(held_.names[index]);
  if (rule == Program::none) return rule;
  const bool decided = held_.decides == index;
  return plan_->action(rule).decides == decided ? rule : Program::none;
}

void PlanRunner::hold(std::uint32_t rule, const PlanSubject& message) noexcept {
  const PlanAction& action = plan_->action(rule);
  if (action.scope == PlanScope::message || scopes_ == nullptr || message.call_hash == 0) return;
  scopes_->add(message.call_hash, message.time_us, action.name, action.decides, script_suffix_);
}

void PlanRunner::forget_call(std::uint64_t call_hash, std::int64_t now_us) noexcept {
  if (scopes_ != nullptr) scopes_->forget(call_hash, now_us);
}

PlanRunner::Step PlanRunner::apply(std::uint32_t rule, const PlanSubject& message, Verdict& verdict,
                                   SipMasks& of_all) noexcept {
  const PlanAction& action = plan_->action(rule);
  RuleCounts& counts = counts_.rules[rule];
  ++counts.matched;
  if (action.counter != Verdict::no_rule) ++counts_.counters[action.counter];
  if (action.logs && log_) log_(plan_->rules().rules[rule], message, {});
  const PlanFate fate = action.drops ? PlanFate::dropped : fate_by_amount(action, message);
  const Step next = action.goes_on ? Step::go_on : Step::stop;
  if (fate != PlanFate::sent) {
    if (fate == PlanFate::sampled) ++counts.sampled;
    if (fate == PlanFate::limited) ++counts.limited;
    if (action.sends && action.goes_on) return next;
    ++counts.dropped;
    drop(verdict, rule, fate);
    return Step::stop;
  }
  const std::string_view suffix = node_suffix_of(rule);
  if (!suffix.empty()) verdict.marks.node_suffix = suffix;
  const std::string& group = plan_->rules().rules[rule].group;
  if (!group.empty()) verdict.marks.group_id = group;
  if (action.masks.any()) ++counts.masked;
  if (action.sends) {
    ++counts.sent;
    verdict.send_to(action.collectors, action.masks);
    verdict.rule = static_cast<std::uint16_t>(rule);
  } else {
    of_all |= action.masks;
  }
  return next;
}

// What a script has set is copied: it may be asked again before the verdict is used.
std::string_view PlanRunner::node_suffix_of(std::uint32_t rule) noexcept {
  if (script_suffix_.empty()) return plan_->rules().rules[rule].node_suffix;
  return node_suffix_ = script_suffix_;
}

PlanFate PlanRunner::fate_by_amount(const PlanAction& action, const PlanSubject& message) noexcept {
  if (!is_in_sample(message.call_id, action.sample)) return PlanFate::sampled;
  if (action.limit == nullptr) return PlanFate::sent;
  const bool passes = action.limit->pass(limit_key(action), message.time_us);
  return passes ? PlanFate::sent : PlanFate::limited;
}

// Those with the same value of a field; without one, or with a protocol, all together.
std::uint64_t PlanRunner::limit_key(const PlanAction& action) noexcept {
  if (action.limited_by == Program::none) return 0;
  const FieldRef& field = plan_->fields()[action.limited_by];
  const auto values = cache_.values(action.limited_by, field).all();
  if (values.empty()) return 0;
  switch (field.field->type) {
    case ValueType::protocol:
    case ValueType::text:
    case ValueType::ether: return limit_hash(values.front().text());
    case ValueType::ipv4:
    case ValueType::ipv6: return limit_hash(as_text(values.front().address().bytes()));
    default: return hash_of(values.front().number());
  }
}

// What earlier rules have sent is sent.
void PlanRunner::drop(Verdict& verdict, std::uint32_t rule, PlanFate fate) noexcept {
  if (verdict.collectors() != 0) return;
  verdict.fate = fate;
  verdict.rule = static_cast<std::uint16_t>(rule);
}

}  // namespace heptap
