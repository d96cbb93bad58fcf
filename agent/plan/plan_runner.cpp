#include "agent/plan/plan_runner.hpp"

#include <algorithm>
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

}  // namespace

PlanCounts& PlanCounts::operator+=(const PlanCounts& other) {
  entered += other.entered;
  for_each<PlanFate>([&](PlanFate fate) { fates[fate] += other.fates[fate]; });
  rules.resize(std::max(rules.size(), other.rules.size()));
  for (std::size_t i = 0; i < other.rules.size(); ++i) {
    rules[i].matched += other.rules[i].matched;
    rules[i].sent += other.rules[i].sent;
    rules[i].dropped += other.rules[i].dropped;
  }
  counters.resize(std::max(counters.size(), other.counters.size()));
  for (std::size_t i = 0; i < other.counters.size(); ++i) counters[i] += other.counters[i];
  return *this;
}

PlanRunner::PlanRunner(std::shared_ptr<const Plan> plan)
    : plan_(std::move(plan)), cache_(plan_->fields().size()) {
  counts_.rules.resize(plan_->rules().rules.size());
  counts_.counters.resize(plan_->counters().size());
}

Verdict PlanRunner::decide(const PlanSubject& message, std::string_view call_id) noexcept {
  ++counts_.entered;
  cache_.begin(message);
  Verdict verdict;
  const Program& program = plan_->program(message.kind);
  for (std::uint32_t from = 0;;) {
    const std::uint32_t rule = program.next_match(plan_->fields(), cache_, from);
    if (rule == Program::none) break;
    const Step step = apply(rule, message, call_id, verdict);
    if (step == Step::stop) break;
    from = rule + 1;
  }
  if (verdict.fate == PlanFate::sent && verdict.rule == Verdict::no_rule) {
    if (plan_->rules().unmatched == Unmatched::drop) {
      verdict.fate = PlanFate::unmatched;
    } else {
      verdict.collectors = Verdict::every_collector;
    }
  }
  ++counts_.fates[verdict.fate];
  return verdict;
}

PlanRunner::Step PlanRunner::apply(std::uint32_t rule, const PlanSubject& message,
                                   std::string_view call_id, Verdict& verdict) noexcept {
  const PlanAction& action = plan_->action(rule);
  RuleCounts& counts = counts_.rules[rule];
  ++counts.matched;
  if (action.counter != Verdict::no_rule) ++counts_.counters[action.counter];
  if (action.logs && log_) log_(plan_->rules().rules[rule].name, message);
  const PlanFate fate = action.drops ? PlanFate::dropped : fate_by_amount(action, message, call_id);
  const Step next = action.goes_on ? Step::go_on : Step::stop;
  if (fate != PlanFate::sent) {
    if (action.sends && action.goes_on) return next;
    ++counts.dropped;
    drop(verdict, rule, fate);
    return Step::stop;
  }
  if (action.sends) {
    ++counts.sent;
    verdict.collectors |= action.collectors;
    verdict.rule = static_cast<std::uint16_t>(rule);
  }
  return next;
}

PlanFate PlanRunner::fate_by_amount(const PlanAction& action, const PlanSubject& message,
                                    std::string_view call_id) noexcept {
  if (!is_in_sample(call_id, action.sample)) return PlanFate::sampled;
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
    case ValueType::text: return limit_hash(values.front().text());
    case ValueType::ipv4:
    case ValueType::ipv6: return limit_hash(as_text(values.front().address().bytes()));
    default: return hash_of(values.front().number());
  }
}

// What earlier rules have sent is sent.
void PlanRunner::drop(Verdict& verdict, std::uint32_t rule, PlanFate fate) noexcept {
  if (verdict.collectors != 0) return;
  verdict.fate = fate;
  verdict.rule = static_cast<std::uint16_t>(rule);
}

}  // namespace heptap
