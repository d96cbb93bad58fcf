#include "agent/plan/condition.hpp"

#include <catch2/catch.hpp>
#include <string>

namespace heptap {
namespace {

struct Broken {
  std::string text;
  std::size_t offset;
  std::size_t size;
  std::string message;
  std::string hint;
};

// What is wrong with a text; the test fails when nothing is.
ConditionProblem problem_of(std::string_view text) {
  try {
    static_cast<void>(parse_condition(text));
  } catch (const ConditionError& error) {
    return error.problem();
  }
  FAIL("nothing is wrong with: " << text);
  return {};
}

}  // namespace

TEST_CASE("a condition that cannot be read has one right message, and its place") {
  const auto row = GENERATE(values<Broken>({
      {"", 0, 1, "it ends too early", "a field is needed"},
      {"sip.Metod == \"INVITE\"", 0, 9, "\"sip.Metod\" is no field", "did you mean sip.Method?"},
      {"sip.Method = \"INVITE\"", 11, 1, "\"=\" is no comparison", "equal is written =="},
      {"sip.Method == \"INVITE", 14, 1, "the quote is not closed", ""},
      {"sip.Method ==", 13, 1, "it ends too early", "a value is needed"},
      {"(sip", 4, 1, "it ends too early", "\")\" is missing"},
      {"sip sip", 4, 3, "\"sip\" is not expected here", "\"and\" or \"or\" is needed before it"},
      {"sip &", 4, 1, "bitwise & is not supported", "\"and\" is written && or and"},
      {"udp.port == 70000", 12, 5, "70000 is too large for udp.port", "at most 65535"},
      {"udp.port == \"5060\"", 12, 6, "udp.port is a number and not text", "leave the quotes out"},
      {"udp.port contains 5", 0, 8, "udp.port is a number and cannot be compared with \"contains\"",
       "contains and matches are for text"},
      {"ip.addr == 300.1.1.1", 11, 9, "\"300.1.1.1\" is no IPv4 address", ""},
      {"ip.addr == ::1", 11, 3, "\"::1\" is no IPv4 address", "IPv6 has the fields ipv6.*"},
      {"sip.Method matches INVITE", 19, 6, "a regular expression is needed",
       "put it into \"quotes\""},
      {"sip.Method matches \"(\"", 19, 3, "\"(\" is no regular expression", "missing ): ("},
      {"sip contains INVITE", 13, 6, "\"INVITE\" is no string of bytes", "text goes in \"quotes\""},
      {"udp.port in {1 2}", 15, 1, "\"2\" is not expected here", "\",\" or \"}\" is needed"},
      {"len(sip.Method) > 2", 0, 3, "functions are not supported", ""},
      {"sip.Method[0] == \"I\"", 10, 1, "slices are not supported",
       "contains and matches look into text"},
      {"eth.src == 02:00:5e:10:00", 11, 14, "\"02:00:5e:10:00\" is no MAC address",
       "it has too few octets"},
      {"eth.src == 02:00:5e:10:00:01:02", 11, 20, "\"02:00:5e:10:00:01:02\" is no MAC address",
       "it has too many octets"},
      {"eth.src == 2:0:5e:10:0:1", 11, 13, "\"2:0:5e:10:0:1\" is no MAC address",
       "it is written 02:00:5e:10:00:01"},
      {"eth.src == \"02:00:5e:10:00:01\"", 11, 19, "\"02:00:5e:10:00:01\" is no MAC address",
       "leave the quotes out"},
      {"eth.type == 65536", 12, 5, "65536 is too large for eth.type", "at most 65535"},
      {"eth == 02:00", 0, 3, "eth is a protocol and cannot be compared with \"==\"",
       "it is there or not, or it contains or matches something"},
      {"eth.src == ip.src", 11, 6, "ip.src is an IPv4 address and eth.src a MAC address", ""},
      {"sip.Method == udp.port", 14, 8, "udp.port is a number and sip.Method a text", ""},
  }));
  CAPTURE(row.text);
  const ConditionProblem problem = problem_of(row.text);
  CHECK(problem.message == row.message);
  CHECK(problem.hint == row.hint);
  CHECK(problem.offset == row.offset);
  CHECK(problem.size == row.size);
}

TEST_CASE("where nobody has said which networks are ours, nothing can be asked of them") {
  const std::string text = "sip and heptap.direction == \"inbound\"";
  CHECK_NOTHROW(parse_condition(text));
  try {
    static_cast<void>(parse_condition(text, false));
    FAIL("it was taken");
  } catch (const ConditionError& error) {
    CHECK(error.problem().offset == 8);
    CHECK(error.problem().size == 16);
    CHECK(error.problem().message == "heptap.direction has no value without plan.local");
  }
}

TEST_CASE("a problem is shown in its line, with a mark below") {
  CHECK(show("sip.Metod == 1", {0, 9, "", ""}) == "sip.Metod == 1\n^~~~~~~~~");
  CHECK(show("sip and\n  ip.foo", {10, 6, "", ""}) == "  ip.foo\n  ^~~~~~");
  CHECK(show("sip ==", {6, 1, "", ""}) == "sip ==\n      ^");
}

TEST_CASE("of a long line only what is around the problem is shown, between letters") {
  const std::string a70(70, 'a');
  CHECK(show(a70 + "B" + a70, {70, 1, "", ""}) == "..." + std::string(60, 'a') + "B" +
                                                      std::string(59, 'a') + "...\n" +
                                                      std::string(63, ' ') + "^");
  CHECK(show("\u00e9 \u20acB", {6, 1, "", ""}) == "\u00e9 \u20acB\n   ^");
  const std::string no_letters(200, '\x9c');
  CHECK_FALSE(show(no_letters, {199, 1, "", ""}).empty());
  CHECK(show("\u20acuro", {0, 3, "", ""}) == "\u20acuro\n^");
}

TEST_CASE("nesting is bounded") {
  const std::string deep(65, '(');
  CHECK(problem_of(deep + "sip" + std::string(65, ')')).message == "is nested too deeply");
  CHECK_NOTHROW(parse_condition(std::string(63, '(') + "sip" + std::string(63, ')')));
  CHECK(problem_of(std::string(1 << 20, '!')).message == "is longer than 16384 bytes");
}

TEST_CASE("any header has a field, but not one that is nearly another") {
  CHECK(find_field("sip.X-Charging-Info"));
  CHECK(find_field("sip.X-Event"));
  CHECK_FALSE(find_field("sip.Call-Id"));
  CHECK_FALSE(find_field("sip.x-charging-info"));
  CHECK(nearest_field("sip.Call-Id") == "sip.Call-ID");
  CHECK(field_hint("sip.Call-Id") == "upper and lower case count: sip.Call-ID");
  CHECK(field_hint("sip.x-charging-info") ==
        "a header begins with a capital letter: sip.X-charging-info");
  CHECK(field_hint("tcp.flagz.zyn.ack") == "heptap plan fields lists them");
}

}  // namespace heptap
