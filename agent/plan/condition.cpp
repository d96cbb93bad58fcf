// A parser by recursive descent, one function a level: or, and, not, a comparison.
#include "agent/plan/condition.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "agent/plan/lexer.hpp"
#include "agent/plan/literal.hpp"
#include "config/text.hpp"
#include "proto/sip/chars.hpp"

namespace heptap {
namespace {

constexpr int max_depth = 64;
constexpr std::size_t max_set = 4096;

bool is_searchable(ValueType type) noexcept {
  return type == ValueType::text || type == ValueType::protocol || type == ValueType::ether;
}

bool is_search(Comparison comparison) noexcept {
  return comparison == Comparison::contains || comparison == Comparison::matches;
}

// Whether values of a type can be compared so.
bool can_be(Comparison comparison, ValueType type) noexcept {
  if (is_search(comparison)) return is_searchable(type);
  if (type == ValueType::protocol) return false;
  if (type != ValueType::flag) return true;
  return comparison == Comparison::equal || comparison == Comparison::not_equal;
}

// "a number", "an IPv4 address"
std::string a_type(ValueType type) {
  const std::string name{to_string(type)};
  return (name.starts_with("I") ? "an " : "a ") + name;
}

// How values of a type can be compared, where not in every way.
std::string comparison_hint(ValueType type) {
  switch (type) {
    case ValueType::protocol: return "it is there or not, or it contains or matches something";
    case ValueType::flag: return "it is true or false";
    default: return "contains and matches are for text";
  }
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  out += printable(text);
  return out + "\"";
}

class Parser {
 public:
  Parser(std::string_view text, bool has_local_networks)
      : lexer_(text), token_(lexer_.next()), has_local_networks_(has_local_networks) {}

  Condition parse() {
    Condition all = any_of();
    if (token_.kind != TokenKind::end) unexpected(operator_hint());
    return all;
  }

 private:
  [[noreturn]] static void fail(const Token& at, std::string message, std::string hint = {}) {
    throw ConditionError(
        {at.offset, std::max<std::size_t>(at.size, 1), std::move(message), std::move(hint)});
  }
  [[noreturn]] void unexpected(std::string hint) const {
    if (token_.kind == TokenKind::end) fail(token_, "it ends too early", std::move(hint));
    fail(token_, quoted(token_.text) + " is not expected here", std::move(hint));
  }

  // What stands behind a whole comparison, where only an operator may.
  [[nodiscard]] std::string operator_hint() const {
    constexpr std::array<std::string_view, 7> words{"and",      "or",      "not", "in",
                                                    "contains", "matches", "eq"};
    for (const std::string_view word : words) {
      if (token_.text != word && sip_chars::equal_ignoring_case(token_.text, word)) {
        return "it is written in small letters: " + std::string{word};
      }
    }
    if (token_.kind == TokenKind::close) return "no \"(\" is open";
    return "\"and\" or \"or\" is needed before it";
  }

  Token take() { return std::exchange(token_, lexer_.next()); }
  bool take_if(TokenKind kind) {
    if (token_.kind != kind) return false;
    token_ = lexer_.next();
    return true;
  }
  void need(TokenKind kind, std::string hint) {
    if (!take_if(kind)) unexpected(std::move(hint));
  }

  Condition any_of() {
    return list(TokenKind::disjunction, Condition::Kind::any_of, &Parser::all_of);
  }
  Condition all_of() {
    return list(TokenKind::conjunction, Condition::Kind::all_of, &Parser::negation);
  }

  Condition list(TokenKind between, Condition::Kind kind, Condition (Parser::*part)()) {
    Condition first = (this->*part)();
    if (token_.kind != between) return first;
    Condition all;
    all.kind = kind;
    all.parts.push_back(std::move(first));
    while (take_if(between)) all.parts.push_back((this->*part)());
    return all;
  }

  Condition negation() {
    if (depth_ == max_depth) fail(token_, "is nested too deeply");
    ++depth_;
    Condition out;
    if (take_if(TokenKind::negation)) {
      out.kind = Condition::Kind::negation;
      out.parts.push_back(negation());
    } else if (take_if(TokenKind::open)) {
      out = any_of();
      need(TokenKind::close, "\")\" is missing");
    } else {
      out = comparison();
    }
    --depth_;
    return out;
  }

  Condition comparison() {
    const Token quantifier = token_;
    const bool is_for_any = take_if(TokenKind::any);
    const bool is_for_all = !is_for_any && take_if(TokenKind::all);
    Condition out;
    const Token name = token_;
    out.test.field = field();
    if (token_.kind == TokenKind::in || token_.kind == TokenKind::negation) {
      set(name, out);
    } else if (token_.kind == TokenKind::compare) {
      compare(name, out.test);
    } else if (is_for_any || is_for_all) {
      fail(quantifier, quoted(quantifier.text) + " needs a comparison");
    }
    if (is_for_any) out.test.quantifier = Quantifier::any;
    if (is_for_all) out.test.quantifier = Quantifier::all;
    return out;
  }

  FieldRef field() {
    if (token_.kind != TokenKind::word) unexpected("a field is needed");
    const Token name = take();
    if (token_.kind == TokenKind::open) fail(name, "functions are not supported");
    auto found = find_field(name.text);
    if (!found) fail(name, quoted(name.text) + " is no field", field_hint(name.text));
    check_need(name, *found->field);
    return std::move(*found);
  }

  void check_need(const Token& name, const Field& field) const {
    if (has_local_networks_ || field.need != FieldNeed::local_networks) return;
    fail(name, std::string{field.name} + " has no value without plan.local",
         "list your own networks there");
  }

