// A parser by recursive descent, one function a level: or, and, not, a comparison.
#include "agent/plan/condition.hpp"

#include <algorithm>
#include <utility>

#include "agent/plan/lexer.hpp"
#include "agent/plan/literal.hpp"
#include "config/text.hpp"

namespace heptap {
namespace {

constexpr int max_depth = 64;
constexpr std::size_t max_set = 4096;

bool is_text(ValueType type) noexcept {
  return type == ValueType::text || type == ValueType::protocol;
}

bool is_search(Comparison comparison) noexcept {
  return comparison == Comparison::contains || comparison == Comparison::matches;
}

// Whether values of a type can be compared so.
bool can_be(Comparison comparison, ValueType type) noexcept {
  if (is_search(comparison)) return is_text(type);
  if (type == ValueType::protocol) return false;
  if (type != ValueType::flag) return true;
  return comparison == Comparison::equal || comparison == Comparison::not_equal;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  out += printable(text);
  return out + "\"";
}

class Parser {
 public:
  explicit Parser(std::string_view text) : lexer_(text), token_(lexer_.next()) {}

  Condition parse() {
    Condition all = any_of();
    if (token_.kind != TokenKind::end) unexpected("\"and\" or \"or\" is needed before it");
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

  Token take() { return std::exchange(token_, lexer_.next()); }
  bool take_if(TokenKind kind) {
    if (token_.kind != kind) return false;
    token_ = lexer_.next();
    return true;
  }
  void need(TokenKind kind, std::string hint) {
    if (!take_if(kind)) unexpected(std::move(hint));
  }

  Condition any_of() { return list(TokenKind::or_, Condition::Kind::any_of, &Parser::all_of); }
  Condition all_of() { return list(TokenKind::and_, Condition::Kind::all_of, &Parser::negation); }

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
    if (take_if(TokenKind::not_)) {
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
    if (token_.kind == TokenKind::in || token_.kind == TokenKind::not_) {
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
    if (found) return std::move(*found);
    const std::string_view near = nearest_field(name.text);
    fail(name, quoted(name.text) + " is no field",
         near.empty() ? "" : "did you mean " + std::string{near} + "?");
  }

  void compare(const Token& name, FieldTest& test) {
    const Token how = take();
    test.comparison = how.comparison;
    test.quantifier = how.quantifier;
    const Field& field = *test.field.field;
    if (!can_be(how.comparison, field.type)) {
      fail(name, std::string{test.field.name()} + " is a " + std::string{to_string(field.type)} +
                     " and cannot be compared with " + quoted(how.text));
    }
    if (how.comparison == Comparison::matches) {
      test.expression = expression_of(literal());
      return;
    }
    const Token value = literal();
    if (value.kind == TokenKind::word && is_field_beside(value, field)) {
      test.other = *find_field(value.text);
      return;
    }
    const Literal one = literal_of(value, field);
    test.values.push_back({one, one});
  }

  // A word is a field where there is one of that name, and else a literal.
  static bool is_field_beside(const Token& value, const Field& field) {
    const bool looks_like_one = value.text.find('.') != std::string::npos;
    const auto found = looks_like_one ? find_field(value.text) : std::nullopt;
    if (!found) return false;
    if (found->field->type == field.type) return true;
    fail(value, value.text + " is a " + std::string{to_string(found->field->type)} + " and " +
                    std::string{field.name} + " a " + std::string{to_string(field.type)});
  }

  Token literal() {
    const bool is_one = token_.kind == TokenKind::word || token_.kind == TokenKind::quoted ||
                        token_.kind == TokenKind::character;
    if (!is_one) unexpected("a value is needed");
    return take();
  }

  void set(const Token& name, Condition& out) {
    const bool is_negated = take_if(TokenKind::not_);
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
    const Literal first = literal_of(literal(), field);
    if (!take_if(TokenKind::range)) return {first, first};
    return {first, literal_of(literal(), field)};
  }

  Lexer lexer_;
  Token token_;
  int depth_ = 0;
};

}  // namespace

Condition parse_condition(std::string_view text) {
  if (text.size() > max_condition_bytes) {
    throw ConditionError(
        {0, 1, "is longer than " + std::to_string(max_condition_bytes) + " bytes", {}});
  }
  return Parser(text).parse();
}

std::string show(std::string_view text, const ConditionProblem& problem) {
  const std::size_t offset = std::min(problem.offset, text.size());
  const auto before = text.substr(0, offset).rfind('\n');
  const std::size_t start = before == std::string_view::npos ? 0 : before + 1;
  const std::size_t end = std::min(text.find('\n', offset), text.size());
  std::string line{text.substr(start, end - start)};
  std::replace_if(
      line.begin(), line.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  const std::size_t marked =
      std::clamp<std::size_t>(problem.size, 1, std::max<std::size_t>(end - offset, 1));
  return line + "\n" + std::string(offset - start, ' ') + "^" + std::string(marked - 1, '~');
}

}  // namespace heptap
