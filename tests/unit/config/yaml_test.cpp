#include "config/yaml.hpp"

#include <catch2/catch.hpp>

using namespace heptap;
using namespace std::string_literals;

namespace {

// A node and what is below it, without places: {key='value',list=['item',~]}
std::string outline(const YamlNode& node) {
  const std::string key = node.key.empty() ? "" : node.key + "=";
  std::string below;
  for (const YamlNode& child : node.children) below += (below.empty() ? "" : ",") + outline(child);
  switch (node.kind) {
    case YamlNode::Kind::null: return key + "~";
    case YamlNode::Kind::scalar: return key + "'" + node.text + "'";
    case YamlNode::Kind::list: return key + "[" + below + "]";
    case YamlNode::Kind::map: return key + "{" + below + "}";
  }
  return "?";
}

std::string deep(std::size_t levels) {
  return std::string(levels, '[') + "1" + std::string(levels, ']');
}

std::string items(std::size_t count) {
  std::string text = "-\n";
  while (--count > 0) text += "-\n";
  return text;
}

// "line:column: message, hint"; empty when the text is taken
std::string fault(const std::string& text) {
  try {
    (void)parse_yaml(text);
    return "";
  } catch (const YamlError& error) {
    const std::string hint = error.hint().empty() ? "" : ", " + error.hint();
    return std::to_string(error.at().line) + ":" + std::to_string(error.at().column) + ": " +
           error.what() + hint;
  }
}

}  // namespace

TEST_CASE("YAML becomes a tree of texts") {
  struct Row {
    std::string text;
    std::string want;
  };
  const auto row = GENERATE(values<Row>({
      {"", "~"},
      {"# a comment\n", "~"},
      {"---\n", "~"},
      {"a: 1\n", "{a='1'}"},
      {"a: 1", "{a='1'}"},
      {"a: 1\r\nb: 2\r\n", "{a='1',b='2'}"},
      {"\xef\xbb\xbf"
       "a: 1\n",
       "{a='1'}"},
      {"a:\nb: ~\nc: null\n", "{a=~,b=~,c=~}"},
      {"a: ''\n", "{a=''}"},
      {"a: \"x\\\"y\"\nb: 'it''s'\n", "{a='x\"y',b='it's'}"},
      {"a: x # comment\n", "{a='x'}"},
      {"a: x#y\n", "{a='x#y'}"},
      {"a:\n  - b: 1\n    c: 2\n  - d\n", "{a=[{b='1',c='2'},'d']}"},
      {"a: {b: [1, 2], c: }\n", "{a={b=['1','2'],c=~}}"},
      {"a: 1\na: 2\n", "{a='1',a='2'}"},
      {"a: 1\nb\n", "{a='1',b=~}"},
      {"2001: true\n", "{2001='true'}"},
      {"\"quoted key\": 1\n", "{quoted key='1'}"},
  }));
  CAPTURE(row.text);
  CHECK(outline(parse_yaml(row.text)) == row.want);
}

TEST_CASE("a value knows its place, and so does its key") {
  const YamlNode root = parse_yaml("# first line\nnode:\n  name:  \"x\"\r\nlist:\n  - \u00fc: y\n");
  REQUIRE(root.children.size() == 2);
  const YamlNode& name = root.children[0].children.at(0);
  CHECK(name.key_at.line == 3);
  CHECK(name.key_at.column == 3);
  CHECK(name.at.line == 3);
  CHECK(name.at.column == 10);
  const YamlNode& letter = root.children[1].children.at(0).children.at(0);
  CHECK(letter.key_at.column == 5);
  CHECK(letter.at.line == 5);
  CHECK(letter.at.column == 9);  // in bytes: the letter has two
}

TEST_CASE("an empty item of a list has the place of its dash") {
  struct Row {
    std::string text;
    int line;
    int column;
  };
  const auto row = GENERATE(values<Row>({
      {"a\n", 1, 1},
      {"-", 1, 1},
      {"-\n", 1, 1},
      {"-\n- b\n", 1, 1},
      {"\n  -\n  - b\n", 2, 3},
      {"-\r\n\r\n- b\r\n", 1, 1},
      {"- # later\n# - c\n\n- b\n", 1, 1},
      {"- ~\n- b\n", 1, 1},
      {"[ , b]\n", 1, 3},
  }));
  CAPTURE(row.text);
  const YamlNode root = parse_yaml(row.text);
  const YamlNode& first = root.children.empty() ? root : root.children.front();
  CHECK(first.at.line == row.line);
  CHECK(first.at.column == row.column);
}

TEST_CASE("what is not YAML, or more than a configuration needs, is refused with its place") {
  struct Row {
    std::string text;
    std::string want;
  };
  const std::string alias = "anchors and aliases are not allowed, write the value out";
  const std::string tag = "tags are not allowed, leave out the word with '!'";
  const std::string control = "a control character, only tab and line ends may be";
  const std::string colon =
      "a ':' in the wrong place, look for wrong indentation, a missing space after ':', or a text "
      "that needs quotes";
  const auto row = GENERATE_COPY(values<Row>({
      {"a: &x 1\n", "1:4: " + alias},
      {"a: *x\n", "1:4: " + alias},
      {"a: &x {b: 1}\n", "1:4: " + alias},
      {"a: !!str 1\n", "1:4: " + tag},
      {"a: !x {b: 1}\n", "1:4: " + tag},
      {"{a: 1}: 2\n", "1:1: a key must be a word"},
      {"? [a]\n: 2\n", "1:3: a key must be a word"},
      {"a: 1\n--- \nb: 2\n", "2:1: a second document starts here, only one may be in the file"},
      {"a:\n  \tb: 1\n", "2:3: a tab in the indentation, use spaces"},
      {"a: {b: 1\nc\n", "3:1: a '{' map is not closed, look for a missing '}' before"},
      {"a: \"x\n", "1:4: the quote is never closed"},
      {"a: 'x''\n", "1:4: the quote is never closed"},
      {"a: \"x\\\"\n", "1:4: the quote is never closed"},
      {"a: b: c\n", "1:5: " + colon},
      {"a: [1, 2\nb: 3\n", "2:2: a '[' list is not closed, look for a missing ']' before"},
      {"a\0b"s, "1:2: " + control},
      {"a: 1\nb: \x04\n", "2:4: " + control},
      {"a: \x7f\n", "1:4: " + control},
      {"a: 1\nb: \xff\n", "2:4: not UTF-8 text"},
      {"a: " + std::string(4093, 'x') + "\n", ""},
      {"b: 1\na: " + std::string(4094, 'x') + "\n", "2:1: a line longer than 4096 bytes"},
      {deep(16), ""},
      {deep(17), "1:17: nested deeper than 16 levels"},
      {items(19'999), ""},
      {items(20'000), "20001:1: more than 20000 values"},
      {std::string(yaml_max_bytes, '\n'), ""},
      {std::string(yaml_max_bytes + 1, '\n'), "1:1: the file is larger than 1 MiB"},
  }));
  CAPTURE(row.text.substr(0, 60));
  CHECK(fault(row.text) == row.want);
}

TEST_CASE("every prefix of a configuration is taken, or refused with a place") {
  const std::string text =
      "node: {id: 1, name: \"a\\x41\"}\ncollectors:\n  - url: 'tcp://[::1]:1'\n    batch: |\n"
      "      true\n  -\treplay: >-\n      x\n? y\n: z\n";
  for (std::size_t size = 0; size <= text.size(); ++size) {
    CAPTURE(size);
    const std::string said = fault(text.substr(0, size));
    CHECK(said.find("0:") != 0);
  }
}
