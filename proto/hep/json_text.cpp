#include "proto/hep/json_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "proto/hep/text.hpp"

namespace heptap::hep {
namespace {

constexpr bool is_printable(char c) noexcept { return c >= 0x20 && c < 0x7f; }
constexpr bool is_plain(char c) noexcept { return is_printable(c) && c != '"' && c != '\\'; }

std::string_view take_plain_run(std::string_view& text) noexcept {
  // A lambda: through a pointer to a function, each character would be a call.
  const auto end = std::find_if_not(text.begin(), text.end(), [](char c) { return is_plain(c); });
  const auto run = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(run.size());
  return run;
}

/// gives     what follows the backslash where JSON has a short form for a character; 0: it has none
/// source    RFC 8259 section 7
constexpr char short_escape(std::string_view character) noexcept {
  switch (character.front()) {
    case '"':
    case '\\': return character.front();
    case '\b': return 'b';
    case '\f': return 'f';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    default: return 0;
  }
}

constexpr int max_places = 9;
using DecimalRoom = std::array<char, 32>;

std::string_view without_last_zeros(std::string_view digits) noexcept {
  if (digits.find('.') == std::string_view::npos) return digits;
  digits = digits.substr(0, digits.find_last_not_of('0') + 1);
  return digits.back() == '.' ? digits.substr(0, digits.size() - 1) : digits;
}

std::string_view decimal_text(double value, int places, DecimalRoom& room) noexcept {
  if (!(std::abs(value) < 1e15)) return "null";
  const int kept = std::clamp(places, 0, max_places);
  char* const begin = room.data();
  const auto result =
      std::to_chars(begin, begin + room.size(), value, std::chars_format::fixed, kept);
  const auto text = without_last_zeros({begin, static_cast<std::size_t>(result.ptr - begin)});
  return text == "-0" ? "0" : text;
}

// Of one that utf8_character_bytes() accepts.
std::uint32_t code_point(std::string_view character) noexcept {
  const auto lead = static_cast<unsigned char>(character.front());
  if (character.size() == 1) return lead;
  std::uint32_t code = lead & (0x7fU >> character.size());
  for (const char c : character.substr(1)) code = code << 6U | (static_cast<unsigned>(c) & 0x3fU);
  return code;
}

// Controls of ASCII and Latin-1, of which a terminal may take the latter for escapes, too, and marks
// that turn the direction of what follows. None is above U+FFFF.
bool acts_on_terminals(std::uint32_t code) noexcept {
  const auto is_within = [code](std::uint32_t first, std::uint32_t last) {
    return first <= code && code <= last;
  };
  return code < 0x20 || is_within(0x7f, 0x9f) || is_within(0x200e, 0x200f) ||
         is_within(0x202a, 0x202e) || is_within(0x2066, 0x2069);
}

// Up to U+FFFF, as printable ASCII.
std::array<char, 6> json_escape(std::string_view character) noexcept {
  constexpr std::string_view hex = "0123456789abcdef";
  const std::uint32_t code = code_point(character);
  return {'\\',
          'u',
          hex[code >> 12U & 0xfU],
          hex[code >> 8U & 0xfU],
          hex[code >> 4U & 0xfU],
          hex[code & 0xfU]};
}

}  // namespace

void JsonText::truth(std::string_view key, bool value) noexcept {
  name(key);
  w_.text(value ? "true" : "false");
}

void JsonText::tenths(std::string_view key, std::uint32_t tenths) noexcept {
  name(key);
  digits(tenths / 10);
  put('.');
  digits(tenths % 10);
}

void JsonText::decimal(std::string_view key, double value, int places) noexcept {
  DecimalRoom room;
  name(key);
  w_.text(decimal_text(value, places, room));
}

void JsonText::text(std::string_view key, std::string_view value) noexcept {
  name(key);
  put('"');
  while (!value.empty()) {
    w_.text(take_plain_run(value));
    if (value.empty()) break;
    if (is_printable(value.front())) {
      put('\\');
      put(value.front());
    }
    value.remove_prefix(1);
  }
  put('"');
}

bool JsonText::utf8(std::string_view key, std::string_view value) noexcept {
  bool is_utf8 = true;
  name(key);
  put('"');
  while (!value.empty()) {
    w_.text(take_plain_run(value));
    if (value.empty()) break;
    const std::size_t size = utf8_character_bytes(value);
    const auto character = value.substr(0, std::max<std::size_t>(size, 1));
    size == 0 ? w_.text("\xef\xbf\xbd") : escaped(character);
    is_utf8 = is_utf8 && size != 0;
    value.remove_prefix(character.size());
  }
  put('"');
  return is_utf8;
}

void JsonText::escaped(std::string_view character) noexcept {
  if (const char letter = short_escape(character); letter != 0) {
    put('\\');
    return put(letter);
  }
  if (!acts_on_terminals(code_point(character))) return w_.text(character);
  const auto escape = json_escape(character);
  w_.text({escape.data(), escape.size()});
}

void JsonText::element(std::string_view word) noexcept {
  separate();
  put('"');
  w_.text(word);
  put('"');
}

void JsonText::name(std::string_view key) noexcept {
  separate();
  put('"');
  w_.text(key);
  w_.text("\":");
}

void JsonText::separate() noexcept {
  if (!is_first_) put(',');
  is_first_ = false;
}

void JsonText::open(char bracket) noexcept {
  separate();
  put(bracket);
  is_first_ = true;
}

void JsonText::open(std::string_view key, char bracket) noexcept {
  name(key);
  put(bracket);
  is_first_ = true;
}

void JsonText::close(char bracket) noexcept {
  put(bracket);
  is_first_ = false;
}

}  // namespace heptap::hep
