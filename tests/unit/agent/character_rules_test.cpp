// config/ and proto/ do not know each other, and each has to know which characters a text of HEP may
// hold: one to refuse a secret, the other to clean what came off the wire. Here they are compared.
#include <catch2/catch.hpp>

#include "config/secret.hpp"
#include "config/text.hpp"
#include "proto/hep/text.hpp"
#include "tests/support/temp_folder.hpp"

using namespace heptap;

namespace {

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t size = hep::utf8_character_bytes(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

// Every byte, and every pair of bytes, also at the places where longer characters have them.
template <class Check>
void for_each_text(Check check) {
  for (unsigned first = 0; first < 256; ++first) {
    for (unsigned second = 0; second < 256; ++second) {
      const std::string pair{static_cast<char>(first), static_cast<char>(second)};
      check(pair.substr(0, 1));
      check(pair);
      check(pair + "\x80");
      check(pair + "\xbf\x80");
    }
  }
}

}  // namespace

TEST_CASE("what is UTF-8 to one is UTF-8 to the other") {
  for_each_text([](const std::string& text) {
    if (find_bad_utf8(text).has_value() == is_utf8(text)) FAIL("differ on " << printable(text));
  });
}

TEST_CASE("a secret is taken just when it is sent unchanged") {
  test::TempFolder folder;
  for (const std::string text :
       {"plain", "a\"b", "a\\b", "a\tb", "a\x7f", "a\u0080", "a\u009f", "a\u00a0", "a\u0100",
        "a\xc2", "a\xff", "a\xed\xa0\x80", "a\U0010ffff", "a\xf4\x90\x80\x80"}) {
    CAPTURE(printable(text));
    std::string secret;
    const bool taken = !read_secret(folder.write("key", text), 255, secret);
    CHECK(taken == (hep::sanitized(text) == text));
  }
}
