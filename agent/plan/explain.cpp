#include "agent/plan/explain.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

namespace heptap {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    std::array<char, 5> escape{};
    if (c == '"' || c == '\\') out += '\\';
    if (byte >= 0x20 && byte != 0x7f) {
      out += c;
    } else {
      std::snprintf(escape.data(), escape.size(), "\\x%02x", byte);
      out += escape.data();
    }
  }
  return out + "\"";
}

std::string ether_text(std::string_view octets) {
  std::string text;
  for (const char c : octets) {
    std::array<char, 4> octet{};
    std::snprintf(octet.data(), octet.size(), "%02x", static_cast<unsigned char>(c));
    text.append(text.empty() ? "" : ":").append(octet.data());
  }
  return text;
}

std::string real_text(double real) {
  std::array<char, 32> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), real);
  return error == std::errc{} ? std::string(text.data(), end) : "?";
}

std::string to_text(const Literal& literal, ValueType type) {
  switch (type) {
    case ValueType::flag: return literal.number != 0 ? "true" : "false";
    case ValueType::number: return std::to_string(literal.number);
    case ValueType::real: return real_text(literal.real);
    case ValueType::protocol:
    case ValueType::text: return quoted(literal.text);
    case ValueType::ipv4:
    case ValueType::ipv6: return to_string(literal.address);
    case ValueType::ether: return ether_text(literal.text);
  }
  return "?";
}

std::string to_text(const LiteralRange& range, ValueType type) {
  const std::string first = to_text(range.first, type);
  const std::string last = to_text(range.last, type);
  return first == last ? first : first + ".." + last;
}

std::string set_text(const FieldTest& test) {
  std::string text = "{";
  for (const LiteralRange& range : test.values) {
    text += (text.size() == 1 ? "" : ", ") + to_text(range, test.field.field->type);
  }
  return text + "}";
}

std::string_view operator_of(Comparison comparison, Quantifier quantifier) {
  switch (comparison) {
    case Comparison::exists: return "";
    case Comparison::equal: return quantifier == Quantifier::all ? "===" : "==";
    case Comparison::not_equal: return quantifier == Quantifier::all ? "!=" : "!==";
    case Comparison::less: return "<";
    case Comparison::less_or_equal: return "<=";
    case Comparison::greater: return ">";
    case Comparison::greater_or_equal: return ">=";
    case Comparison::contains: return "contains";
    case Comparison::matches: return "matches";
    case Comparison::in: return "in";
  }
  return "?";
}

bool says_quantifier(Comparison comparison) {
  return comparison == Comparison::equal || comparison == Comparison::not_equal;
}

std::string right_side(const FieldTest& test) {
  if (test.comparison == Comparison::in) return set_text(test);
  if (test.expression) return quoted(test.expression->pattern());
  if (test.other.field != nullptr) return std::string{test.other.name()};
  return to_text(test.values.front(), test.field.field->type);
}

std::string join(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

std::vector<std::string> parts_of(const SipMasks& masks) {
  std::vector<std::string> parts;
  if (masks.users == UserMask::hash) parts.emplace_back("users by a hash");
  if (masks.users == UserMask::keep_first) {
    parts.push_back("users but for " + std::to_string(masks.kept_bytes) + " characters");
  }
  if (masks.credentials) parts.emplace_back("credentials");
  if (masks.keys) parts.emplace_back("keys");
  if (masks.bodies) parts.emplace_back("bodies");
  if (masks.digits) parts.emplace_back("digits");
  return parts;
}

std::string limit_text(const PlanLimit& limit) {
  std::string text = "at most " + std::to_string(limit.per_second) + " a second";
  if (limit.by) text.append(" for each ").append(limit.by->name());
  return text;
}

// What a rule does, in the order in which it does it.
std::string actions_of(const PlanRule& rule) {
  std::vector<std::string> parts;
  if (!rule.count.empty()) parts.push_back("count as " + rule.count);
  if (rule.logs) parts.emplace_back("log");
  if (rule.drops) parts.emplace_back("drop");
  if (rule.sample > 1) parts.push_back("one of " + std::to_string(rule.sample) + " Call-IDs");
  if (rule.limit) parts.push_back(limit_text(*rule.limit));
  if (!rule.node_suffix.empty()) parts.push_back("node name with " + rule.node_suffix);
  if (!rule.group.empty()) parts.push_back("group " + rule.group);
  if (rule.masks.any()) parts.push_back("mask " + join(parts_of(rule.masks)));
  if (rule.send) parts.push_back("send to " + join(*rule.send));
  if (rule.scope == PlanScope::dialog)
    parts.emplace_back("for all SIP of the Call-ID from then on");
  if (rule.scope == PlanScope::call) parts.emplace_back("for all of the call from then on");
  parts.emplace_back(rule.goes_on ? "go on" : "stop");
  return join(parts);
}

}  // namespace

std::string to_text(const FieldTest& test) {
  std::string text{test.field.name()};
  if (test.comparison == Comparison::exists) return text;
  const std::string_view how = operator_of(test.comparison, test.quantifier);
  const bool is_for_all = test.quantifier == Quantifier::all && !says_quantifier(test.comparison);
  return (is_for_all ? "all " : "") + text.append(" ").append(how).append(" ") + right_side(test);
}

// Steps stand in the program from the last to the first.
std::string Program::explain(std::span<const ConditionLabel> labels,
                             const std::string& at_end) const {
  std::string text;
  if (entries_.empty() || (entries_.front() & holds_bit) != 0) {
    const std::uint32_t first = entries_.empty() ? end : entries_.front();
    text += "  all: " + explain(first, labels, at_end) + "\n";
  }
  for (std::size_t i = steps_.size(); i-- > 0;) {
    const Step& step = steps_[i];
    text += "  " + std::to_string(steps_.size() - i) + ": " + to_text(*step.test.test) + "\n";
    text += "     yes: " + explain(step.on_true, labels, at_end) + "\n";
    text += "     no: " + explain(step.on_false, labels, at_end) + "\n";
  }
  return text;
}

std::string Program::explain(std::uint32_t place, std::span<const ConditionLabel> labels,
                             const std::string& at_end) const {
  if (place == end) return at_end;
  if ((place & holds_bit) == 0) return "step " + std::to_string(steps_.size() - place);
  const std::uint32_t condition = place & ~holds_bit;
  if (!labels[condition].goes_on) return labels[condition].text;
  const bool is_last = condition + 1 == entries_.size();
  return labels[condition].text + ", then " +
         explain(is_last ? end : entries_[condition + 1], labels, at_end);
}

std::string explain(const Plan& plan, std::string_view everyone) {
  const std::vector<PlanRule>& rules = plan.rules().rules;
  std::vector<ConditionLabel> labels;
  labels.reserve(rules.size());
  for (const PlanRule& rule : rules) labels.push_back({"\"" + rule.name + "\"", rule.goes_on});
  std::string text;
  for (std::size_t kind = 0; kind < static_cast<std::size_t>(SubjectKind::count_); ++kind) {
    const auto subject = static_cast<SubjectKind>(kind);
    text.append(to_string(subject)).append("\n");
    text += plan.program(subject).explain(labels, "no further rule");
  }
  text += "Rules\n";
  for (const PlanRule& rule : rules) text += "  \"" + rule.name + "\": " + actions_of(rule) + "\n";
  const bool sends = plan.rules().unmatched == Unmatched::send;
  text.append("  what no rule sends or drops is ");
  if (!sends) return text.append("dropped\n");
  return text.append("sent to ").append(everyone).append("\n");
}

}  // namespace heptap
