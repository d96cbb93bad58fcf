#include "agent/plan_settings.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "agent/collector_settings.hpp"
#include "agent/plan/captagent_error.hpp"
#include "agent/plan/captagent_plan.hpp"
#include "agent/plan/lua_script.hpp"
#include "agent/plan_fingerprint.hpp"
#include "config/options.hpp"
#include "config/text.hpp"

namespace heptap {
namespace {

PlanScope scope_of(RuleScope scope) noexcept {
  switch (scope) {
    case RuleScope::message: return PlanScope::message;
    case RuleScope::dialog: return PlanScope::dialog;
    case RuleScope::call: return PlanScope::call;
  }
  return PlanScope::message;
}

SipMasks masks_of(const MaskSettings& settings) noexcept {
  SipMasks masks;
  if (settings.users == MaskUsers::hash) masks.users = UserMask::hash;
  if (settings.users == MaskUsers::keep) masks.users = UserMask::keep_first;
  masks.kept_bytes = static_cast<std::uint8_t>(settings.keep);
  masks.credentials = settings.credentials;
  masks.keys = settings.keys;
  masks.bodies = settings.bodies;
  masks.digits = settings.digits;
  return masks;
}

// The number of a rule without a name changes when another is put before it: what it says does not.
std::string identity_of(const PlanRuleSettings& rule, std::size_t index) {
  if (rule.name != default_rule_name(index)) return rule.name;
  std::string text =
      rule.when + '\n' + rule.lua + '\n' + rule.count + '\n' + rule.node_suffix + '\n' + rule.group;
  for (const std::string& name : rule.send.value_or(std::vector<std::string>{}))
    text += '\n' + name;
  return text + (rule.drop ? "\ndrop" : "\n");
}

PlanRule make_rule(const PlanRuleSettings& settings, std::size_t index) {
  PlanRule rule;
  rule.name = settings.name;
  rule.identity = identity_of(settings, index);
  if (!settings.when.empty()) rule.when = parse_condition(settings.when);
  rule.lua = settings.lua;
  rule.on_error = settings.on_error == RuleOnError::match ? OnError::match : OnError::skip;
  rule.send = settings.send;
  rule.drops = settings.drop;
  rule.sample = settings.sample;
  if (settings.limit != 0) rule.limit = PlanLimit{settings.limit, find_field(settings.limit_by)};
  rule.masks = masks_of(settings.mask);
  rule.node_suffix = settings.node_suffix;
  rule.group = settings.group;
  rule.count = settings.count;
  rule.logs = settings.log;
  rule.scope = scope_of(settings.scope);
  const bool ends = settings.send.has_value() || settings.drop;
  rule.goes_on =
      settings.next == RuleNext::go_on || (settings.next == RuleNext::automatic && !ends);
  return rule;
}

PlanRules make_rules(const PlanSettings& plan, const std::vector<std::string>& names) {
  if (!plan.captagent.empty()) return read_captagent_plan(plan.captagent, names).rules;
  PlanRules rules;
  std::map<std::string, int> alike;
  for (const PlanRuleSettings& rule : plan.rules) {
    PlanRule& made = rules.rules.emplace_back(make_rule(rule, rules.rules.size()));
    if (const int before = alike[made.identity]++; before != 0) {
      made.identity += '\n' + std::to_string(before);
    }
  }
  rules.script = {plan.lua_file, plan.lua};
  rules.local = plan.local;
  rules.mask_key = plan.mask_key;
  rules.unmatched = plan.unmatched == PlanUnmatched::send ? Unmatched::send : Unmatched::drop;
  return rules;
}

// name      of the field that tells limits apart; empty: none does
std::optional<ValueProblem> limit_problem(const std::string& name, const PlanSettings& plan) {
  if (name.empty()) return std::nullopt;
  const auto found = find_field(name);
  if (!found) return ValueProblem{"\"" + printable(name) + "\" is no field", field_hint(name)};
  if (plan.local.empty() && found->field->need == FieldNeed::local_networks) {
    return ValueProblem{name + " has no value without plan.local", "list your own networks there"};
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> plan_names(const Settings& settings) {
  std::vector<std::string> names;
  names.reserve(settings.collectors.size() + settings.pools.size());
  for (const CollectorSettings* const one : in_plan_order(settings)) names.push_back(one->name);
  for (const PoolSettings& one : settings.pools) names.push_back(one.name);
  return names;
}

std::string describe(const PoolSettings& pool) {
  const Option& policy = *find_option("pools[].policy");
  std::string text = "pool " + pool.name + ", ";
  text.append(policy.words[static_cast<std::size_t>(pool.policy)]).append(" of ");
  std::string_view before;
  for (const std::string& name : pool.collectors.value_or(std::vector<std::string>{})) {
    text.append(before).append(printable(name));
    before = ", ";
  }
  return text;
}

std::vector<RuleProblem> rule_problems(const PlanRuleSettings& rule, const PlanSettings& plan) {
  std::vector<RuleProblem> problems;
  try {
    if (!rule.when.empty()) static_cast<void>(parse_condition(rule.when, !plan.local.empty()));
  } catch (const ConditionError& error) {
    const ConditionProblem& problem = error.problem();
    problems.push_back({.option = "when",
                        .problem = {problem.message, problem.hint},
                        .offset = problem.offset,
                        .size = std::max<std::size_t>(problem.size, 1),
                        .excerpt = show(rule.when, problem)});
  }
  if (auto problem = limit_problem(rule.limit_by, plan)) {
    problems.push_back(
        {.option = "limit_by", .problem = std::move(*problem), .size = rule.limit_by.size()});
  }
  return problems;
}

std::vector<RuleProblem> script_problems(const PlanSettings& plan) {
  std::vector<std::string> functions;
  for (const PlanRuleSettings& rule : plan.rules) functions.push_back(rule.lua);
  const PlanScript text{plan.lua_file, plan.lua};
  if (plan.local.empty() && names_field(text, FieldNeed::local_networks)) {
    return {{.option = "lua",
             .problem = {"asks for heptap.direction, which has no value without plan.local",
                         "list your own networks there"}}};
  }
  const LuaScript script(text, functions);
  if (!script.load_error().empty()) {
    return {{.option = "lua", .problem = {"is wrong: " + script.load_error(), ""}}};
  }
  std::vector<RuleProblem> problems;
  for (std::size_t i = 0; i < functions.size(); ++i) {
    if (functions[i].empty() || script.has(i)) continue;
    problems.push_back({.option = "rules[" + std::to_string(i) + "].lua",
                        .problem = {"\"" + printable(functions[i]) + "\" is no function of " +
                                        printable(plan.lua_file.filename().native()),
                                    "valid are its global functions"}});
  }
  return problems;
}

std::vector<RuleProblem> captagent_problems(const Settings& settings) {
  const std::string file = printable(settings.plan.captagent_file.filename().native());
  const auto problem_at = [&](const CaptagentPlace& at, const std::string& message,
                              const std::string& hint, Severity severity) {
    const std::string place =
        file + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
    return RuleProblem{.option = "captagent", .problem = {place + ": " + message, hint, severity}};
  };
  std::vector<RuleProblem> problems;
  try {
    for (const CaptagentNote& note :
         read_captagent_plan(settings.plan.captagent, plan_names(settings)).notes) {
      problems.push_back(problem_at(note.at, note.text, {}, Severity::warning));
    }
  } catch (const CaptagentError& error) {
    const CaptagentProblem& problem = error.problem();
    problems.push_back(problem_at(problem.at, problem.message, problem.hint, Severity::error));
  }
  return problems;
}

std::shared_ptr<const Plan> make_plan(const Settings& settings) {
  const PlanSettings& plan = settings.plan;
  const bool any_members =
      std::any_of(settings.collectors.begin(), settings.collectors.end(), has_members);
  const bool sends_all = settings.pools.empty() && !any_members && plan.rules.empty() &&
                         plan.captagent.empty() && plan.unmatched == PlanUnmatched::send;
  if (sends_all) return nullptr;
  std::vector<std::string> names = plan_names(settings);
  PlanRules rules = make_rules(plan, plan.written_for.empty() ? names : plan.written_for);
  if (!plan.written_for.empty()) {
    for (PlanRule& rule : rules.rules) {
      if (rule.send) rule.send = names;
    }
  }
  rules.fingerprint = plan_fingerprint(plan, names);
  return std::make_shared<const Plan>(std::move(rules), std::move(names));
}

}  // namespace heptap
