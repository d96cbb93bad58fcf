#include "agent/plan/explain.hpp"

#include <catch2/catch.hpp>

namespace heptap {

TEST_CASE("a comparison reads as it was written, and means the same when it is read again") {
  const auto text = GENERATE(
      as<std::string>{}, "sip", "sip.Method == \"a\\\"b\\\\c\\x01\"",
      "sip.Status-Code in {100..199, 486}", "udp.port !== 5060", "udp.port != 5060",
      "all udp.port > 5060", "ip.src == 10.0.0.0/8", "ipv6.src == 2001:db8::/32",
      "sip.Via contains \"x\"", "sip.From matches \"^a.*b$\"", "sip.from.user == sip.to.user",
      "udp.port === 5060", "eth.src == 02:00:5e:10:00:01", "eth.dst contains 5e:10");
  CAPTURE(text);
  const Condition condition = parse_condition(text);
  REQUIRE(condition.kind == Condition::Kind::test);
  CHECK(to_text(condition.test) == text);
}

TEST_CASE("a program says what becomes of every kind of message") {
  PlanRule odd;
  odd.name = "odd";
  odd.when = parse_condition("udp.port in {5061} and sip.Status-Code");
  odd.drops = true;
  PlanRule few;
  few.name = "few";
  few.when = parse_condition("sip && !sip.Status-Code");
  few.send = std::vector<std::string>{"homer", "lab"};
  few.sample = 10;
  few.limit = PlanLimit{100, find_field("ip.src")};
  few.masks.users = UserMask::keep_first;
  few.masks.kept_bytes = 3;
  few.masks.keys = true;
  few.node_suffix = "-lab";
  few.group = "core";
  few.count = "few";
  few.logs = true;
  few.scope = PlanScope::call;
  few.goes_on = true;
  const Plan plan({.rules = {odd, few}}, {"homer", "lab"});
  CHECK(explain(plan) ==
        "SIP requests\n"
        "  1: sip\n"
        "     yes: \"few\", then no further rule\n"
        "     no: no further rule\n"
        "SIP responses\n"
        "  1: udp.port in {5061}\n"
        "     yes: step 2\n"
        "     no: step 3\n"
        "  2: sip.Status-Code\n"
        "     yes: \"odd\"\n"
        "     no: step 3\n"
        "  3: sip\n"
        "     yes: step 4\n"
        "     no: no further rule\n"
        "  4: sip.Status-Code\n"
        "     yes: no further rule\n"
        "     no: \"few\", then no further rule\n"
        "RTCP\n"
        "  all: no further rule\n"
        "reports\n"
        "  all: no further rule\n"
        "Rules\n"
        "  \"odd\": drop, stop\n"
        "  \"few\": count as few, log, one of 10 Call-IDs, at most 100 a second for each ip.src, "
        "node name with -lab, group core, mask users but for 3 characters, keys, send to homer, "
        "lab, for all of "
        "the call from then on, go on\n"
        "  what no rule sends or drops is sent to every collector\n");
}

TEST_CASE("comparisons that cannot matter to a kind of message are not in its program") {
  PlanRule never;  // a response has no method
  never.name = "never";
  never.when = parse_condition("sip.Method == \"BYE\" and udp.port == 1");
  PlanRule always;
  always.name = "always";
  always.when = parse_condition("not sip.Method or udp.port == 1");
  const std::string text = explain(Plan({.rules = {never, always}}, {}));
  CHECK(text.find("SIP responses\n  all: \"always\"\nRTCP\n") != std::string::npos);
}

}  // namespace heptap
