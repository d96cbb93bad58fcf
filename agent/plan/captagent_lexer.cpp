#include "agent/plan/captagent_lexer.hpp"

#include <algorithm>
#include <array>

#include "config/text.hpp"

namespace heptap::captagent {
namespace {

struct Spelling {
  std::string_view text;
  TokenKind kind;
};

// The longer of two that begin alike comes first.
constexpr std::array marks{
    Spelling{"&&", TokenKind::logical_and},  Spelling{"&", TokenKind::logical_and},
    Spelling{"||", TokenKind::logical_or},   Spelling{"|", TokenKind::logical_or},
    Spelling{"!", TokenKind::logical_not},   Spelling{"(", TokenKind::open},
    Spelling{")", TokenKind::close},         Spelling{"{", TokenKind::open_brace},
    Spelling{"}", TokenKind::close_brace},   Spelling{"[", TokenKind::open_bracket},
    Spelling{"]", TokenKind::close_bracket}, Spelling{",", TokenKind::comma},
    Spelling{";", TokenKind::semicolon},
};

constexpr std::array operators{Spelling{"and", TokenKind::logical_and},
                               Spelling{"or", TokenKind::logical_or},
                               Spelling{"not", TokenKind::logical_not}};

constexpr std::array yes{"yes", "true", "on", "enable"};
constexpr std::array no{"no", "false", "off", "disable"};

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_of_word(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_';
}

template <class Words>
bool is_one_of(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

void Lexer::skip(std::size_t size) noexcept {
  for (const char c : text_.substr(offset_, size)) {
    ++at_.column;
    if (c == '\n') at_ = {at_.line + 1, 1};
  }
  offset_ += size;
}

// Comments nest, as in captagent.
void Lexer::skip_comment() {
  const CaptagentPlace start = at_;
  std::size_t depth = 0;
  do {
    if (offset_ == text_.size()) throw CaptagentError({start, "the comment has no end", "*/"});
    const bool is_mark = starts("/*") || starts("*/");
    if (starts("/*")) ++depth;
    if (starts("*/")) --depth;
    skip(is_mark ? 2 : 1);
  } while (depth != 0);
}

bool Lexer::skip_blank() {
  if (offset_ == text_.size()) return false;
  if (starts("/*")) {
    skip_comment();
  } else if (text_[offset_] == '#') {
    skip(std::min(text_.find('\n', offset_), text_.size()) - offset_);
  } else if (std::string_view{" \t\b\r\n"}.find(text_[offset_]) != std::string_view::npos) {
    skip(1);
  } else if (starts("\\\n")) {
    skip(2);
  } else {
    return false;
  }
  return true;
}

Token Lexer::next() {
  while (skip_blank()) {
  }
  if (offset_ == text_.size()) return {.at = at_};
  const char first = text_[offset_];
  if (first == '"' || first == '\'') return quoted(first);
  return is_of_word(first) ? word() : mark();
}

Token Lexer::word() {
  Token token{.kind = TokenKind::word, .at = at_};
  const auto* const start = text_.begin() + static_cast<std::ptrdiff_t>(offset_);
  token.text.assign(start, std::find_if_not(start, text_.end(), is_of_word));
  skip(token.text.size());
  if (std::all_of(token.text.begin(), token.text.end(), is_digit)) token.kind = TokenKind::number;
  for (const Spelling& one : operators) {
    if (token.text == one.text) token.kind = one.kind;
  }
  const bool is_yes = is_one_of(yes, token.text);
  if (is_yes || is_one_of(no, token.text)) return {TokenKind::number, is_yes ? "1" : "0", token.at};
  return token;
}

Token Lexer::quoted(char quote) {
  Token token{.kind = TokenKind::text, .at = at_};
  skip(1);
  while (offset_ != text_.size() && text_[offset_] != quote) token.text += character(quote);
  if (offset_ == text_.size())
    throw CaptagentError({token.at, "the text has no end", "a quote is missing"});
  skip(1);
  return token;
}

// Only "text" knows escapes, and no other than these.
char Lexer::character(char quote) noexcept {
  constexpr std::array<std::array<char, 2>, 5> escapes{
      {{'n', '\n'}, {'r', '\r'}, {'a', '\a'}, {'t', '\t'}, {'\\', '\\'}}};
  if (quote == '"' && text_[offset_] == '\\' && offset_ + 1 < text_.size()) {
    for (const auto& [letter, meaning] : escapes) {
      if (text_[offset_ + 1] != letter) continue;
      skip(2);
      return meaning;
    }
  }
  const char c = text_[offset_];
  skip(1);
  return c;
}

Token Lexer::mark() {
  for (const Spelling& one : marks) {
    if (!starts(one.text)) continue;
    Token token{one.kind, std::string{one.text}, at_};
    skip(one.text.size());
    return token;
  }
  throw CaptagentError(
      {at_, "\"" + printable(text_.substr(offset_, 1)) + "\" means nothing here", {}});
}

}  // namespace heptap::captagent
