#include "config/text.hpp"

#include <catch2/catch.hpp>
#include <cstdint>

using namespace heptap;

namespace {

// RFC 3629 section 3, without its exceptions.
std::string utf8(std::uint32_t code) {
  const auto tail = [&](unsigned shift) {
    return static_cast<char>(0x80U | ((code >> shift) & 0x3fU));
  };
  if (code < 0x80) return {static_cast<char>(code)};
  if (code < 0x800) return {static_cast<char>(0xc0U | (code >> 6U)), tail(0)};
  if (code < 0x10000) return {static_cast<char>(0xe0U | (code >> 12U)), tail(6), tail(0)};
  return {static_cast<char>(0xf0U | (code >> 18U)), tail(12), tail(6), tail(0)};
}

bool is_surrogate(std::uint32_t code) { return code >= 0xd800 && code <= 0xdfff; }

}  // namespace

TEST_CASE("every code point but the surrogates is UTF-8, and no cut one is") {
  std::size_t wrong = 0;
  for (std::uint32_t code = 0; code <= 0x1f'ffff; ++code) {
    const std::string text = utf8(code);
    const bool good = code <= 0x10'ffff && !is_surrogate(code);
    if (find_bad_utf8(text).has_value() == good) ++wrong;
    if (text.size() > 1 && find_bad_utf8(text.substr(0, text.size() - 1)) != 0U) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE("the first byte that is not UTF-8 is found") {
  struct Row {
    std::string_view why;
    std::string_view text;
    std::optional<std::size_t> want;
  };
  const auto row = GENERATE(values<Row>({
      {"nothing", "", std::nullopt},
      {"letters of one to four bytes", "a\u00fc\u20ac\U0001f4de", std::nullopt},
      {"a tail alone", "ab\x80", 2},
      {"an overlong slash", "a\xc0\xaf", 1},
      {"an overlong form of three bytes", "\xe0\x9f\xbf", 0},
      {"an overlong form of four bytes", "\xf0\x8f\xbf\xbf", 0},
      {"a letter in place of a tail", "\xe2\x82z", 0},
      {"good, then bad", "\u20ac\xff", 3},
  }));
  CAPTURE(row.why);
  CHECK(find_bad_utf8(row.text) == row.want);
}

TEST_CASE("printable text cannot steer a terminal") {
  struct Row {
    std::string_view in;
    std::string out;
  };
  using namespace std::string_view_literals;
  const auto row = GENERATE(values<Row>({
      {"plain text", "plain text"},
      {"\x1b[2J", "\\x1b[2J"},
      {"a\0b"sv, "a\\x00b"},
      {"line\r\nend\x7f", "line\\x0d\\x0aend\\x7f"},
      {"\u009b2J", "\\x9b2J"},  // CSI, the one-byte form of ESC [
      {"\u00a0 \u00fc", "\u00a0 \u00fc"},
      {"a\x9b\xff\xe2\x82", "a\\x9b\\xff\\xe2\\x82"},
  }));
  CHECK(printable(row.in) == row.out);
}

TEST_CASE("printable text is cut after 60 bytes, between letters") {
  CHECK(printable(std::string(60, 'a')) == std::string(60, 'a'));
  CHECK(printable(std::string(61, 'a')) == std::string(60, 'a') + "...");
  const std::string a59(59, 'a');
  CHECK(printable(a59 + "\u20ac") == a59 + "...");
  CHECK(printable(a59 + "\xff z") == a59 + "\\xff...");
  CHECK(printable("\xff" + std::string(100, 'a')) == "\\xff" + a59 + "...");
}

TEST_CASE("the nearest word is the one that a slip of the finger may have meant") {
  const std::vector<std::string_view> words{"name", "url", "ca", "keepalive", "resend_bytes"};
  struct Row {
    std::string_view word;
    std::string_view want;
  };
  const auto row = GENERATE(values<Row>({
      {"ur", "url"},
      {"ulr", "url"},
      {"nmae", "name"},
      {"names", "name"},
      {"keep_alive", "keepalive"},
      {"resend_size", "resend_bytes"},
      {"cb", "ca"},
      {"uri_address", ""},
      {"x", ""},
      {"", ""},
  }));
  CAPTURE(row.word);
  CHECK(nearest(row.word, words) == row.want);
}

TEST_CASE("characters are counted, not bytes, and some cannot be shown") {
  CHECK(count_characters("") == 0);
  CHECK(count_characters("r\u00e9gion \u20ac") == 8);
  CHECK(count_characters("a\xff\xe2") == 3);
  CHECK(is_printable(""));
  CHECK(is_printable("r\u00e9gion 2, \u20ac"));
  for (const char* text : {"a\nb", "\x7f", "\u009b", "\xff"}) CHECK_FALSE(is_printable(text));
}

TEST_CASE("there is no nearest word among none") { CHECK(nearest("a", {}).empty()); }
