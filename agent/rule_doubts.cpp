#include "agent/rule_doubts.hpp"

#include <array>
#include <string>

#include "agent/plan/program.hpp"
#include "config/text.hpp"

namespace heptap {
namespace {

constexpr auto kind_count = static_cast<std::size_t>(SubjectKind::count_);

/// What is known of a condition by the kind of a message alone.
enum class Truth : std::uint8_t { never, maybe, always };
using TruthByKind = std::array<Truth, kind_count>;

// What asks for the protocol that a message of a kind is anyway.
bool is_of_all(const Condition& condition) {
  if (condition.kind != Condition::Kind::test) return false;
  if (condition.test.comparison != Comparison::exists) return false;
  const std::string_view name = condition.test.field.name();
  return name == "frame" || name == "sip" || name == "rtcp" || name == "heptap.report";
}

TruthByKind truth_of(const std::string& when) {
  TruthByKind truth{};
  const std::vector<Condition> conditions{parse_condition(when.empty() ? "frame" : when)};
  const bool asks_nothing = is_of_all(conditions.front());
  std::vector<FieldRef> fields;
  for (std::size_t kind = 0; kind < kind_count; ++kind) {
    const Program program(conditions, static_cast<SubjectKind>(kind), fields);
    if (program.holds_never()) {
      truth[kind] = Truth::never;
    } else {
      truth[kind] = asks_nothing || program.holds_always() ? Truth::always : Truth::maybe;
    }
  }
  return truth;
}

bool ends_plan(const PlanRuleSettings& rule) {
  const bool decides = rule.send || rule.drop;
  return rule.next == RuleNext::stop || (rule.next == RuleNext::automatic && decides);
}

class Doubts {
 public:
  std::vector<std::pair<std::size_t, RuleProblem>> of(const std::vector<PlanRuleSettings>& rules) {
    taken_by_.fill(nullptr);
    for (std::size_t i = 0; i < rules.size(); ++i) look_at(i, rules[i]);
    return std::move(found_);
  }

 private:
  void look_at(std::size_t index, const PlanRuleSettings& rule) {
    const TruthByKind truth = truth_of(rule.when);
    const PlanRuleSettings* before = nullptr;
    bool is_for_any = false;
    bool is_asked = false;
    for (std::size_t kind = 0; kind < kind_count; ++kind) {
      if (truth[kind] == Truth::never) continue;
      is_for_any = true;
      if (taken_by_[kind] == nullptr) is_asked = true;
      before = taken_by_[kind];
      const bool takes_all = truth[kind] == Truth::always && rule.lua.empty() && ends_plan(rule);
      if (takes_all && taken_by_[kind] == nullptr) taken_by_[kind] = &rule;
    }
    if (!is_for_any) {
      warn(index, "when", "holds for no message: none has all of these fields",
           "heptap plan fields says which have them");
    } else if (!is_asked) {
      warn(index, "", "is never asked: \"" + printable(before->name) + "\" before it takes all",
           "next: continue there, or put it before");
    }
  }

  void warn(std::size_t index, std::string option, std::string message, std::string hint) {
    found_.emplace_back(
        index, RuleProblem{.option = std::move(option),
                           .problem = {std::move(message), std::move(hint), Severity::warning}});
  }

  std::array<const PlanRuleSettings*, kind_count> taken_by_{};  // null: later rules are asked
  std::vector<std::pair<std::size_t, RuleProblem>> found_;
};

}  // namespace

std::vector<std::pair<std::size_t, RuleProblem>> rule_doubts(const PlanSettings& plan) {
  try {
    return Doubts().of(plan.rules);
  } catch (const ConditionError&) {
    return {};  // rule_problems() says it
  }
}

}  // namespace heptap
