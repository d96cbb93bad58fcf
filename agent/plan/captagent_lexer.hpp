#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "agent/plan/captagent_error.hpp"

namespace heptap::captagent {

enum class TokenKind : std::uint8_t {
  end,
  word,
  number,  ///< yes, true, on and enable are 1, their opposites 0
  text,    ///< was in quotes; `text` is what it stands for
  open,    ///< (
  close,
  open_brace,
  close_brace,
  open_bracket,
  close_bracket,
  comma,
  semicolon,
  logical_and,
  logical_or,
  logical_not,
};

struct Token {
  TokenKind kind = TokenKind::end;
  std::string text = {};  ///< of end empty
  CaptagentPlace at;
};

/// Takes a plan apart; blanks and comments are left out.
/// source    capplan.l of captagent 6.4
class Lexer {
 public:
  /// text      must outlive the lexer
  explicit Lexer(std::string_view text) noexcept : text_(text) {}

  /// gives     the next token; at the end `end`, for ever
  /// throws    CaptagentError
  [[nodiscard]] Token next();

 private:
  [[nodiscard]] bool starts(std::string_view with) const noexcept {
    return text_.substr(offset_).starts_with(with);
  }
  void skip(std::size_t size) noexcept;
  [[nodiscard]] bool skip_blank();
  void skip_comment();
  [[nodiscard]] Token word();
  [[nodiscard]] Token quoted(char quote);
  [[nodiscard]] char character(char quote) noexcept;
  [[nodiscard]] Token mark();

  std::string_view text_;
  std::size_t offset_ = 0;
  CaptagentPlace at_;
};

}  // namespace heptap::captagent
