#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace heptap::sip_chars {

/// The character classes of RFC 3261 section 25.1, for bytes in any locale.

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}
constexpr bool is_alpha(char c) noexcept { return lower(c) >= 'a' && lower(c) <= 'z'; }

/// Space and tab.
constexpr bool is_wsp(char c) noexcept { return c == ' ' || c == '\t'; }

/// What LWS is made of: space, tab, and the line ends inside a fold.
constexpr bool is_lws(char c) noexcept { return is_wsp(c) || c == '\r' || c == '\n'; }

inline constexpr auto token_table = [] {
  std::array<bool, 256> table{};
  for (unsigned c = 0; c < table.size(); ++c) {
    const auto ch = static_cast<char>(c);
    table[c] = is_digit(ch) || is_alpha(ch);
  }
  for (const char c : std::string_view("-.!%*_+`'~")) table[static_cast<unsigned char>(c)] = true;
  return table;
}();

constexpr bool is_token(char c) noexcept { return token_table[static_cast<unsigned char>(c)]; }

constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

constexpr std::string_view trim_left(std::string_view s) noexcept {
  while (!s.empty() && is_lws(s.front())) s.remove_prefix(1);
  return s;
}

constexpr std::string_view trim_right(std::string_view s) noexcept {
  while (!s.empty() && is_lws(s.back())) s.remove_suffix(1);
  return s;
}

constexpr std::string_view trim(std::string_view s) noexcept { return trim_left(trim_right(s)); }

}  // namespace heptap::sip_chars
