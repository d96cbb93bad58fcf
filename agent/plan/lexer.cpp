#include "agent/plan/lexer.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace heptap {
namespace {

struct Spelling {
  std::string_view text;
  TokenKind kind;
  Comparison comparison = Comparison::exists;
  Quantifier quantifier = Quantifier::any;
};

// Longer ones before those that they begin with.
constexpr std::array marks{
    Spelling{"===", TokenKind::compare, Comparison::equal, Quantifier::all},
    Spelling{"!==", TokenKind::compare, Comparison::not_equal, Quantifier::any},
    Spelling{"==", TokenKind::compare, Comparison::equal},
    Spelling{"!=", TokenKind::compare, Comparison::not_equal, Quantifier::all},
    Spelling{"<=", TokenKind::compare, Comparison::less_or_equal},
    Spelling{">=", TokenKind::compare, Comparison::greater_or_equal},
    Spelling{"<", TokenKind::compare, Comparison::less},
    Spelling{">", TokenKind::compare, Comparison::greater},
    Spelling{"~=", TokenKind::compare, Comparison::not_equal, Quantifier::any},
    Spelling{"~", TokenKind::compare, Comparison::matches},
    Spelling{"&&", TokenKind::conjunction},
    Spelling{"||", TokenKind::disjunction},
    Spelling{"!", TokenKind::negation},
    Spelling{"(", TokenKind::open},
    Spelling{")", TokenKind::close},
    Spelling{"{", TokenKind::open_set},
    Spelling{"}", TokenKind::close_set},
    Spelling{",", TokenKind::comma},
    Spelling{"..", TokenKind::range},
};

constexpr std::array words{
    Spelling{"and", TokenKind::conjunction},
    Spelling{"or", TokenKind::disjunction},
    Spelling{"not", TokenKind::negation},
    Spelling{"in", TokenKind::in},
    Spelling{"any", TokenKind::any},
    Spelling{"all", TokenKind::all},
    Spelling{"eq", TokenKind::compare, Comparison::equal},
    Spelling{"any_eq", TokenKind::compare, Comparison::equal},
    Spelling{"all_eq", TokenKind::compare, Comparison::equal, Quantifier::all},
    Spelling{"ne", TokenKind::compare, Comparison::not_equal, Quantifier::all},
    Spelling{"all_ne", TokenKind::compare, Comparison::not_equal, Quantifier::all},
    Spelling{"any_ne", TokenKind::compare, Comparison::not_equal, Quantifier::any},
    Spelling{"lt", TokenKind::compare, Comparison::less},
    Spelling{"le", TokenKind::compare, Comparison::less_or_equal},
    Spelling{"gt", TokenKind::compare, Comparison::greater},
    Spelling{"ge", TokenKind::compare, Comparison::greater_or_equal},
    Spelling{"contains", TokenKind::compare, Comparison::contains},
    Spelling{"matches", TokenKind::compare, Comparison::matches},
};

struct NotHere {
  std::string_view text;
  std::string_view message;
  std::string_view hint;
};

// What other languages have, and what Wireshark has and we have not: said as such. Longer ones first.
constexpr std::array not_here{
    NotHere{"=~", "\"=~\" is no comparison", "an expression is searched with ~ or matches"},
    NotHere{"=", "\"=\" is no comparison", "equal is written =="},
    NotHere{"[", "slices are not supported", "contains and matches look into text"},
    NotHere{"#", "layers are not supported", ""},
    NotHere{"&", "bitwise & is not supported", "\"and\" is written && or and"},
    NotHere{"|", "\"|\" means nothing here", "\"or\" is written || or or"},
    NotHere{"$", "field references are not supported", ""},
    NotHere{"*", "arithmetic is not supported", ""},
    NotHere{"%", "arithmetic is not supported", ""},
    NotHere{"\u201c", "this quote is not one of a keyboard", "text goes in \"quotes\""},
    NotHere{"\u201d", "this quote is not one of a keyboard", "text goes in \"quotes\""},
    NotHere{"\u201e", "this quote is not one of a keyboard", "text goes in \"quotes\""},
    NotHere{"\u2018", "this quote is not one of a keyboard", "text goes in \"quotes\""},
    NotHere{"\u2019", "this quote is not one of a keyboard", "text goes in \"quotes\""},
};

constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

constexpr bool is_word_char(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '.' ||
         c == ':' || c == '/' || c == '-' || c == '+';
}

Token token_of(const Spelling& spelling, std::size_t offset) {
  return {.kind = spelling.kind,
          .comparison = spelling.comparison,
          .quantifier = spelling.quantifier,
          .text = std::string{spelling.text},
          .offset = offset,
          .size = spelling.text.size()};
}

}  // namespace

