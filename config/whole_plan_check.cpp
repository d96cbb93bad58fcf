#include "config/whole_plan_check.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "config/plan_limits.hpp"

namespace heptap {
namespace {

const std::string plan_path = "plan";

bool decides(const PlanRuleSettings& rule) {
  return rule.send || rule.drop || rule.next == RuleNext::stop;
}

std::string path_of(const PlanSettings& plan, const PlanRuleSettings& rule) {
  return "plan.rules[" + std::to_string(&rule - plan.rules.data()) + "]";
}

// Who masks or samples for one collector seldom means that it gets the rest as it is.
void check_unmatched(const PlanSettings& plan, const ReportRule& report) {
  const auto is_less = [](const PlanRuleSettings& rule) {
    return rule.sample > 1 || rule.limit != 0;
  };
  const auto is_last = [&](const PlanRuleSettings& rule) {
    return rule.when.empty() && rule.lua.empty() && (rule.drop || rule.send) && !is_less(rule);
  };
  const auto is_choosy = [&](const PlanRuleSettings& rule) {
    return rule.send && (rule.mask != MaskSettings{} || is_less(rule));
  };
  const auto& rules = plan.rules;
  if (plan.unmatched == PlanUnmatched::drop) return;
  if (std::any_of(rules.begin(), rules.end(), is_last)) return;
  if (std::none_of(rules.begin(), rules.end(), is_choosy)) return;
  report(plan_path,
         {.option = "rules",
          .problem = {"send some of it masked or in part, and all that no rule sends goes to "
                      "every collector as it is",
                      "end with a rule without when, or say unmatched: drop", Severity::warning}});
}

// A call has room for so many rules that hold for it.
void check_scopes(const PlanSettings& plan, const ReportRule& report) {
  std::size_t count = 0;
  for (const PlanRuleSettings& rule : plan.rules) {
    if (rule.scope == RuleScope::message || decides(rule)) continue;
    if (++count <= max_rules_beside) continue;
    report(path_of(plan, rule),
           {.option = "scope",
            .problem = {"is too many of rules that neither send nor drop",
                        "at most " + std::to_string(max_rules_beside) + " have a scope"}});
    return;
  }
}

// A message that goes to more than one collector is written once for each set of masks.
void check_masks(const PlanSettings& plan, const ReportRule& report) {
  std::vector<MaskSettings> of_message;  // by rules that it may pass one after the other
  for (const PlanRuleSettings& rule : plan.rules) {
    if (!rule.send) continue;
    const bool is_new =
        std::find(of_message.begin(), of_message.end(), rule.mask) == of_message.end();
    if (is_new && of_message.size() == max_mask_sets) {
      report(path_of(plan, rule),
             {.option = rule.mask == MaskSettings{} ? "send" : "mask",
              .problem = {"would send a message with more different masks than there can be of one",
                          "at most " + std::to_string(max_mask_sets) +
                              " of rules with next: continue, and of one behind them"}});
      return;
    }
    if (is_new && rule.next == RuleNext::go_on) of_message.push_back(rule.mask);
  }
}

template <class Refuse>
void check_beside_captagent(const PlanSettings& plan, const PlacedOptions& places, Refuse refuse) {
  if (!plan.rules.empty()) return refuse("captagent", "does not go with rules", "one of the two");
  for (const std::string option : {"unmatched", "local", "lua", "mask_key_file"}) {
    if (!places.contains("plan." + option)) continue;
    refuse(option, "does nothing beside captagent", "leave it out");
  }
}

void check_files(const Settings& settings, const PlacedOptions& places, const ConfigChecks& checks,
                 const ReportRule& report) {
  const PlanSettings& plan = settings.plan;
  const auto refuse = [&](const std::string& option, std::string message, std::string hint) {
    report(plan_path, {.option = option, .problem = {std::move(message), std::move(hint)}});
  };
  if (!plan.captagent.empty()) check_beside_captagent(plan, places, refuse);
  if (checks.script && !plan.lua.empty()) {
    for (const RuleProblem& problem : checks.script(plan)) report(plan_path, problem);
  }
  if (checks.captagent && !plan.captagent.empty()) {
    for (const RuleProblem& problem : checks.captagent(settings)) report(plan_path, problem);
  }
}

}  // namespace

void check_whole_plan(const Settings& settings, const PlacedOptions& places,
                      const ConfigChecks& checks, const ReportRule& report) {
  check_files(settings, places, checks, report);
  check_unmatched(settings.plan, report);
  check_scopes(settings.plan, report);
  check_masks(settings.plan, report);
}

}  // namespace heptap
