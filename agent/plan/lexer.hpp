#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "agent/plan/condition.hpp"

namespace heptap {

enum class TokenKind : std::uint8_t {
  end,
  word,    ///< a field, or a literal without quotes
  quoted,  ///< `text` is what it stands for
  character,
  open,  ///< (
  close,
  open_set,  ///< {
  close_set,
  comma,
  range,  ///< ..
  compare,
  conjunction,
  disjunction,
  negation,
  in,
  any,
  all,
};

struct Token {
  TokenKind kind = TokenKind::end;
  Comparison comparison = Comparison::exists;  ///< of compare
  Quantifier quantifier = Quantifier::any;     ///< of compare: what it is without a word for it
  std::string text = {};
  std::size_t offset = 0;  ///< where it stands in the condition
  std::size_t size = 0;
  bool is_raw = false;  ///< of quoted: r"…"
};

/// Takes a condition apart.
class Lexer {
 public:
  /// text      must outlive the lexer
  explicit Lexer(std::string_view text) noexcept : text_(text) {}

  /// gives     the next token; at the end `end`, for ever
  /// throws    ConditionError
  [[nodiscard]] Token next();

 private:
  [[nodiscard]] bool take(std::string_view mark) noexcept;
  [[nodiscard]] Token mark();
  [[nodiscard]] Token word();
  [[nodiscard]] Token quoted(char quote, bool is_raw);
  void escape(std::string& out, std::size_t start);
  void number_escape(std::string& out, std::size_t start, int base, std::size_t most_digits);

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace heptap
