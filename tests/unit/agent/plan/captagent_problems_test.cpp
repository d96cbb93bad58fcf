#include <catch2/catch.hpp>
#include <string>

#include "agent/plan/captagent_plan.hpp"

namespace heptap {
namespace {

CaptagentProblem problem_of(const std::string& text) {
  try {
    static_cast<void>(read_captagent_plan(text, {"homer01", "homer02"}));
  } catch (const CaptagentError& error) {
    return error.problem();
  }
  FAIL("it was taken: " + text);
  return {};
}

std::string nested(std::size_t depth, const std::string& condition, const std::string& inner) {
  std::string text;
  for (std::size_t i = 0; i < depth; ++i) text += "if (" + condition + ") {";
  return text + inner + std::string(depth, '}');
}

}  // namespace

TEST_CASE("what is wrong is named, with its line") {
  struct Row {
    const char* text;
    unsigned line;
    unsigned column;
    const char* message;
    const char* hint;
  };
  const auto row = GENERATE(values<Row>({
      {"capture[x] {\n  sned_hep(\"homer01\");\n}", 2, 3,
       "the function sned_hep() is not supported", "did you mean send_hep?"},
      {"capture[x] {\n\n  check_rtcp_session(\"hep\", \"x\");\n}", 3, 3,
       "the function check_rtcp_session() is not supported", ""},
      {"capture[x] {\n if (parse_sip()) {\n drop;\n }\n", 5, 1, "the plan ends too early",
       "the \"{\" of line 1 has no \"}\""},
      {"capture[x] {\n if (parse_sip() {\n drop; } }", 2, 18, "\"{\" is not expected here",
       "\")\" is missing"},
      {"capture[x] {\n drop\n}", 3, 1, "\"}\" is not expected here", "\";\" is missing before it"},
      {"capture[x] { parse_sip(\"1\"); }", 1, 14, "parse_sip() takes 0 arguments, not 1", ""},
      {"capture[x] { send_hep(); }", 1, 14, "send_hep() takes 1 to 2 arguments, not 0", ""},
      {"capture[x] { msg_check(\"size\", 100); }", 1, 32, "\"100\" is not expected here",
       "arguments are text in \"quotes\""},
      {"capture[x] { msg_check(\"size\", \"large\"); }", 1, 32, "\"large\" is no number", ""},
      {"capture[x] { msg_check(\"sice\", \"1\"); }", 1, 24,
       "\"sice\" is no name of what can be checked", "did you mean size?"},
      {"capture[x] { send_hep(\"homer1\"); }", 1, 23, "\"homer1\" is no collector",
       "did you mean homer01?"},
      {"capture[x] { source_ip(\"10.0.0.256\"); }", 1, 24, "\"10.0.0.256\" is no IP address",
       "a network is written 192.0.2.0/24 or 192.0.2."},
      {"capture[x] { source_ip(\"10.0\"); }", 1, 24, "\"10.0\" is no IP address",
       "a network is written 192.0.2.0/24 or 192.0.2."},
      {"capture[x] { source_port(\"65536\"); }", 1, 26, "\"65536\" is no such number",
       "at most 65535"},
      {"capture[x] { sip_check(\"method\", \"INVTE\"); }", 1, 34, "\"INVTE\" is no method of SIP",
       "did you mean INVITE?"},
      {"capture[x] { if (1) { } else { foo(); } }", 1, 32, "the function foo() is not supported",
       ""},
      {"capture[x] { if (0 && send_hep(\"no\")) { } }", 1, 32, "\"no\" is no collector", ""},
      {"capture[x] { if (method == \"INVITE\") { } }", 1, 25, "\"=\" means nothing here", ""},
      {"capture[x] { clog(\"ERROR\", \"x); }", 1, 28, "the text has no end", "a quote is missing"},
      {"capture[x] { /* /* */ }", 1, 14, "the comment has no end", "*/"},
      {"", 1, 1, "the plan ends too early", "a plan is capture[name] { … }"},
  }));
  CAPTURE(row.text);
  const CaptagentProblem problem = problem_of(row.text);
  CHECK(problem.message == row.message);
  CHECK(problem.hint == row.hint);
  CHECK(problem.at.line == row.line);
  CHECK(problem.at.column == row.column);
}

TEST_CASE("a hostile plan is refused before it is large") {
  const std::string condition = "is_rtcp()&&sip_is_method()&&is_rtcp()";
  std::string sends;
  for (int i = 0; i < 200; ++i) sends += "send_hep(\"homer01\");";
  const std::string wide = "capture[x] {" + nested(30, condition, sends) + "}";
  CHECK(problem_of(wide).message == "the plan asks too much");
  const std::string deep = "capture[x] {" + nested(100, "1", "") + "}";
  CHECK(problem_of(deep).message == "is nested too deeply");
  CHECK(problem_of("capture[x] { if (" + std::string(1000, '!') + "1) drop; }").message ==
        "is nested too deeply");
  CHECK(problem_of(std::string(max_captagent_bytes + 1, ' ')).message ==
        "the plan is longer than 65536 bytes");
  std::string many;
  for (int i = 0; i < 1025; ++i) many += "send_hep(\"homer01\");";
  CHECK(problem_of("capture[x] {" + many + "}").message == "the plan has too many statements");
}

}  // namespace heptap
