#include "config/values.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <span>
#include <type_traits>
#include <utility>

#include "config/secret.hpp"
#include "config/text.hpp"
#include "config/units.hpp"
#include "config/valid_values.hpp"

namespace heptap {
namespace {

using Problem = std::optional<ValueProblem>;

ValueProblem wrong(const Option& option, std::string_view text, std::string_view what) {
  return {"\"" + printable(text) + "\" " + std::string{what}, "valid: " + valid_values(option)};
}

ValueProblem out_of_range(const Option& option, std::string_view text) {
  return {printable(text) + " is out of range", "valid: " + valid_values(option)};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::uint64_t saturating_product(std::uint64_t a, std::uint64_t b) {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  return a > most / b ? most : a * b;
}

Problem in_range(const Option& option, std::string_view text, std::uint64_t value) {
  if (value >= option.range.least && value <= option.range.most) return std::nullopt;
  return out_of_range(option, text);
}

// Reads digits and one of the units into the smallest of them.
Problem parse_units(const Option& option, std::string_view text, std::span<const Unit> units,
                    std::uint64_t& value) {
  value = 0;
  const bool is_off = text == "0" && option.range.least == 0;  // nothing needs no unit
  if (is_off) return std::nullopt;
  const auto quantity = parse_quantity(text);
  if (!quantity) return wrong(option, text, "is not a " + std::string{type_name(option.kind)});
  const auto unit = std::find_if(units.begin(), units.end(),
                                 [&](const Unit& u) { return u.suffix == quantity->unit; });
  if (unit == units.end()) {
    return wrong(option, text, quantity->unit.empty() ? "has no unit" : "has an unknown unit");
  }
  value = saturating_product(quantity->count, unit->factor);
  return in_range(option, text, value);
}

bool is_whole_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

template <class Integer>
Problem store_integer(const Option& option, std::string_view text, Integer& to) {
  if (!is_whole_number(text)) return wrong(option, text, "is not a whole number");
  const auto quantity = parse_quantity(text);  // nothing for a negative number
  if (!quantity) return out_of_range(option, text);
  if (auto problem = in_range(option, text, quantity->count)) return problem;
  to = static_cast<Integer>(quantity->count);
  return std::nullopt;
}

Problem store_size(const Option& option, std::string_view text, std::uint64_t& to) {
  std::uint64_t value = 0;
  if (auto problem = parse_units(option, text, size_units, value)) return problem;
  to = value;
  return std::nullopt;
}

template <class Duration>
Problem store_duration(const Option& option, std::string_view text, Duration& to) {
  std::uint64_t value = 0;
  if (auto problem = parse_units(option, text, duration_units, value)) return problem;
  const std::chrono::milliseconds exact{static_cast<std::int64_t>(value)};
  const auto stored = std::chrono::duration_cast<Duration>(exact);
  if (stored != exact) return wrong(option, text, "is not a whole number of seconds");
  to = stored;
  return std::nullopt;
}

Problem store_flag(const Option& option, std::string_view text, bool& to) {
  if (text != "true" && text != "false") return wrong(option, text, "is neither true nor false");
  to = text == "true";
  return std::nullopt;
}

bool is_name_char(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' ||
         c == '-';
}

Problem store_text(const Option& option, std::string_view text, std::string& to) {
  const auto bad = std::find_if_not(text.begin(), text.end(), is_name_char);
  if (bad != text.end()) return wrong(option, text, "has a character that is not allowed");
  const std::size_t size = text.size();
  if (size > option.range.most) {
    return wrong(option, text, "is " + std::to_string(size) + " characters long");
  }
  if (size < option.range.least) return wrong(option, text, "is too short");
  to = text;
  return std::nullopt;
}

Problem store_label(const Option& option, std::string_view text, std::string& to) {
  if (!is_printable(text)) return wrong(option, text, "has a character that is not allowed");
  if (trimmed(text).empty()) return wrong(option, text, "is too short");
  const std::size_t size = count_characters(text);
  if (size > option.range.most) {
    return wrong(option, text, "is " + std::to_string(size) + " characters long");
  }
  to = text;
  return std::nullopt;
}

Problem store_expression(const Option& option, std::string_view text, std::string& to) {
  std::string on_one_line{text};
  std::replace_if(
      on_one_line.begin(), on_one_line.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
  if (!is_printable(on_one_line)) return wrong(option, text, "has a character that is not allowed");
  if (text.find_first_not_of(" \t\n") == std::string_view::npos) {
    return wrong(option, text, "is too short");
  }
  if (text.size() > option.range.most) {
    return wrong(option, text, "is " + std::to_string(text.size()) + " characters long");
  }
  to = text;
  return std::nullopt;
}

template <class Enum>
Problem store_choice(const Option& option, std::string_view text, Enum& to) {
  static_assert(std::is_enum_v<Enum>);
  const auto word = std::find(option.words.begin(), option.words.end(), text);
  if (word == option.words.end()) return wrong(option, text, "is not a word known here");
  to = static_cast<Enum>(word - option.words.begin());
  return std::nullopt;
}

Problem store_auto_integer(const Option& option, std::string_view text,
                           std::optional<std::uint32_t>& to) {
  if (text == "auto") {
    to.reset();
    return std::nullopt;
  }
  std::uint32_t number = 0;
  Problem problem = store_integer(option, text, number);
  if (!problem) to = number;
  return problem;
}

Problem store_speed(const Option& option, std::string_view text, std::optional<double>& to) {
  if (text == "max") {
    to.reset();
    return std::nullopt;
  }
  double factor = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, factor, std::chars_format::fixed);
  if (error == std::errc::invalid_argument || stop != end || std::isnan(factor)) {
    return wrong(option, text, "is neither max nor a number");
  }
  if (error != std::errc{} || factor < 0.001 || factor > 1e6) {
    return out_of_range(option, text);
  }
  to = factor;
  return std::nullopt;
}

Problem store_ports(const Option& option, std::string_view text, PortRanges& to) {
  const std::string what = parse_ports(text, to);
  if (what.empty()) return std::nullopt;
  return wrong(option, text, what);
}

// parse     gives what is wrong with the text; empty: nothing
template <class Items>
Problem store_items(const Option& option, std::string_view text,
                    std::string (*parse)(std::string_view, Items&), Items& to) {
  Items items;
  const std::string what = parse(text, items);
  if (!what.empty()) return wrong(option, text, what);
  if (items.size() > option.range.most) {
    return ValueProblem{"has " + std::to_string(items.size()) + " items",
                        "valid: " + valid_values(option)};
  }
  to = std::move(items);
  return std::nullopt;
}

std::string take_name(std::string_view name, std::vector<std::string>& names) {
  if (name.empty()) return "has an empty item";
  if (std::find(names.begin(), names.end(), name) != names.end()) return "has an item twice";
  names.emplace_back(name);
  return {};
}

Problem store_names(const Option& option, std::string_view text,
                    std::optional<std::vector<std::string>>& to) {
  std::vector<std::string> names;
  const auto fault =
      take_items(text, [&](std::string_view name) { return take_name(name, names); });
  if (!fault.empty()) return wrong(option, text, fault);
  if (names.size() > option.range.most) return wrong(option, text, "has too many items");
  to = std::move(names);
  return std::nullopt;
}

// "1/10"
Problem store_sample(const Option& option, std::string_view text, std::uint32_t& to) {
  std::uint32_t number = 0;
  const bool is_bare = is_whole_number(text) && !store_integer(option, text, number);
  if (is_bare) {
    const std::string many{text};
    return ValueProblem{many + " is no sample", "of " + many + " Call-IDs one is 1/" + many};
  }
  if (!text.starts_with("1/")) return wrong(option, text, "is no sample");
  if (!is_whole_number(text.substr(2))) return wrong(option, text, "is no sample");
  if (store_integer(option, text.substr(2), number)) return out_of_range(option, text);
  to = number;
  return std::nullopt;
}

std::filesystem::path resolved(std::string_view text, const std::filesystem::path& folder) {
  return folder / std::filesystem::path{text};  // an absolute right side wins
}

Problem store_url(const Option& option, std::string_view text, const std::filesystem::path& folder,
                  CollectorUrl& to) {
  const std::string what = parse_collector_url(text, to);
  if (!what.empty()) {
    auto problem = wrong(option, text, what);
    problem.hint = "valid: " + std::string{valid_collector_url(text)};
    return problem;
  }
  if (!is_file(to.carrier) || to.path == "-") return std::nullopt;
  if (is_descriptor(to.path)) return std::nullopt;
  to.path = resolved(to.path, folder).string();
  return check_output_file(to.path);
}

// A name would have to be asked for at the start, when DNS may not be there.
constexpr auto has_name = "has a name, an address is needed";

Problem store_listen_url(const Option& option, std::string_view text, CollectorUrl& to) {
  CollectorUrl url;
  std::string what = parse_listen_url(text, url);
  if (what.empty() && !is_address({url.host, url.port})) what = has_name;
  if (!what.empty()) return wrong(option, text, what);
  to = std::move(url);
  return std::nullopt;
}

Problem store_listen(const Option& option, std::string_view text, std::optional<HostPort>& to) {
  if (text == "off") {
    to.reset();
    return std::nullopt;
  }
  HostPort where;
  std::string what = parse_host_port(text, where, 0);
  if (what.empty() && !is_address(where)) what = has_name;
  if (!what.empty()) return wrong(option, text, what);
  to = std::move(where);
  return std::nullopt;
}

Problem check_path(OptionKind kind, const std::filesystem::path& path) {
  if (kind == OptionKind::directory) return check_directory(path);
  return kind == OptionKind::key_file ? check_key_file(path) : check_file(path);
}

Problem store_file(const Option& option, std::string_view text, const std::filesystem::path& folder,
                   std::filesystem::path& to) {
  auto path = resolved(text, folder);
  auto problem = check_path(option.kind, path);
  if (problem && problem->severity == Severity::error) return problem;
  to = std::move(path);
  return problem;
}

Problem store_content(const Option& option, std::string_view text,
                      const std::filesystem::path& folder, const ContentSlot& to) {
  const auto path = resolved(text, folder);
  std::string content;
  auto problem = (option.kind == OptionKind::script_file ? read_script : read_secret)(
      path, option.range.most, content);
  if (problem && problem->severity == Severity::error) return problem;
  if (content.size() < option.range.least) {
    return ValueProblem{"\"" + printable(path.native()) + "\" is too short",
                        "valid: " + valid_values(option)};
  }
  *to.path = path;
  *to.content = std::move(content);
  return problem;
}

Problem store_texts(const Option& option, std::string_view text) {
  return wrong(option, text, "is a single value");
}

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

}  // namespace

std::optional<ValueProblem> store_secret(std::string_view file, const std::filesystem::path& folder,
                                         std::string& to) {
  constexpr std::uint64_t max_bytes = 16 * 1024;  // a key in PEM
  const auto path = resolved(file, folder);
  std::string content;
  auto problem = check_key_file(path);
  if (problem && problem->severity == Severity::error) return problem;
  if (auto unreadable = read_script(path, max_bytes, content)) return unreadable;
  if (content.ends_with('\n')) content.pop_back();
  if (content.ends_with('\r')) content.pop_back();
  to = std::move(content);
  return problem;
}

std::optional<ValueProblem> store_value(const Option& option, std::string_view text,
                                        const std::filesystem::path& folder, OptionTarget& to) {
  const bool may_be_empty = option.kind == OptionKind::text && option.range.least == 0;
  if (text.empty() && !may_be_empty) {
    return ValueProblem{"has no value", "valid: " + valid_values(option)};
  }
  return std::visit(
      Overloaded{
          [&](std::uint32_t* slot) {
            return option.kind == OptionKind::sample ? store_sample(option, text, *slot)
                                                     : store_integer(option, text, *slot);
          },
          [&](std::uint64_t* slot) {
            return option.kind == OptionKind::size ? store_size(option, text, *slot)
                                                   : store_integer(option, text, *slot);
          },
          [&](std::chrono::seconds* slot) { return store_duration(option, text, *slot); },
          [&](std::chrono::milliseconds* slot) { return store_duration(option, text, *slot); },
          [&](bool* slot) { return store_flag(option, text, *slot); },
          [&](std::string* slot) {
            if (option.kind == OptionKind::text) return store_text(option, text, *slot);
            if (option.kind == OptionKind::label) return store_label(option, text, *slot);
            return store_expression(option, text, *slot);
          },
          [&](auto* slot) { return store_choice(option, text, *slot); },
          [&](std::optional<std::vector<std::string>>* slot) {
            return store_names(option, text, *slot);
          },
          [&](std::optional<double>* slot) { return store_speed(option, text, *slot); },
          [&](std::optional<std::uint32_t>* slot) {
            return store_auto_integer(option, text, *slot);
          },
          [&](PortRanges* slot) { return store_ports(option, text, *slot); },
          [&](HeaderNames* slot) { return store_items(option, text, parse_header_names, *slot); },
          [&](DnsServers* slot) { return store_items(option, text, parse_dns_servers, *slot); },
          [&](AddressPrefixes* slot) { return store_items(option, text, parse_prefixes, *slot); },
          [&](NamedTexts*) { return store_texts(option, text); },
          [&](CollectorUrl* slot) {
            return option.kind == OptionKind::url ? store_url(option, text, folder, *slot)
                                                  : store_listen_url(option, text, *slot);
          },
          [&](std::optional<HostPort>* slot) { return store_listen(option, text, *slot); },
          [&](std::filesystem::path* slot) { return store_file(option, text, folder, *slot); },
          [&](const ContentSlot& slot) { return store_content(option, text, folder, slot); },
      },
      option.slot(to));
}

}  // namespace heptap
