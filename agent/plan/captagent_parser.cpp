#include "agent/plan/captagent_parser.hpp"

#include <utility>

#include "agent/plan/captagent_lexer.hpp"
#include "config/text.hpp"

namespace heptap::captagent {
namespace {

class Parser {
 public:
  explicit Parser(std::string_view text) : lexer_(text), token_(lexer_.next()) {}

  std::vector<Block> plan() {
    std::vector<Block> blocks;
    do blocks.push_back(block());
    while (token_.kind != TokenKind::end);
    return blocks;
  }

 private:
  // Counts how deep what it lives for is in something else.
  class Nesting {
   public:
    explicit Nesting(Parser& parser) : depth_(parser.depth_) {
      if (depth_ == max_depth) throw CaptagentError({parser.token_.at, "is nested too deeply", {}});
      ++depth_;
    }
    ~Nesting() { --depth_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;

   private:
    int& depth_;
  };

  [[noreturn]] void unexpected(std::string hint) const {
    const bool is_end = token_.kind == TokenKind::end;
    throw CaptagentError({token_.at,
                          is_end ? "the plan ends too early"
                                 : "\"" + printable(token_.text) + "\" is not expected here",
                          std::move(hint)});
  }

  [[nodiscard]] bool is_word(std::string_view word) const {
    return token_.kind == TokenKind::word && token_.text == word;
  }
  Token take() { return std::exchange(token_, lexer_.next()); }
  bool take_if(TokenKind kind) {
    if (token_.kind != kind) return false;
    token_ = lexer_.next();
    return true;
  }
  bool take_word(std::string_view word) {
    if (!is_word(word)) return false;
    token_ = lexer_.next();
    return true;
  }
  void need(TokenKind kind, std::string hint) {
    if (!take_if(kind)) unexpected(std::move(hint));
  }

  Block block() {
    Block out{.at = token_.at};
    if (!take_word("capture")) unexpected("a plan is capture[name] { … }");
    if (take_if(TokenKind::open_bracket)) {
      const bool is_name = token_.kind == TokenKind::word || token_.kind == TokenKind::text;
      if (!is_name) unexpected("a name is needed");
      out.name = take().text;
      need(TokenKind::close_bracket, "\"]\" is needed");
    }
    if (token_.kind != TokenKind::open_brace) unexpected("\"{\" is needed");
    out.statements = braces();
    return out;
  }

  std::vector<Statement> braces() {
    const CaptagentPlace start = take().at;
    std::vector<Statement> out;
    while (!take_if(TokenKind::close_brace)) {
      if (token_.kind == TokenKind::end) {
        unexpected("the \"{\" of line " + std::to_string(start.line) + " has no \"}\"");
      }
      if (take_if(TokenKind::semicolon)) continue;
      out.push_back(statement());
      const bool is_whole = !is_simple(out.back());
      if (!is_whole) need(TokenKind::semicolon, "\";\" is missing before it");
    }
    return out;
  }

  static bool is_simple(const Statement& statement) {
    return statement.kind == Statement::Kind::call || statement.kind == Statement::Kind::drop;
  }

  Statement statement() {
    const Nesting nesting(*this);
    Statement out{.at = token_.at};
    if (is_word("if") || is_word("while")) {
      out.kind = take().text == "if" ? Statement::Kind::branch : Statement::Kind::loop;
      out.condition = any_of();
      out.body = body();
      if (out.kind == Statement::Kind::branch && take_word("else")) out.otherwise = body();
    } else if (is_word("drop") || is_word("break")) {
      out.kind = Statement::Kind::drop;
      take();
      if (take_if(TokenKind::open)) need(TokenKind::close, "drop takes nothing");
    } else {
      out.call = call();
    }
    return out;
  }

  // In braces, or one statement.
  std::vector<Statement> body() {
    if (token_.kind == TokenKind::open_brace) return braces();
    std::vector<Statement> out;
    out.push_back(statement());
    if (is_simple(out.back())) take_if(TokenKind::semicolon);
    return out;
  }

  Expression any_of() {
    return list(TokenKind::logical_or, Expression::Kind::any_of, &Parser::all_of);
  }
  Expression all_of() {
    return list(TokenKind::logical_and, Expression::Kind::all_of, &Parser::operand);
  }

  Expression list(TokenKind between, Expression::Kind kind, Expression (Parser::*part)()) {
    Expression first = (this->*part)();
    if (token_.kind != between) return first;
    Expression all{.kind = kind};
    all.parts.push_back(std::move(first));
    while (take_if(between)) all.parts.push_back((this->*part)());
    return all;
  }

  Expression operand() {
    const Nesting nesting(*this);
    Expression out;
    if (take_if(TokenKind::logical_not)) {
      out.kind = Expression::Kind::negation;
      out.parts.push_back(operand());
    } else if (take_if(TokenKind::open)) {
      out = any_of();
      need(TokenKind::close, "\")\" is missing");
    } else if (token_.kind == TokenKind::number) {
      out.is_true = take().text.find_first_not_of('0') != std::string::npos;
    } else {
      out.kind = Expression::Kind::call;
      out.call = call();
    }
    return out;
  }

  Call call() {
    Call out{.at = token_.at};
    if (token_.kind != TokenKind::word) unexpected("a function is needed");
    out.name = take().text;
    need(TokenKind::open,
         "\"" + printable(out.name) + "\" is no statement; functions have brackets");
    if (take_if(TokenKind::close)) return out;
    do {
      if (token_.kind != TokenKind::text) unexpected("arguments are text in \"quotes\"");
      const Token token = take();
      out.arguments.push_back({token.text, token.at});
    } while (take_if(TokenKind::comma));
    need(TokenKind::close, "\",\" or \")\" is needed");
    return out;
  }

  Lexer lexer_;
  Token token_;
  int depth_ = 0;
};

}  // namespace

std::vector<Block> parse_plan(std::string_view text) { return Parser(text).plan(); }

}  // namespace heptap::captagent
