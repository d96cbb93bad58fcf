#include "config/plan_check.hpp"

#include <algorithm>
#include <map>

#include "config/text.hpp"

namespace heptap {
namespace {

class PlanCheck {
 public:
  PlanCheck(const Settings& settings, const ConfigChecks& checks, const ReportRule& report)
      : settings_(settings), checks_(checks), report_(report) {}

  void run() {
    for (std::size_t i = 0; i < settings_.plan.rules.size(); ++i) {
      path_ = "plan.rules[" + std::to_string(i) + "]";
      const PlanRuleSettings& rule = settings_.plan.rules[i];
      check_name(rule, i);
      check_actions(rule);
      check_script(rule);
      check_collectors(rule);
      if (!checks_.rule) continue;
      for (const RuleProblem& problem : checks_.rule(rule)) report_(path_, problem);
    }
    if (!checks_.script || settings_.plan.lua.empty()) return;
    for (const RuleProblem& problem : checks_.script(settings_.plan)) report_("plan", problem);
  }

 private:
  void report(const std::string& option, std::string message, std::string hint) {
    report_(path_, {.option = option, .problem = {std::move(message), std::move(hint)}});
  }

  void check_name(const PlanRuleSettings& rule, std::size_t index) {
    const auto [first, is_new] = names_.emplace(rule.name, index);
    if (is_new) return;
    report("name",
           "\"" + rule.name + "\" is also the name of plan.rules[" + std::to_string(first->second) +
               "]",
           "give it another name");
  }

  void check_actions(const PlanRuleSettings& rule) {
    const bool masks = rule.mask != MaskSettings{};
    const bool is_less = rule.sample > 1 || rule.limit != 0;
    const bool does = rule.send || rule.drop || is_less || !rule.node_suffix.empty() || masks ||
                      !rule.count.empty() || rule.log || !rule.lua.empty() ||
                      rule.next == RuleNext::stop;
    if (!does)
      report("when", "is of a rule that does nothing", "send, drop, sample, limit, count…");
    if (rule.drop && rule.send) report("drop", "does not go with send", "one of the two");
    if (rule.drop && masks) report("drop", "leaves nothing to mask", "leave mask out");
    if (rule.mask.users == MaskUsers::hash && settings_.plan.mask_key.empty()) {
      report("mask.users", "needs a secret", "plan.mask_key_file");
    }
    if (rule.mask.keep != 0 && rule.mask.users != MaskUsers::keep) {
      report("mask.keep", "does nothing without mask.users: keep", "users: keep");
    }
    if (rule.drop && is_less) {
      report(rule.limit != 0 ? "limit" : "sample", "does nothing beside drop",
             "what is too much is dropped without it");
    }
    if (rule.drop && rule.next == RuleNext::go_on) {
      report("next", "has nothing to continue with behind drop", "stop, or auto");
    }
    if (!rule.limit_by.empty() && rule.limit == 0) {
      report("limit_by", "does nothing without limit", "limit: 100");
    }
  }

  void check_script(const PlanRuleSettings& rule) {
    if (!rule.lua.empty() && settings_.plan.lua.empty()) {
      report("lua", "needs a script", "plan.lua");
    }
    if (rule.lua.empty() && rule.on_error != RuleOnError::skip) {
      report("on_error", "does nothing without lua", "lua: a function of plan.lua");
    }
  }

  void check_collectors(const PlanRuleSettings& rule) {
    std::vector<std::string_view> names;
    for (const CollectorSettings& one : settings_.collectors) names.emplace_back(one.name);
    for (const std::string& name : rule.send.value_or(std::vector<std::string>{})) {
      if (std::find(names.begin(), names.end(), name) != names.end()) continue;
      const std::string_view near = nearest(name, names);
      report("send", "\"" + printable(name) + "\" is no collector",
             near.empty() ? "valid are names of collectors"
                          : "did you mean " + std::string{near} + "?");
    }
  }

  const Settings& settings_;
  const ConfigChecks& checks_;
  const ReportRule& report_;
  std::string path_;
  std::map<std::string, std::size_t, std::less<>> names_;
};

}  // namespace

void check_plan(const Settings& settings, const ConfigChecks& checks, const ReportRule& report) {
  PlanCheck(settings, checks, report).run();
}

}  // namespace heptap
