// The text of a scalar and its source are walked together. They differ in escapes, and where lines are
// folded: there, blanks and line ends of the one stand for those of the other.
#include "config/yaml_place.hpp"

#include <algorithm>

namespace heptap {
namespace {

constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

constexpr bool continues_letter(char c) noexcept {
  return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
}

void skip_blanks(std::string_view text, std::size_t& at) noexcept {
  while (at < text.size() && is_blank(text[at])) ++at;
}

class ScalarSource {
 public:
  /// source    begins with the scalar
  ScalarSource(std::string_view source, std::string_view text) noexcept
      : source_(source), text_(text), style_(source.front()) {
    if (style_ == '|' || style_ == '>') at_ = std::min(source.find('\n'), source.size());
    if (style_ == '"' || style_ == '\'') at_ = 1;
  }

  /// gives     where in the source; nothing: they do not agree
  std::optional<std::size_t> find(std::size_t offset) noexcept {
    while (in_text_ < offset) {
      if (at_ >= source_.size() || !step()) return std::nullopt;
    }
    while (joins_lines()) escape();
    if (offset < text_.size() && !is_blank(text_[offset])) skip_blanks(source_, at_);
    return at_;
  }

 private:
  // A backslash at the end of a line.
  [[nodiscard]] bool joins_lines() const noexcept {
    const std::string_view next = source_.substr(std::min(at_, source_.size()), 2);
    return style_ == '"' && (next == "\\\n" || next == "\\\r");
  }

  bool step() noexcept {
    const char c = source_[at_];
    if (style_ == '"' && c == '\\') return escape();
    if (style_ == '\'' && c == '\'') ++at_;  // one of two
    if (c == text_[in_text_] && c != '\n') {
      ++at_;
      ++in_text_;
      return true;
    }
    if (!is_blank(c)) return false;
    skip_blanks(source_, at_);
    skip_blanks(text_, in_text_);
    return true;
  }

  bool escape() noexcept {
    const char c = at_ + 1 < source_.size() ? source_[at_ + 1] : '\0';
    at_ += c == 'x' ? 4 : c == 'u' ? 6 : c == 'U' ? 10 : 2;
    if (c == '\n' || c == '\r') {
      skip_blanks(source_, at_);
      return true;
    }
    ++in_text_;
    while (in_text_ < text_.size() && continues_letter(text_[in_text_])) ++in_text_;
    return true;
  }

  std::string_view source_;
  std::string_view text_;
  char style_;
  std::size_t at_ = 0;
  std::size_t in_text_ = 0;
};

// gives     the file from a place on; empty: there is none
std::string_view file_from(std::string_view file, YamlPlace place) noexcept {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (file.starts_with(byte_order_mark)) file.remove_prefix(byte_order_mark.size());
  for (int line = 1; line < place.line; ++line) {
    const auto end = file.find('\n');
    if (end == std::string_view::npos) return {};
    file.remove_prefix(end + 1);
  }
  return file.substr(std::min(file.size(), static_cast<std::size_t>(place.column - 1)));
}

}  // namespace

std::optional<YamlPlace> place_within(std::string_view file, const YamlNode& value,
                                      std::size_t offset) {
  const std::string_view source = file_from(file, value.at);
  if (source.empty() || offset > value.text.size()) return std::nullopt;
  const auto found = ScalarSource(source, value.text).find(offset);
  if (!found) return std::nullopt;
  const std::string_view before = source.substr(0, *found);
  const auto lines = static_cast<int>(std::count(before.begin(), before.end(), '\n'));
  if (lines == 0) return YamlPlace{value.at.line, value.at.column + static_cast<int>(*found)};
  const auto column = static_cast<int>(*found - before.rfind('\n'));
  return YamlPlace{value.at.line + lines, column};
}

}  // namespace heptap
