#include "proto/sip/header_id.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

#include "proto/sip/chars.hpp"
#include "proto/sip/header_table.hpp"

using namespace heptap;

namespace {
std::string upper(std::string_view in) {
  std::string out(in);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return sip_chars::is_alpha(c) ? static_cast<char>(c & ~0x20) : c; });
  return out;
}
}  // namespace

TEST_CASE("every known header name is found in any case") {
  for (const auto& [text, id] : header_table::known_names) {
    CAPTURE(text);
    CHECK(header_id(text) == id);
    CHECK(header_id(upper(text)) == id);
  }
}

TEST_CASE("a name one character off is not taken for a known one") {
  for (const auto& [text, id] : header_table::known_names) {
    if (text.size() == 1) continue;
    for (std::size_t i = 0; i < text.size(); ++i) {
      std::string changed(text);
      changed[i] = static_cast<char>(changed[i] ^ 0x40);  // not the bit that makes the case
      CAPTURE(changed);
      CHECK(header_id(changed) == HeaderId::other);
    }
    CHECK(header_id(std::string(text) + "x") == HeaderId::other);
    CHECK(header_id(std::string(text) + std::string(text)) == HeaderId::other);
  }
}

TEST_CASE("a carriage return is not a hyphen in another case") {
  CHECK(header_id("Call\rID") == HeaderId::other);
}

TEST_CASE("every single byte is a compact form or nothing") {
  for (int c = 0; c < 256; ++c) {
    const char name = static_cast<char>(c);
    const bool known = sip_chars::is_alpha(name) &&
                       std::string_view("ghpqwz").find(sip_chars::lower(name)) == std::string::npos;
    CAPTURE(c);
    CHECK((header_id({&name, 1}) != HeaderId::other) == known);
  }
}

TEST_CASE("names that no header can have are nothing") {
  CHECK(header_id("") == HeaderId::other);
  CHECK(header_id(std::string(1000, 'v')) == HeaderId::other);
  CHECK(header_id(std::string(256 + 3, 'v')) == HeaderId::other);
}

TEST_CASE("an id is spelled as its RFC spells it") {
  CHECK(to_string(HeaderId::call_id) == "Call-ID");
  CHECK(to_string(HeaderId::x_rtp_stat) == "X-RTP-Stat");
  CHECK(to_string(HeaderId::other).empty());
  CHECK(to_string(HeaderId::count_).empty());
}
