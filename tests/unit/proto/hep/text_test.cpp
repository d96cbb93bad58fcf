#include "proto/hep/text.hpp"

#include <catch2/catch.hpp>

using namespace heptap::hep;
using namespace std::string_view_literals;

TEST_CASE("text chunks lose quotes, backslashes, control bytes and invalid UTF-8") {
  struct Row {
    std::string_view why, in, want;
  };
  const auto row = GENERATE(values<Row>({
      {"clean ASCII stays", "edge-1.example.com_2", "edge-1.example.com_2"},
      {"empty", "", ""},
      {"quote and backslash", R"(a"b\c)", "abc"},
      {"control bytes, DEL and NUL", "a\x01\x7f\0\r\nb"sv, "ab"},
      {"C1 control characters", "a\xc2\x80\xc2\x9f\xc2\xa0", "a\xc2\xa0"},
      {"two, three and four byte characters stay", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x93\x9e",
       "\xc3\xa9\xe2\x82\xac\xf0\x9f\x93\x9e"},
      {"overlong slash", "\xc0\xaf!", "!"},
      {"overlong three byte form", "\xe0\x80\xaf!", "!"},
      {"surrogate", "\xed\xa0\x80!", "!"},
      {"above U+10FFFF", "\xf4\x90\x80\x80!", "!"},
      {"character cut at the end", "ok\xe2\x82", "ok"},
      {"lone continuation byte", "a\x80z", "az"},
      {"Latin-1", "Andr\xe9 1", "Andr 1"},
  }));
  CAPTURE(row.why);
  CHECK(sanitized(row.in) == row.want);
  CHECK(clean_prefix_bytes(row.want) == row.want.size());
}
