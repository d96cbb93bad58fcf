#include "config/plan_check.hpp"

#include <algorithm>
#include <map>

#include "config/name_hint.hpp"
#include "config/text.hpp"
#include "config/whole_plan_check.hpp"

namespace heptap {
namespace {

bool is_less(const PlanRuleSettings& rule) { return rule.sample > 1 || rule.limit != 0; }

class PlanCheck {
 public:
  PlanCheck(const Settings& settings, const PlacedOptions& places, const ConfigChecks& checks,
            const ReportRule& report)
      : settings_(settings), places_(places), checks_(checks), report_(report) {}

  void run() {
    for (std::size_t i = 0; i < settings_.plan.rules.size(); ++i) {
      path_ = "plan.rules[" + std::to_string(i) + "]";
      const PlanRuleSettings& rule = settings_.plan.rules[i];
      check_name(rule, i);
      check_actions(rule);
      check_drop(rule);
      check_mask(rule.mask);
      check_script(rule);
      check_collectors(rule);
      if (!checks_.rule) continue;
      for (const RuleProblem& problem : checks_.rule(rule, settings_.plan)) report_(path_, problem);
    }
    if (checks_.rules) {
      for (const auto& [index, problem] : checks_.rules(settings_.plan)) {
        report_("plan.rules[" + std::to_string(index) + "]", problem);
      }
    }
    check_whole_plan(settings_, places_, checks_, report_);
  }

 private:
  void report(const std::string& option, std::string message, std::string hint,
              std::size_t size = 0) {
    report_(path_,
            {.option = option, .problem = {std::move(message), std::move(hint)}, .size = size});
  }

  void check_name(const PlanRuleSettings& rule, std::size_t index) {
    const auto [first, is_new] = names_.emplace(rule.name, index);
    if (is_new) return;
    report("name",
           "\"" + printable(rule.name) + "\" is also the name of plan.rules[" +
               std::to_string(first->second) + "]",
           "give it another name", rule.name.size());
  }

  void check_actions(const PlanRuleSettings& rule) {
    const bool masks = rule.mask != MaskSettings{};
    const bool does = rule.send || rule.drop || is_less(rule) || !rule.node_suffix.empty() ||
                      !rule.group.empty() || masks || !rule.count.empty() || rule.log ||
                      !rule.lua.empty() || rule.next == RuleNext::stop;
    if (!does) report("", "does nothing", "valid: send, drop, sample, limit, mask, count, log…");
    if (!rule.limit_by.empty() && rule.limit == 0) {
      report("limit_by", "does nothing without limit", "limit: 100");
    }
  }

  void check_drop(const PlanRuleSettings& rule) {
    if (!rule.drop) return;
    if (rule.send) report("drop", "does not go with send", "one of the two");
    if (rule.mask != MaskSettings{})
      report("mask", "has nothing to mask beside drop", "leave it out");
    if (is_less(rule)) {
      report(rule.limit != 0 ? "limit" : "sample", "does nothing beside drop",
             "what is too much is dropped without it");
    }
    if (!rule.node_suffix.empty()) {
      report("node_suffix", "does nothing beside drop", "leave it out");
    }
    if (!rule.group.empty()) report("group", "does nothing beside drop", "leave it out");
    if (rule.next == RuleNext::go_on) {
      report("next", "has nothing to continue with behind drop", "stop, or auto");
    }
  }

  void check_mask(const MaskSettings& mask) {
    const bool has_key = places_.contains("plan.mask_key_file");
    if (mask.users == MaskUsers::hash && !has_key) {
      report("mask.users", "needs a secret for hash", "plan.mask_key_file names it");
    }
    if (mask.keep != 0 && mask.users != MaskUsers::keep) {
      report("mask.keep", "does nothing without mask.users: keep", "users: keep");
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
    for (const PoolSettings& one : settings_.pools) names.emplace_back(one.name);
    const auto send = rule.send.value_or(std::vector<std::string>{});
    for (std::size_t i = 0; i < send.size(); ++i) {
      const std::string& name = send[i];
      if (std::find(names.begin(), names.end(), name) != names.end()) continue;
      report("send[" + std::to_string(i) + "]",
             "\"" + printable(name) + "\" is no collector" +
                 (settings_.pools.empty() ? "" : ", and no pool"),
             name_hint(name, names, "collectors"), name.size());
    }
  }

  const Settings& settings_;
  const PlacedOptions& places_;
  const ConfigChecks& checks_;
  const ReportRule& report_;
  std::string path_;
  std::map<std::string, std::size_t, std::less<>> names_;
};

}  // namespace

void check_plan(const Settings& settings, const PlacedOptions& places, const ConfigChecks& checks,
                const ReportRule& report) {
  PlanCheck(settings, places, checks, report).run();
}

}  // namespace heptap