Token Lexer::next() {
  const std::size_t behind_last = at_;
  while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  if (at_ == text_.size()) return {.kind = TokenKind::end, .offset = behind_last, .size = 1};
  const char c = text_[at_];
  if (c == '"') return quoted('"', false);
  if (c == '\'') return quoted('\'', false);
  if (c == 'r' && text_.substr(at_, 2) == "r\"") return quoted('"', true);
  if (is_word_char(c) && text_.substr(at_, 2) != "..") return word();
  return mark();
}

bool Lexer::take(std::string_view mark) noexcept {
  if (!text_.substr(at_).starts_with(mark)) return false;
  at_ += mark.size();
  return true;
}

Token Lexer::mark() {
  const std::size_t start = at_;
  for (const Spelling& spelling : marks) {
    if (take(spelling.text)) return token_of(spelling, start);
  }
  for (const auto& [text, message, hint] : not_here) {
    if (!take(text)) continue;
    throw ConditionError({start, text.size(), std::string{message}, std::string{hint}});
  }
  std::size_t size = 1;  // all of a letter that is not ASCII
  while (start + size < text_.size() && (text_[start + size] & 0xc0) == 0x80) ++size;
  throw ConditionError(
      {start, size, "this character means nothing here", "text goes in \"quotes\""});
}

// A range may follow without blanks: 5060..5070
Token Lexer::word() {
  const std::size_t start = at_;
  while (at_ < text_.size() && is_word_char(text_[at_]) && text_.substr(at_, 2) != "..") ++at_;
  const std::string_view text = text_.substr(start, at_ - start);
  for (const Spelling& spelling : words) {
    if (text == spelling.text) return token_of(spelling, start);
  }
  return {.kind = TokenKind::word, .text = std::string{text}, .offset = start, .size = text.size()};
}

Token Lexer::quoted(char quote, bool is_raw) {
  const std::size_t start = at_;
  at_ += is_raw ? 2 : 1;
  std::string out;
  while (at_ < text_.size() && text_[at_] != quote) {
    if (text_[at_] != '\\') {
      out += text_[at_++];
    } else if (is_raw) {  // the backslash stays, and what it stands before is no end
      out += text_[at_++];
      if (at_ < text_.size()) out += text_[at_++];
    } else {
      escape(out, start);
    }
  }
  if (at_ >= text_.size()) throw ConditionError({start, 1, "the quote is not closed", {}});
  ++at_;
  const bool is_text = quote == '"';
  if (!is_text && out.size() != 1) {
    throw ConditionError(
        {start, at_ - start, "between '' is not one character", "text goes in \"quotes\""});
  }
  return {.kind = is_text ? TokenKind::quoted : TokenKind::character,
          .text = std::move(out),
          .offset = start,
          .size = at_ - start,
          .is_raw = is_raw};
}

void Lexer::escape(std::string& out, std::size_t start) {
  constexpr std::string_view letters = R"('"\abfnrtv)";
  constexpr std::string_view meanings = "'\"\\\a\b\f\n\r\t\v";
  ++at_;
  if (at_ == text_.size()) throw ConditionError({start, 1, "the quote is not closed", {}});
  const char c = text_[at_];
  const auto letter = letters.find(c);
  if (letter != std::string_view::npos) {
    out += meanings[letter];
    ++at_;
  } else if (c == 'x') {
    ++at_;
    number_escape(out, at_ - 2, 16, 2);
  } else if (is_digit(c)) {
    number_escape(out, at_ - 1, 8, 3);
  } else {
    throw ConditionError({at_ - 1, 2, "this escape is not known",
                          R"(a backslash is written "\\", an expression r"\d")"});
  }
}

void Lexer::number_escape(std::string& out, std::size_t start, int base, std::size_t most_digits) {
  const std::string_view digits = text_.substr(at_, most_digits);
  unsigned number = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
  if (error != std::errc{} || number > 0xff) {
    const std::size_t size = base == 16 ? 2 : 1 + digits.size();
    throw ConditionError({start, size, "this escape is not the number of a byte",
                          R"("\x41" and "\101" are the letter A)"});
  }
  out += static_cast<char>(number);
  at_ += static_cast<std::size_t>(end - digits.data());
}

}  // namespace heptap
