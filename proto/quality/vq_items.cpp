#include "proto/quality/vq_items.hpp"

#include <algorithm>
#include <cstddef>

#include "proto/sip/chars.hpp"
#include "proto/sip/params.hpp"

namespace heptap {

using namespace sip_chars;

namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::string_view blanks = " \t\r\n";
constexpr std::size_t least_key_bytes = 2;
constexpr std::size_t most_key_bytes = 16;

constexpr bool divides(char c) noexcept { return c == '=' || c == ':'; }
constexpr bool ends_item(char c) noexcept { return is_lws(c) || c == ',' || c == ';'; }

std::string_view skip_ends(std::string_view text) noexcept {
  while (!text.empty() && ends_item(text.front())) text.remove_prefix(1);
  return text;
}

std::string_view without_ends(std::string_view text) noexcept {
  while (!text.empty() && ends_item(text.back())) text.remove_suffix(1);
  return text;
}

/// The name at the start of `text`, when a divider follows it.
std::string_view name_of(std::string_view text) noexcept {
  const std::string_view name = text.substr(0, text.find_first_of("=: \t\r\n\""));
  const std::string_view behind = trim_left(text.substr(name.size()));
  return !behind.empty() && divides(behind.front()) ? name : std::string_view{};
}

/// Where the key begins that ends at `divider`: the longest one that leaves something for a value
/// before it.
std::size_t begin_of_key(std::string_view word, std::size_t divider, IsVqKey is_key) noexcept {
  std::size_t found = npos;
  for (std::size_t begin = divider; begin > 1 && is_alpha(word[begin - 1]);) {
    --begin;
    const std::size_t size = divider - begin;
    if (size > most_key_bytes) break;
    if (size >= least_key_bytes && is_key(word.substr(begin, size))) found = begin;
  }
  return found;
}

/// The value at the start of a word that may touch the next key.
std::string_view until_next_key(std::string_view word, IsVqKey is_key) noexcept {
  for (std::size_t at = 0; at < word.size(); ++at) {
    if (!divides(word[at])) continue;
    const std::size_t begin = begin_of_key(word, at, is_key);
    if (begin != npos) return word.substr(0, begin);
  }
  return word;
}

std::string_view take_quoted(std::string_view& rest) noexcept {
  const std::size_t end = std::min(end_of_quoted(rest, 0), rest.size());
  const std::string_view quoted = rest.substr(0, end);
  rest.remove_prefix(end);
  return unquote(quoted);
}

std::string_view take_value(std::string_view& rest, IsVqKey is_key) noexcept {
  const std::string_view behind = trim_left(rest);
  if (behind.size() != rest.size() && is_key(name_of(behind))) return {};
  rest = behind;
  if (rest.starts_with('"')) return take_quoted(rest);
  const std::string_view word = rest.substr(0, rest.find_first_of(blanks));
  const std::string_view value = until_next_key(word, is_key);
  rest.remove_prefix(value.size());
  return without_ends(value);
}

}  // namespace

bool next_vq_item(std::string_view& rest, IsVqKey is_key, VqItemView& out) noexcept {
  rest = skip_ends(rest);
  if (rest.empty()) return false;
  out.key = name_of(rest);
  if (out.key.empty()) {
    out.value = rest.substr(0, rest.find_first_of(blanks));
    rest.remove_prefix(out.value.size());
    return true;
  }
  rest.remove_prefix(out.key.size());
  rest = trim_left(rest).substr(1);
  out.value = take_value(rest, is_key);
  return true;
}

}  // namespace heptap
