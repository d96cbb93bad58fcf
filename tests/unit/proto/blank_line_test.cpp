#include "proto/blank_line.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace heptap;
using namespace std::string_view_literals;

namespace {

// The same, one byte after the other.
std::size_t by_bytes(std::string_view text) {
  for (std::size_t i = text.size(); i-- > 1;) {
    if (text[i] != '\n') continue;
    if (text[i - 1] == '\n') return i + 1;
    if (i > 1 && text[i - 1] == '\r' && text[i - 2] == '\n') return i + 1;
  }
  return 0;
}

}  // namespace

TEST_CASE("the last empty line is found") {
  struct Row {
    std::string_view text;
    std::size_t end;
  };
  const auto row = GENERATE(values<Row>({
      {"", 0},
      {"\n", 0},
      {"\r\n", 0},
      {"a: b\r\nc: d\r\n", 0},
      {"a\n\n", 3},
      {"a\n\r\nb", 4},
      {"a\r\n\r\nb", 5},
      {"\n\n", 2},
      {"a\r\n\r\nb\r\n\r\nc\r\n", 10},
      {"a\n\r\r\n", 0},
      {"a\nb\nc\n", 0},
  }));
  CAPTURE(row.text);
  CHECK(last_blank_line_end(row.text) == row.end);
}

TEST_CASE("an empty line is found wherever it is") {
  const auto line = GENERATE("\n\n"sv, "\n\r\n"sv, "\nx\n"sv, "\r\n"sv);
  for (std::size_t size = line.size(); size < 200; ++size) {
    for (std::size_t at = 0; at + line.size() <= size; ++at) {
      const std::string text = std::string(size, '.').replace(at, line.size(), line);
      REQUIRE(last_blank_line_end(text) == by_bytes(text));
    }
  }
}
