#include "config/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>

namespace heptap {
namespace {

struct Utf8Lead {
  std::size_t size = 0;     // 0: not a lead byte
  std::uint8_t low = 0x80;  // bounds of the second byte
  std::uint8_t high = 0xbf;
};

// RFC 3629 section 4, the ABNF as a table.
Utf8Lead utf8_lead(std::uint8_t c) noexcept {
  if (c < 0x80) return {1};
  if (c >= 0xc2 && c <= 0xdf) return {2};
  if (c == 0xe0) return {3, 0xa0};
  if (c == 0xed) return {3, 0x80, 0x9f};
  if (c >= 0xe1 && c <= 0xef) return {3};
  if (c == 0xf0) return {4, 0x90};
  if (c >= 0xf1 && c <= 0xf3) return {4};
  if (c == 0xf4) return {4, 0x80, 0x8f};
  return {};
}

bool follows(const Utf8Lead& lead, std::string_view rest) noexcept {
  if (lead.size == 0 || lead.size > rest.size()) return false;
  for (std::size_t i = 1; i < lead.size; ++i) {
    const auto c = static_cast<std::uint8_t>(rest[i]);
    const std::uint8_t low = i == 1 ? lead.low : 0x80;
    const std::uint8_t high = i == 1 ? lead.high : 0xbf;
    if (c < low || c > high) return false;
  }
  return true;
}

// The bytes of the first letter; 1 when it is not well formed.
std::size_t letter_size(std::string_view text) noexcept {
  const Utf8Lead lead = utf8_lead(static_cast<std::uint8_t>(text.front()));
  return follows(lead, text) ? lead.size : 1;
}

// What a terminal may obey: C0, DEL, a byte that is not UTF-8, and C1 (U+0080 to U+009F).
bool is_control(std::string_view letter) noexcept {
  const auto first = static_cast<std::uint8_t>(letter.front());
  if (letter.size() == 1) return first < 0x20 || first >= 0x7f;
  return first == 0xc2 && static_cast<std::uint8_t>(letter[1]) < 0xa0;
}

void append_escaped(char raw, std::string& out) {
  constexpr std::string_view hex = "0123456789abcdef";
  const auto c = static_cast<std::uint8_t>(raw);
  out += "\\x";
  out += hex[c >> 4U];
  out += hex[c & 0xfU];
}

// Optimal string alignment: insert, delete, replace, swap two neighbours.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::vector<std::size_t> next(b.size() + 1);
    next[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      next[j] =
          std::min({row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) next[j] = std::min(next[j], before[j - 2] + 1);
    }
    before = std::move(row);
    row = std::move(next);
  }
  return row.back();
}

}  // namespace

std::optional<std::size_t> find_bad_utf8(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Lead lead = utf8_lead(static_cast<std::uint8_t>(text[at]));
    if (!follows(lead, text.substr(at))) return at;
    at += lead.size;
  }
  return std::nullopt;
}

std::string_view trimmed(std::string_view text) noexcept {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') + 1 - first);
}

bool is_printable(std::string_view text) noexcept {
  while (!text.empty()) {
    const std::string_view letter = text.substr(0, letter_size(text));
    if (is_control(letter)) return false;
    text.remove_prefix(letter.size());
  }
  return true;
}

std::size_t count_characters(std::string_view text) noexcept {
  std::size_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(letter_size(text));
  return count;
}

std::string printable(std::string_view text) {
  constexpr std::size_t longest = 60;
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view letter = text.substr(at, letter_size(text.substr(at)));
    if (at + letter.size() > longest) return out + "...";
    if (is_control(letter)) {
      append_escaped(letter.back(), out);
    } else {
      out += letter;
    }
    at += letter.size();
  }
  return out;
}

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates) {
  std::string_view best;
  std::size_t fewest = 0;
  for (const std::string_view candidate : candidates) {
    const std::size_t longer = std::max(word.size(), candidate.size());
    const std::size_t allowed = std::max<std::size_t>(1, longer / 3);
    if (longer - std::min(word.size(), candidate.size()) > allowed) continue;
    const std::size_t edits = edit_distance(word, candidate);
    if (edits > allowed || (!best.empty() && edits >= fewest)) continue;
    best = candidate;
    fewest = edits;
  }
  return best;
}

}  // namespace heptap
