// The YAML tree is walked together with the option table: a path in the table is either an option,
// the name of a group (`node`), or a list of maps (`collectors`). What is in the file and not in
// the table is unknown. What needs more than one value to judge is checked after the walk.
#include "config/load.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <map>
#include <system_error>
#include <utility>

#include "config/options.hpp"
#include "config/text.hpp"
#include "config/values.hpp"
#include "config/yaml.hpp"

namespace heptap {
namespace {

constexpr std::size_t max_problems = 100;

bool is_below(std::string_view path, std::string_view prefix) {
  return path.size() > prefix.size() && path.starts_with(prefix);
}

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

// Whether an option does nothing for a collector with such a url.
bool is_idle(ForCarrier wanted, CollectorCarrier carrier) {
  switch (wanted) {
    case ForCarrier::any: return false;
    case ForCarrier::connection: return carrier == CollectorCarrier::udp;
    case ForCarrier::tls: return carrier != CollectorCarrier::tls;
  }
  return false;
}

// Whether what is sent there certainly comes to who listens: on the same address, or on any.
bool leads_to(const CollectorUrl& to, const CollectorUrl& listen) {
  const bool same_ports =
      (to.carrier == CollectorCarrier::udp) == (listen.carrier == CollectorCarrier::udp) &&
      to.port == listen.port && to.port != 0;
  const bool is_any = listen.host == "0.0.0.0" || listen.host == "::";
  const bool is_here = to.host == "localhost" || to.host == "::1" || to.host.starts_with("127.");
  return same_ports && (to.host == listen.host || (is_any && is_here));
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
      : file_(file), folder_(std::filesystem::path{file}.parent_path()) {}

  Settings load(std::string_view text, std::vector<ConfigProblem>& warnings,
                const FilterCheck& check) {
    OptionTarget target{settings_};
    read_text(text, target);
    check_collectors();
    check_interfaces();
    check_hep();
    if (check) check_filters(check);
    check_reassembly();
    finish(warnings);
    return std::move(settings_);
  }

 private:
  void add(YamlPlace at, std::string key, std::string message, std::string hint,
           Severity severity = Severity::error) {
    auto& list = severity == Severity::error ? errors_ : warnings_;
    list.push_back(
        {file_, at.line, at.column, std::move(key), std::move(message), std::move(hint), severity});
  }

  void read_text(std::string_view text, OptionTarget& target) {
    try {
      const YamlNode root = parse_yaml(text);
      if (root.kind == YamlNode::Kind::null) return;
      read_map(root, {}, target);
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
      if (option->kind == OptionKind::list) return read_list(node, path, *option, target);
      return read_value(node, path, *option, target);
    }
    if (is_word && is_group(path.in_table)) return read_map(node, path, target);
    const std::string prefix = parent.in_table.empty() ? "" : parent.in_table + ".";
    add(node.key_at, path.shown, "unknown key", unknown_key_hint(node.key, prefix));
  }

  void read_value(const YamlNode& node, const Path& path, const Option& option,
                  OptionTarget& target) {
    if (option.kind == OptionKind::ports && node.kind == YamlNode::Kind::list) {
      return read_ports(node, path, option, target);
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

  // Each item is judged by itself, so that a wrong one is named; together they are one value.
  void read_ports(const YamlNode& node, const Path& path, const Option& option,
                  OptionTarget& target) {
    const std::string valid = "valid: " + valid_values(option);
    if (node.children.empty()) return add(node.at, path.shown, "is an empty list", valid);
    std::string all;
    const std::size_t errors_before = errors_.size();
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      const YamlNode& item = node.children[i];
      const std::string shown = path.item(i).shown;
      Settings unused;
      OptionTarget scratch{unused};
      if (item.kind != YamlNode::Kind::scalar) {
        add(item.at, shown, "is " + std::string{shape(item.kind)}, valid);
      } else if (const auto problem = store_value(option, item.text, folder_, scratch)) {
        add(item.at, shown, problem->message, problem->hint);
      }
      all.append(all.empty() ? "" : ",").append(item.text);
    }
    if (errors_.size() == errors_before) (void)store_value(option, all, folder_, target);
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
      read_item(node.children[i], path.item(i), item);
      if (item.collector != nullptr) name_collector(node.children[i], item);
    }
  }

  static OptionTarget new_item(const Option& list, Settings& settings) {
    OptionTarget item{settings};
    if (list.path == "interfaces") {
      item.interface = &settings.interfaces.emplace_back();
    } else if (list.path == "hep") {
      item.hep = &settings.hep.emplace_back();
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

  void check_collectors() {
    std::map<std::string_view, std::size_t> names;
    for (std::size_t i = 0; i < settings_.collectors.size(); ++i) {
      const CollectorSettings& collector = settings_.collectors[i];
      const std::string path = "collectors[" + std::to_string(i) + "]";
      check_pair(path, "certificate", "key");
      check_pair(path, "key", "certificate");
      if (collector.url.port == 0) continue;  // the url was wrong: nothing more to hold against it
      check_idle_options("collectors", path, collector.url.carrier);
      check_verify(collector, path);
      check_name(collector, path, i, names);
    }
  }

  void check_pair(const std::string& path, const std::string& one, const std::string& other) {
    const auto place = places_.find(path + "." + one);
    if (place == places_.end() || places_.contains(path + "." + other)) return;
    add(place->second, place->first, "is given without " + other,
        "certificate and key belong together");
  }

  void check_idle_options(const std::string& list, const std::string& path,
                          CollectorCarrier carrier) {
    for (const Option& option : options()) {
      if (!is_below(option.path, list + "[].") || !is_idle(option.carrier, carrier)) continue;
      const auto place =
          places_.find(path + std::string{option.path.substr(option.path.rfind('.'))});
      if (place == places_.end()) continue;
      add(place->second, place->first,
          "does nothing with a " + std::string{to_string(carrier)} + ":// url",
          option.carrier == ForCarrier::tls ? "only for tls://" : "only for tcp:// and tls://");
    }
  }

  void check_verify(const CollectorSettings& collector, const std::string& path) {
    if (collector.url.carrier != CollectorCarrier::tls || collector.verify) return;
    const auto place = places_.find(path + ".verify");
    add(place->second, place->first, "the collector's certificate is not checked",
        "anyone on the way can read and forge what is sent", Severity::warning);
  }

  void check_name(const CollectorSettings& collector, const std::string& path, std::size_t index,
                  std::map<std::string_view, std::size_t>& names) {
    const auto [first, is_new] = names.emplace(collector.name, index);
    if (is_new) return;
    const auto named = places_.find(path + ".name");
    const auto place = named != places_.end() ? named : places_.find(path + ".url");
    add(place->second, place->first,
        "\"" + printable(collector.name) + "\" is also the name of collectors[" +
            std::to_string(first->second) + "]",
        "give each its own name");
  }

  void check_interfaces() {
    std::map<std::string_view, std::size_t> names;
    for (std::size_t i = 0; i < settings_.interfaces.size(); ++i) {
      const std::string& name = settings_.interfaces[i].name;
      const auto [first, is_new] = names.emplace(name, i);
      const auto place = places_.find("interfaces[" + std::to_string(i) + "].name");
      if (is_new || place == places_.end()) continue;
      add(place->second, place->first,
          "\"" + name + "\" is also the name of interfaces[" + std::to_string(first->second) + "]",
          "each packet would be captured twice");
    }
    const auto any = names.find("any");
    const auto place = any == names.end()
                           ? places_.end()
                           : places_.find("interfaces[" + std::to_string(any->second) + "].name");
    if (names.size() < 2 || place == places_.end()) return;
    add(place->second, place->first, "any captures what the other interfaces do, too",
        "of SIP over UDP the copies are dropped, of all else there will be two", Severity::warning);
  }

  void check_hep() {
    std::map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < settings_.hep.size(); ++i) {
      const HepSettings& source = settings_.hep[i];
      const std::string path = "hep[" + std::to_string(i) + "]";
      check_pair(path, "certificate", "key");
      check_pair(path, "key", "certificate");
      const auto place = places_.find(path + ".listen");
      if (place == places_.end() || source.listen.host.empty()) continue;  // said already
      check_idle_options("hep", path, source.listen.carrier);
      if (source.listen.carrier == CollectorCarrier::tls &&
          !places_.contains(path + ".certificate"))
        add(place->second, path + ".certificate", "is missing", "tls:// needs certificate and key");
      check_circle(source.listen, path);
      const auto [first, is_new] = places.emplace(to_string(source.listen), i);
      if (is_new || source.listen.port == 0) continue;
      add(place->second, place->first,
          "\"" + first->first + "\" is also where hep[" + std::to_string(first->second) +
              "] listens",
          "each needs its own");
    }
  }

  // Frames that come back as they left would go round for ever.
  void check_circle(const CollectorUrl& listen, const std::string& path) {
    for (std::size_t i = 0; i < settings_.collectors.size(); ++i) {
      if (!leads_to(settings_.collectors[i].url, listen)) continue;
      const auto place = places_.find("collectors[" + std::to_string(i) + "].url");
      add(place->second, place->first, "is where " + path + " listens",
          "each frame would be received and sent again for ever");
    }
  }

  void check_filters(const FilterCheck& check) {
    for (std::size_t i = 0; i < settings_.interfaces.size(); ++i) {
      const InterfaceSettings& interface = settings_.interfaces[i];
      if (interface.filter.empty()) continue;
      const auto place = places_.find("interfaces[" + std::to_string(i) + "].filter");
      for (const ValueProblem& problem : check(interface)) {
        add(place->second, place->first, problem.message, problem.hint, problem.severity);
      }
    }
  }

  void check_reassembly() {
    const ReassemblySettings& reassembly = settings_.reassembly;
    if (reassembly.stream_bytes <= reassembly.streams_bytes) return;
    const auto place = places_.find("reassembly.stream_bytes");  // its default is never too much
    add(place->second, place->first, size_text(reassembly.stream_bytes) + " is out of range",
        "all streams together have streams_bytes, " + size_text(reassembly.streams_bytes));
  }

  void finish(std::vector<ConfigProblem>& warnings) {
    sort(warnings_);
    warnings.insert(warnings.end(), warnings_.begin(), warnings_.end());
    if (errors_.empty()) return;
    sort(errors_);
    shorten(errors_);
    throw ConfigError(ConfigError::Reason::invalid, std::move(errors_));
  }

  static void sort(std::vector<ConfigProblem>& problems) {
    std::stable_sort(problems.begin(), problems.end(),
                     [](const ConfigProblem& a, const ConfigProblem& b) {
                       return std::pair{a.line, a.column} < std::pair{b.line, b.column};
                     });
  }

  // No one reads thousands, which a hostile file can have.
  static void shorten(std::vector<ConfigProblem>& problems) {
    if (problems.size() <= max_problems) return;
    const std::size_t more = problems.size() - max_problems;
    problems.resize(max_problems + 1);
    ConfigProblem& last = problems.back();
    last.key.clear();
    last.message = "from here on, " + std::to_string(more) + " more errors";
    last.hint.clear();
  }

  const std::string& file_;
  std::filesystem::path folder_;
  std::vector<ConfigProblem> warnings_;
  std::vector<ConfigProblem> errors_;
  std::map<std::string, YamlPlace, std::less<>> places_;  // of the options in the file, by `shown`
  Settings settings_;
};

[[noreturn]] void unavailable(const std::filesystem::path& file, int error) {
  const std::string why = std::generic_category().message(error);
  throw ConfigError(ConfigError::Reason::unavailable,
                    {{file.string(), 0, 0, "", "cannot be read: " + why, ""}});
}

}  // namespace

Settings load_settings(const std::filesystem::path& file, std::vector<ConfigProblem>& warnings,
                       const FilterCheck& check) {
  std::error_code ignored;  // what cannot be asked about cannot be opened either
  if (std::filesystem::is_directory(file, ignored)) unavailable(file, EISDIR);
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  if (!in) unavailable(file, errno);
  std::string text(yaml_max_bytes + 1, '\0');  // one more than allowed, to see that it is too much
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) unavailable(file, errno);
  text.resize(static_cast<std::size_t>(in.gcount()));
  return parse_settings(text, file.string(), warnings, check);
}

Settings parse_settings(std::string_view text, const std::string& file,
                        std::vector<ConfigProblem>& warnings, const FilterCheck& check) {
  return Loader{file}.load(text, warnings, check);
}

}  // namespace heptap
