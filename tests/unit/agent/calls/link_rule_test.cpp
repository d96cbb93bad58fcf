#include "agent/calls/link_rule.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

using namespace heptap;

namespace {

std::string linked(const std::vector<std::string>& rules, const std::string& headers) {
  std::vector<LinkRule> made;
  made.reserve(rules.size());
  for (const std::string& rule : rules) made.push_back(make_link_rule(rule));
  const std::string text = "INVITE sip:a SIP/2.0\r\n" + headers + "Call-ID: x\r\n\r\n";
  SipView sip;
  REQUIRE(parse_sip(as_bytes(text), sip) == Errc::none);
  return std::string(link_value(made, sip));
}

}  // namespace

TEST_CASE("a link is the value of a header, or of a parameter in one") {
  struct Row {
    const char* why;
    std::vector<std::string> rules;
    const char* headers;
    const char* want;
  };
  const auto row = GENERATE(values<Row>({
      {"a whole value", {"X-CID"}, "X-CID: one@a\r\n", "one@a"},
      {"the name in any case", {"x-cid"}, "X-Cid: one@a\r\n", "one@a"},
      {"the first parameter, which has no semicolon",
       {"P-Charging-Vector:icid-value"},
       "P-Charging-Vector: icid-value=abc;icid-generated-at=192.0.2.1\r\n",
       "abc"},
      {"in quotes, with white space",
       {"P-Charging-Vector: icid-value"},
       "P-Charging-Vector: ICID-Value = \"a;b\" ;orig-ioi=x\r\n",
       "a;b"},
      {"a later parameter",
       {"P-Charging-Vector:icid-value"},
       "P-Charging-Vector: orig-ioi=x;icid-value=abc\r\n",
       "abc"},
      {"a name that only begins like it",
       {"P-Charging-Vector:icid-value"},
       "P-Charging-Vector: icid-value2=abc\r\n",
       ""},
      {"the first rule that finds anything",
       {"X-None", "X-CID", "X-Other"},
       "X-Other: two\r\nX-CID: one\r\n",
       "one"},
      {"a value of which nothing may stand in a frame",
       {"X-CID", "X-Other"},
       "X-CID: \"\r\nX-Other: two\r\n",
       "two"},
      {"an empty value", {"X-CID"}, "X-CID:\r\n", ""},
      {"no rules", {}, "X-CID: one\r\n", ""},
  }));
  CAPTURE(row.why);
  CHECK(linked(row.rules, row.headers) == row.want);
}