  void compare(const Token& name, FieldTest& test) {
    const Token how = take();
    test.comparison = how.comparison;
    test.quantifier = how.quantifier;
    const Field& field = *test.field.field;
    if (!can_be(how.comparison, field.type)) {
      fail(name,
           std::string{test.field.name()} + " is " + a_type(field.type) +
               " and cannot be compared with " + quoted(how.text),
           comparison_hint(field.type));
    }
    if (how.comparison == Comparison::matches) {
      test.expression = expression_of(literal());
      return;
    }
    const Token value = literal();
    if (value.kind == TokenKind::word && is_field_beside(value, field)) {
      test.other = *find_field(value.text);
      check_need(value, *test.other.field);
      return;
    }
    const Literal one = literal_of(value, field, how.comparison);
    test.values.push_back({one, one});
  }

  // A word is a field where there is one of that name, and else a literal.
  static bool is_field_beside(const Token& value, const Field& field) {
    const bool looks_like_one = value.text.find('.') != std::string::npos;
    const auto found = looks_like_one ? find_field(value.text) : std::nullopt;
    if (!found) return false;
    if (found->field->type == field.type) return true;
    fail(value, value.text + " is " + a_type(found->field->type) + " and " +
                    std::string{field.name} + " " + a_type(field.type));
  }

  Token literal() {
    const bool is_one = token_.kind == TokenKind::word || token_.kind == TokenKind::quoted ||
                        token_.kind == TokenKind::character;
    if (!is_one) unexpected("a value is needed");
    return take();
  }

  void set(const Token& name, Condition& out) {
    const bool is_negated = take_if(TokenKind::negation);
    need(TokenKind::in, "\"in\" is needed after \"not\"");
    FieldTest& test = out.test;
    test.comparison = Comparison::in;
    if (test.field.field->type == ValueType::protocol) {
      fail(name, std::string{test.field.name()} + " is a protocol and cannot be in a set");
    }
    need(TokenKind::open_set, "a set is written {1, 2, 5..8}");
    do {
      if (test.values.size() == max_set) fail(token_, "the set is too large");
      test.values.push_back(range(*test.field.field));
    } while (take_if(TokenKind::comma));
    need(TokenKind::close_set, "\",\" or \"}\" is needed");
    if (!is_negated) return;
    Condition inside = std::move(out);
    out = Condition{};
    out.kind = Condition::Kind::negation;
    out.parts.push_back(std::move(inside));
  }

  LiteralRange range(const Field& field) {
    const Token start = literal();
    const Literal first = literal_of(start, field, Comparison::in);
    if (!take_if(TokenKind::range)) return {first, first};
    const Token end = literal();
    const Literal last = literal_of(end, field, Comparison::in);
    if (is_less(last, first, field.type)) {
      Token both = start;
      both.size = end.offset + end.size - start.offset;
      fail(both, "the range ends before it starts", "the smaller one goes first");
    }
    return {first, last};
  }

  Lexer lexer_;
  Token token_;
  bool has_local_networks_;
  int depth_ = 0;
};

struct Excerpt {
  std::string text;
  std::size_t offset = 0;  // in it
};

constexpr bool continues_letter(char c) noexcept {
  return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
}

// gives     the place behind a letter that begins before it
std::size_t whole_letters(std::string_view line, std::size_t at) noexcept {
  constexpr int most = 3;  // bytes behind the first one; who has more is no text anyway
  for (int i = 0; i < most && at < line.size() && continues_letter(line[at]); ++i) ++at;
  return at;
}

// gives     what a person looks at of a line, around a place in it
Excerpt cut(std::string_view line, std::size_t offset) {
  constexpr std::size_t before = 60;
  constexpr std::size_t most = 120;
  const bool is_long = offset > before && line.size() > most;
  const std::size_t start = is_long ? whole_letters(line, offset - before) : 0;
  const std::size_t end = whole_letters(line, std::min(line.size(), start + most));
  const std::string_view dots = "...";
  Excerpt out;
  if (start > 0) out.text += dots;
  out.offset = out.text.size() + offset - start;
  out.text += line.substr(start, end - start);
  if (end < line.size()) out.text += dots;
  std::replace_if(
      out.text.begin(), out.text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return out;
}

}  // namespace

Condition parse_condition(std::string_view text, bool has_local_networks) {
  if (text.size() > max_condition_bytes) {
    throw ConditionError(
        {0, 1, "is longer than " + std::to_string(max_condition_bytes) + " bytes", {}});
  }
  return Parser(text, has_local_networks).parse();
}

std::string show(std::string_view text, const ConditionProblem& problem) {
  const std::size_t offset = std::min(problem.offset, text.size());
  const auto before = text.substr(0, offset).rfind('\n');
  const std::size_t start = before == std::string_view::npos ? 0 : before + 1;
  const std::size_t end = std::min(text.find('\n', offset), text.size());
  const std::size_t size =
      std::clamp<std::size_t>(problem.size, 1, std::max<std::size_t>(end - offset, 1));
  const Excerpt line = cut(text.substr(start, end - start), offset - start);
  const std::string_view shown = line.text;
  const std::size_t column = count_characters(shown.substr(0, line.offset));
  const std::size_t marked = count_characters(shown.substr(line.offset, size));
  return line.text + "\n" + std::string(column, ' ') + "^" +
         std::string(marked == 0 ? 0 : marked - 1, '~');
}

}  // namespace heptap
