#include "config/yaml_place.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace heptap;

TEST_CASE("a part of a value is found in every style of YAML") {
  struct Row {
    std::string file;
    int line;  // of the first "B" in the value
    int column;
  };
  const auto row = GENERATE(values<Row>({
      {"k: a B", 1, 6},
      {"k:   a B", 1, 8},
      {"k:\n  a\n\n  B c\n", 4, 3},
      {"k: 'it''s B'", 1, 11},
      {"k: 'a\n   B'", 2, 4},
      {R"(k: "\"a\" B")", 1, 11},
      {R"(k: "\x41\u00e9 B")", 1, 16},
      {"k: \"a \\\n  B\"", 2, 3},
      {"k: |\n  a\n  B\n", 3, 3},
      {"k: |\n  a\n    B\n", 3, 5},
      {"k: |-\n\n  B\n", 3, 3},
      {"k: >\n  a\n  c B\n", 3, 5},
      {"k: >  # remark\n  B\n", 2, 3},
      {"k: |\r\n  a\r\n  B\r\n", 3, 3},
      {"\xef\xbb\xbfk: B", 1, 4},
      {"k: \xc3\xa9 B", 1, 7},
      {"- 1\n- {k: [a B]}", 2, 10},
  }));
  CAPTURE(row.file);
  const YamlNode root = parse_yaml(row.file);
  const YamlNode* value = &root;
  while (!value->children.empty()) value = &value->children.back();
  const std::size_t offset = value->text.find('B');
  REQUIRE(offset != std::string::npos);
  const auto place = place_within(row.file, *value, offset);
  REQUIRE(place);
  CHECK(place->line == row.line);
  CHECK(place->column == row.column);
}

TEST_CASE("the place behind a value is where it ends") {
  const std::string file = "k: |\n  a B\n\n";
  const YamlNode root = parse_yaml(file);
  const auto place = place_within(file, root.children.front(), 3);
  REQUIRE(place);
  CHECK(place->line == 2);
  CHECK(place->column == 6);
}

TEST_CASE("what is not in the file has no place") {
  YamlNode value;
  value.text = "abc";
  CHECK_FALSE(place_within("", value, 0));
  CHECK_FALSE(place_within("xyz", value, 2));
  CHECK_FALSE(place_within("abc", value, 4));
  value.at = {3, 1};
  CHECK_FALSE(place_within("abc\n", value, 0));
}
