// The YAML tree is walked together with the option table: a path in the table is either an option,
// the name of a group (`node`), or a list of maps (`collectors`). What is in the file and not in
// the table is unknown. What needs more than one value to judge is checked after the walk: cross_check.
#include "config/load.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "config/cross_check.hpp"
#include "config/members_check.hpp"
#include "config/options.hpp"
#include "config/plan_check.hpp"
#include "config/pool_check.hpp"
#include "config/problem_list.hpp"
#include "config/text.hpp"
#include "config/valid_values.hpp"
#include "config/values.hpp"
#include "config/yaml.hpp"
#include "config/yaml_place.hpp"

namespace heptap {
namespace {

bool is_group(const std::string& path) {
  const auto all = options();
  return std::any_of(all.begin(), all.end(),
                     [&](const Option& o) { return is_below(o.path, path + "."); });
}

// The names that may follow `prefix` ("", "node.", "collectors[].").
std::vector<std::string_view> names_below(std::string_view prefix) {
  std::vector<std::string_view> names;
  for (const Option& option : options()) {
    if (!is_below(option.path, prefix)) continue;
    std::string_view name = option.path.substr(prefix.size());
    name = name.substr(0, name.find_first_of(".["));
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

std::string unknown_key_hint(std::string_view key, std::string_view prefix) {
  const auto names = names_below(prefix);
  const std::string_view near = nearest(key, names);
  if (!near.empty()) return "did you mean " + std::string{near} + "?";
  std::string hint = "valid:";
  for (const std::string_view name : names) hint += " " + std::string{name};
  return hint;
}

std::string_view shape(YamlNode::Kind kind) {
  switch (kind) {
    case YamlNode::Kind::null: return "nothing";
    case YamlNode::Kind::scalar: return "a single value";
    case YamlNode::Kind::list: return "a list";
    case YamlNode::Kind::map: return "a map";
  }
  return "?";
}

// Those of librdkafka that carry it themselves.
bool is_secret_property(std::string_view name) {
  constexpr std::array<std::string_view, 7> secrets{"sasl.oauthbearer.client.secret",
                                                    "sasl.oauthbearer.config",
                                                    "sasl.password",
                                                    "ssl.key.password",
                                                    "ssl.key.pem",
                                                    "ssl.keystore.password",
                                                    "ssl.keystore.key"};
  return std::find(secrets.begin(), secrets.end(), name) != secrets.end();
}

// Where in the file we are: the path as in the table ("collectors[].url"), the path to show
// ("collectors[0].url").
struct Path {
  std::string in_table;
  std::string shown;

  [[nodiscard]] Path child(const std::string& key) const {
    const std::string dot = in_table.empty() ? "" : ".";
    return {in_table + dot + key, shown + dot + printable(key)};
  }
  [[nodiscard]] Path item(std::size_t index) const {
    return {in_table + "[]", shown + "[" + std::to_string(index) + "]"};
  }
};

class Loader {
 public:
  explicit Loader(const std::string& file)
      : problems_(file), folder_(std::filesystem::path{file}.parent_path()) {}

  Settings load(std::string_view text, std::vector<ConfigProblem>& warnings,
                const ConfigChecks& checks) {
    property_fault_ = checks.property;
    OptionTarget target{settings_};
    read_text(text, target);
    cross_check(
        settings_, places_, checks,
        [this](const PlacedOption& at, std::string message, std::string hint, Severity severity) {
          add(at.second, at.first, std::move(message), std::move(hint), severity);
        });
    const ReportRule report = [&](const std::string& item, const RuleProblem& problem) {
      report_rule(item, problem, text);
    };
    check_members(settings_, report);
    check_pools(settings_, report);
    check_plan(settings_, places_, checks, report);
    problems_.finish(warnings);
    return std::move(settings_);
  }

 private:
  void add(YamlPlace at, std::string key, std::string message, std::string hint,
           Severity severity = Severity::error) {
    problems_.add(at, std::move(key), std::move(message), std::move(hint), severity);
  }

  // In the text of the option, where a part of it is meant; else at the option, or at the rule.
  void report_rule(const std::string& rule, const RuleProblem& problem, std::string_view text) {
    if (problem.option.empty() && faulty_items_.contains(rule)) return;  // that says enough
    std::string path = problem.option.empty() ? rule : rule + "." + problem.option;
    const bool is_item = path != rule && path.ends_with(']');
    if (is_item && !values_.contains(path)) path.erase(path.rfind('['));
    const auto& [message, hint, severity] = problem.problem;
    problems_.add(place_of(rule, path, problem, text), path, message, hint, severity,
                  problem.excerpt);
  }

  YamlPlace place_of(const std::string& rule, const std::string& path, const RuleProblem& problem,
                     std::string_view text) {
    const auto value = values_.find(path);
    if (value != values_.end() && problem.size != 0) {
      return place_within(text, *value->second, problem.offset).value_or(value->second->at);
    }
    const auto option = places_.find(path);
    if (option != places_.end()) return option->second;
    const auto group = items_.find(path);
    return group != items_.end() ? group->second : items_[rule];
  }

  void read_text(std::string_view text, OptionTarget& target) {
    try {
      root_ = parse_yaml(text);
      if (root_.kind == YamlNode::Kind::null) return;
      read_map(root_, {}, target);
    } catch (const YamlError& error) {
      add(error.at(), "", error.what(), error.hint());
    }
  }

  void read_map(const YamlNode& node, const Path& path, OptionTarget& target) {
    if (node.kind == YamlNode::Kind::null) return;  // a group with every line commented out
    if (node.kind != YamlNode::Kind::map) {
      const std::string what = path.shown.empty() ? "the file is " : "is ";
      add(node.at, path.shown, what + std::string{shape(node.kind)}, "a map of keys is needed");
      return;
    }
    std::map<std::string_view, YamlPlace> seen;
    for (const YamlNode& child : node.children) {
      const auto [first, is_new] = seen.emplace(child.key, child.key_at);
      const Path here = path.child(child.key);
      if (is_new) {
        read_entry(child, here, path, target);
      } else {
        add(child.key_at, here.shown, "is given twice",
            "first in line " + std::to_string(first->second.line));
      }
    }
  }

  void read_entry(const YamlNode& node, const Path& path, const Path& parent,
                  OptionTarget& target) {
    // A key like "node.id" or "collectors[].url" would look like a path of the table.
    const bool is_word = node.key.find_first_of(".[]") == std::string::npos;
    const Option* const option = is_word ? find_option(path.in_table) : nullptr;
    if (option != nullptr) {
      places_[path.shown] = node.key_at;
      values_[path.shown] = &node;
      if (option->kind == OptionKind::list) return read_list(node, path, *option, target);
      const bool has_texts =
          option->kind == OptionKind::texts || option->kind == OptionKind::secret_texts;
      if (has_texts) return read_texts(node, path, *option, target);
      return read_value(node, path, *option, target);
    }
    if (is_word && is_group(path.in_table)) {
      items_[path.shown] = node.key_at;
      return read_map(node, path, target);
    }
    const std::string prefix = parent.in_table.empty() ? "" : parent.in_table + ".";
    add(node.key_at, path.shown, "unknown key", unknown_key_hint(node.key, prefix));
  }

  void read_value(const YamlNode& node, const Path& path, const Option& option,
                  OptionTarget& target) {
    const bool may_be_list = option.kind == OptionKind::ports ||
                             option.kind == OptionKind::prefixes ||
                             option.kind == OptionKind::headers ||
                             option.kind == OptionKind::names || option.kind == OptionKind::servers;
    const bool is_empty = node.kind == YamlNode::Kind::null ||
                          (node.kind == YamlNode::Kind::list && node.children.empty());
    if (option.kind == OptionKind::headers && is_empty) return;  // every item commented out
    if (may_be_list && node.kind == YamlNode::Kind::list) {
      return read_several(node, path, option, target);
    }
    const std::string valid = "valid: " + valid_values(option);
    if (node.kind == YamlNode::Kind::null)
      return add(node.key_at, path.shown, "has no value", valid);
    if (node.kind != YamlNode::Kind::scalar) {
      return add(node.at, path.shown, "is " + std::string{shape(node.kind)}, valid);
    }
    if (const auto problem = store_value(option, node.text, folder_, target)) {
      add(node.at, path.shown, problem->message, problem->hint, problem->severity);
    }
  }

  void read_texts(const YamlNode& node, const Path& path, const Option& option,
                  OptionTarget& target) {
    if (node.kind == YamlNode::Kind::null) return;  // every entry commented out
    const std::string valid = "valid: " + valid_values(option);
    if (node.kind != YamlNode::Kind::map) {
      return add(node.at, path.shown, "is " + std::string{shape(node.kind)}, valid);
    }
    if (node.children.size() > option.range.most) {
      return add(node.at, path.shown, "has " + std::to_string(node.children.size()) + " names",
                 valid);
    }
    NamedTexts& texts = *std::get<NamedTexts*>(option.slot(target));
    for (const YamlNode& child : node.children) {
      const std::string shown = path.child(child.key).shown;
      if (texts.contains(child.key)) add(child.key_at, shown, "is given twice", "");
      read_text_of(child, shown, option.kind == OptionKind::secret_texts, texts[child.key]);
    }
  }

  void read_text_of(const YamlNode& node, const std::string& shown, bool is_file,
                    std::string& text) {
    if (node.kind != YamlNode::Kind::scalar) {
      return add(node.at, shown, "is " + std::string{shape(node.kind)}, "a single value is needed");
    }
    if (!is_file && is_secret_property(node.key)) {
      return add(node.key_at, shown, "is a secret, and others may read this file",
                 "secret_files has it: {" + node.key + ": FILE}");
    }
    const std::string fault =
        property_fault_ ? property_fault_(node.key, is_file ? "" : node.text) : "";
    if (!fault.empty()) return add(node.key_at, shown, fault, "");
    text = node.text;
    if (!is_file) return;
    if (const auto problem = store_secret(node.text, folder_, text)) {
      add(node.at, shown, problem->message, problem->hint, problem->severity);
    }
  }

  // Each item is judged by itself, so that a wrong one is named; together they are one value.
  void read_several(const YamlNode& node, const Path& path, const Option& option,
                    OptionTarget& target) {
    const std::string valid = "valid: " + valid_values(option);
    if (node.children.empty()) return add(node.at, path.shown, "is an empty list", valid);
    std::string all;
    const std::size_t errors_before = problems_.error_count();
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      const YamlNode& item = node.children[i];
      const std::string shown = path.item(i).shown;
      values_[shown] = &item;
      Settings unused;
      CarrierSettings unused_carrier;
      PlanRuleSettings unused_rule;
      PoolSettings unused_pool;
      OptionTarget scratch{unused,          nullptr,      nullptr,     nullptr,
                           &unused_carrier, &unused_rule, &unused_pool};
      if (item.kind != YamlNode::Kind::scalar) {
        add(item.at, shown, "is " + std::string{shape(item.kind)}, valid);
      } else if (const auto problem = store_value(option, item.text, folder_, scratch)) {
        add(item.at, shown, problem->message, problem->hint);
      }
      all.append(all.empty() ? "" : ",").append(item.text);
    }
    if (problems_.error_count() != errors_before) return;
    if (const auto problem = store_value(option, all, folder_, target)) {
      add(node.at, path.shown, problem->message, problem->hint);
    }
  }

  void read_list(const YamlNode& node, const Path& path, const Option& option,
                 OptionTarget& target) {
    if (node.kind == YamlNode::Kind::null) return;
    if (node.kind != YamlNode::Kind::list) {
      return add(node.at, path.shown, "is " + std::string{shape(node.kind)},
                 "a list is needed, each item after a '-'");
    }
    if (node.children.size() > option.range.most) {
      return add(node.at, path.shown, "has " + std::to_string(node.children.size()) + " items",
                 "valid: " + valid_values(option));
    }
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      OptionTarget item = new_item(option, target.settings);
      items_[path.item(i).shown] = node.children[i].at;
      const std::size_t errors_before = problems_.error_count();
      read_item(node.children[i], path.item(i), item);
      if (problems_.error_count() != errors_before) faulty_items_.insert(path.item(i).shown);
      if (item.collector != nullptr) name_collector(node.children[i], item);
    }
  }

  static OptionTarget new_item(const Option& list, Settings& settings) {
    OptionTarget item{settings};
    if (list.path == "interfaces") {
      item.interface = &settings.interfaces.emplace_back();
    } else if (list.path == "pools") {
      item.pool = &settings.pools.emplace_back();
    } else if (list.path == "hep") {
      item.hep = &settings.hep.emplace_back();
    } else if (list.path == "kpi.carriers") {
      item.carrier = &settings.kpi.carriers.emplace_back();
    } else if (list.path == "plan.rules") {
      item.rule = &settings.plan.rules.emplace_back();
      item.rule->name = default_rule_name(settings.plan.rules.size() - 1);
    } else {
      item.collector = &settings.collectors.emplace_back();
    }
    return item;
  }

  void read_item(const YamlNode& node, const Path& path, OptionTarget& item) {
    if (node.kind == YamlNode::Kind::null) {
      return add(node.at, path.shown, "is nothing", "a map of keys is needed");
    }
    read_map(node, path, item);
    if (node.kind != YamlNode::Kind::map) return;
    for (const Option& option : options()) {
      if (!option.required || !is_below(option.path, path.in_table + ".")) continue;
      const std::string name{option.path.substr(option.path.rfind('.') + 1)};
      if (places_.contains(path.child(name).shown)) continue;
      add(node.at, path.child(name).shown, "is missing", "valid: " + valid_values(option));
    }
  }

  static void name_collector(const YamlNode& node, OptionTarget& item) {
    const auto url = std::find_if(node.children.begin(), node.children.end(),
                                  [](const YamlNode& child) { return child.key == "url"; });
    if (item.collector->name.empty() && url != node.children.end())
      item.collector->name = url->text;
  }

  ProblemList problems_;
  std::filesystem::path folder_;
  YamlNode root_;
  PlacedOptions places_;                                        // by `shown`
  std::map<std::string, const YamlNode*, std::less<>> values_;  // the same
  std::map<std::string, YamlPlace, std::less<>> items_;         // of lists, and groups
  std::set<std::string, std::less<>> faulty_items_;
  std::function<std::string(const std::string&, const std::string&)> property_fault_;
  Settings settings_;
};

[[noreturn]] void unavailable(const std::filesystem::path& file, int error) {
  const std::string why = std::generic_category().message(error);
  throw ConfigError(ConfigError::Reason::unavailable,
                    {{file.string(), 0, 0, "", "cannot be read: " + why, ""}});
}

}  // namespace

Settings load_settings(const std::filesystem::path& file, std::vector<ConfigProblem>& warnings,
                       const ConfigChecks& checks) {
  std::error_code ignored;  // what cannot be asked about cannot be opened either
  if (std::filesystem::is_directory(file, ignored)) unavailable(file, EISDIR);
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  if (!in) unavailable(file, errno);
  std::string text(yaml_max_bytes + 1, '\0');  // one more than allowed, to see that it is too much
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) unavailable(file, errno);
  text.resize(static_cast<std::size_t>(in.gcount()));
  return parse_settings(text, file.string(), warnings, checks);
}

Settings parse_settings(std::string_view text, const std::string& file,
                        std::vector<ConfigProblem>& warnings, const ConfigChecks& checks) {
  return Loader{file}.load(text, warnings, checks);
}

}  // namespace heptap
