#include "agent/plan/captagent_plan.hpp"

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "agent/plan/plan_runner.hpp"
#include "tests/unit/agent/plan/messages.hpp"

namespace heptap {
namespace {

using test::busy;
using test::invite;
using test::options;
using test::PlanMessage;

const std::vector<std::string> collectors{"a", "b", "c"};

PlanRunner runner_of(const std::string& text) {
  return PlanRunner(
      std::make_shared<const Plan>(read_captagent_plan(text, collectors).rules, collectors));
}

// Where a plan sends a message: "ac"; empty: nowhere.
std::string sent(PlanRunner& runner, const PlanSubject& subject) {
  const Verdict verdict = runner.decide(subject);
  std::string out;
  for (std::size_t i = 0; verdict.fate == PlanFate::sent && i < collectors.size(); ++i) {
    if ((verdict.collectors() >> i & 1U) != 0) out += collectors[i];
  }
  return out;
}

std::string sent(const std::string& plan, std::string_view message) {
  PlanRunner runner = runner_of(plan);
  return sent(runner, PlanMessage(message).subject);
}

// Whether a condition holds for the INVITE, which is from 192.0.2.1:5060 to 198.51.100.7:5080.
bool holds(const std::string& condition, std::string_view message = invite) {
  return sent("capture[x] { if (" + condition + ") { send_hep(\"a\"); } }", message) == "a";
}

}  // namespace

TEST_CASE("what is not sent is dropped") {
  CHECK(sent("capture[x] { }", invite).empty());
  CHECK(sent("capture[x] { clog(\"ERROR\", \"nothing\"); }", invite).empty());
  CHECK(sent("capture { send_hep(\"b\"); }", invite) == "b");
}

TEST_CASE("sends add up, and drop ends the plan") {
  CHECK(sent("capture[x] { send_hep(\"a\"); send_hep(\"c\"); drop; send_hep(\"b\"); }", invite) ==
        "ac");
  const std::string plan =
      "capture[x] { if (sip_is_method()) { send_hep(\"a\"); drop; } send_hep(\"b\"); break(); }";
  CHECK(sent(plan, invite) == "a");
  CHECK(sent(plan, busy) == "b");
}

TEST_CASE("a send is true, and only where it is come to") {
  CHECK(sent("capture[x] { if (!send_hep(\"a\")) { send_hep(\"b\"); } else send_hep(\"c\"); }",
             invite) == "ac");
  const std::string plan =
      "capture[x] { if (sip_is_method() && send_hep(\"a\") || send_hep(\"b\")) send_hep(\"c\"); }";
  CHECK(sent(plan, invite) == "ac");
  CHECK(sent(plan, busy) == "bc");
}

TEST_CASE("else is for all that if is not for") {
  const std::string plan =
      "capture[x] { if (sip_check(\"rmethod\", \"INVITE\")) {"
      "  if (sip_is_method()) { send_hep(\"a\"); } else { send_hep(\"b\"); }"
      "} else if (sip_is_method()) { send_hep(\"c\"); } }";
  CHECK(sent(plan, invite) == "a");
  CHECK(sent(plan, busy) == "b");
  CHECK(sent(plan, options) == "c");
}

TEST_CASE("operators bind as in captagent, and have words") {
  CHECK(holds("1 || 0 && 0"));
  CHECK(holds("not 0 and yes"));
  CHECK_FALSE(holds("!(1 or 0) | off & on"));
  CHECK(holds("!!sip_is_method() && !sip_has_sdp()"));
  CHECK_FALSE(holds("sip_is_method()", busy));
}

TEST_CASE("while asks once: no statement changes the answer") {
  CHECK(sent("capture[x] { while (1) { send_hep(\"a\"); } send_hep(\"b\"); }", invite) == "ab");
  CHECK(sent("capture[x] { while (!sip_is_method()) { send_hep(\"a\"); drop; } }", invite).empty());
}

TEST_CASE("drop ends its block, not the next one of the same messages") {
  const std::string plan =
      "capture[one] { if (sip_is_method()) { drop; } send_hep(\"a\"); drop; send_hep(\"c\"); }"
      "capture[two] { if (parse_sip()) { send_hep(\"b\"); drop; } send_hep(\"c\"); }";
  CHECK(sent(plan, invite) == "b");
  CHECK(sent(plan, busy) == "ab");
}

TEST_CASE("a block is asked about messages of the protocol whose functions it calls") {
  PlanRunner runner = runner_of(
      "capture[pcap] { if (!parse_sip()) { clog(\"ERROR\", \"no SIP\"); send_hep(\"c\"); } else { "
      "send_hep(\"a\"); } drop; }"
      "capture[pcap] { if (!is_rtcp_exist()) { clog(\"ERROR\", \"no call\"); } else { "
      "send_hep(\"b\"); } drop; }"
      "capture[reports] { send_hep(\"c\"); }");
  int logged = 0;
  runner.set_log([&](const PlanRule&, const PlanSubject&, std::string_view) { ++logged; });
  PlanMessage message(invite);
  CHECK(sent(runner, message.subject) == "a");
  message.subject.sip = nullptr;
  message.subject.kind = SubjectKind::rtcp;
  CHECK(sent(runner, message.subject) == "b");
  message.subject.kind = SubjectKind::report;
  CHECK(sent(runner, message.subject) == "c");
  CHECK(logged == 0);
  message.subject.kind = SubjectKind::rtcp;
  message.subject.call_id = {};
  CHECK(sent(runner, message.subject).empty());
  CHECK(logged == 1);
}

TEST_CASE("a block that calls functions of neither is for what its name says, or for all") {
  CHECK(sent("capture[sip_in] { send_hep(\"a\"); }", invite) == "a");
  CHECK(sent("capture['rtcp'] { send_hep(\"a\"); }", invite).empty());
  CHECK(sent("capture[report] { send_hep(\"a\"); }", invite).empty());
  CHECK(sent("capture[pcap] { send_hep(\"a\"); }", invite) == "a");
}

TEST_CASE("clog is a rule that logs its text") {
  PlanRunner runner = runner_of(
      "capture[x] { clog(\"ERROR\", \"first\"); clog(\"notice\", \"second\"); clog(\"INFO\", "
      "\"third\"); }");
  std::vector<std::string> told;
  std::vector<PlanLogLevel> levels;
  runner.set_log([&](const PlanRule& rule, const PlanSubject&, std::string_view) {
    told.push_back(rule.log_text);
    levels.push_back(rule.log_level);
  });
  CHECK(sent(runner, PlanMessage(invite).subject).empty());
  CHECK(told == std::vector<std::string>{"first", "second", "third"});
  CHECK(levels == std::vector{PlanLogLevel::error, PlanLogLevel::info, PlanLogLevel::debug});
}

TEST_CASE("functions ask what their names say") {
  const auto [condition, want] = GENERATE(table<std::string, bool>({
      {"msg_check(\"size\", \"" + std::to_string(invite.size() - 1) + "\")", true},
      {"msg_check(\"size\", \"" + std::to_string(invite.size()) + "\")", false},
      {R"(source_ip("192.0.2.1"))", true},
      {R"(source_ip("192.0.2.10"))", false},
      {R"(source_ip("198.51.100.7"))", false},
      {R"(msg_check("src_ip", "192.0."))", true},
      {R"(msg_check("source_ip", "192.0.3."))", false},
      {R"(msg_check("any_ip", "198.51.100.0/24"))", true},
      {R"(msg_check("dst_ip", "198.51.100.7"))", true},
      {R"(destination_ip("2001:db8::1"))", false},
      {R"(source_port("5060") && destination_port("5080"))", true},
      {R"(msg_check("dst_port_gt", "5080"))", true},
      {R"(msg_check("dst_port_lt", "5079"))", false},
      {R"(sip_check("method", "INVITE"))", true},
      {R"(sip_check("method", "OPTIONS"))", false},
      {R"(header_check("x-tenant", "gre"))", true},
      {R"(header_check("X-Tenant", "reen"))", false},
      {R"(header_check("X-Tenant", "Gre"))", false},
      {R"(header_check("X-Tenant", "gre."))", false},
      {R"(is_flag_set("1", "0"))", true},
      {R"(is_flag_set("1", "1"))", false},
      {"parse_tls() && tzsp_payload_extract()", true},
      {"parse_isup_to_json() || parse_diameter_to_json()", false},
  }));
  CAPTURE(condition);
  CHECK(holds(condition) == want);
}

TEST_CASE("responses are compared by their status") {
  CHECK(holds("sip_check(\"response\", \"486\")", busy));
  CHECK(holds("sip_check(\"response_gt\", \"400\")", busy));
  CHECK(holds("sip_check(\"response_lt\", \"499\")", busy));
  CHECK_FALSE(holds("sip_check(\"response_lt\", \"485\")", busy));
  CHECK_FALSE(holds("sip_check(\"response_lt\", \"485\")", invite));
}

TEST_CASE("users are compared at their ends") {
  constexpr std::string_view call =
      "INVITE sip:b@example.com SIP/2.0\r\nCall-ID: x\r\nFrom: <sip:+4930123@example.com>;tag=1\r\n"
      "To: <sip:112@example.com>\r\nUser-Agent: phone 7\r\n\r\n";
  CHECK(
      holds("sip_check(\"from_user_prefix\", \"+49\") && sip_check(\"from_user_suffix\", \"123\")",
            call));
  CHECK(holds("sip_check(\"to_user_prefix\", \"11\") && sip_check(\"to_user_suffix\", \"12\")",
              call));
  CHECK(holds(
      "sip_check(\"user_agent_prefix\", \"phone\") && header_check(\"useragent\", \"phone 7\")",
      call));
  CHECK_FALSE(
      holds("sip_check(\"to_user_suffix\", \"11\") || sip_check(\"user_agent_suffix\", \"phone\")",
            call));
}

TEST_CASE("what does less than in captagent is noted, where it stands") {
  const CaptagentPlan plan = read_captagent_plan(
      "capture[x] {\n if (parse_isup_to_json()) { send_reply(\"503\", \"no\"); }\n while (1) "
      "drop;\n}",
      collectors);
  REQUIRE(plan.notes.size() == 3);
  CHECK(plan.notes[0].text == "parse_isup_to_json(): heptap has no ISUP; this is never true");
  CHECK(plan.notes[1].at.line == 2);
  CHECK(plan.notes[2].at.line == 3);
  CHECK(plan.notes[2].text == "while: nothing changes what it asks; this is if");
}

TEST_CASE("rules are named for their place, and there is none where nothing comes") {
  const CaptagentPlan plan = read_captagent_plan(
      "capture[x] {\n  if(!send_hep(\"a\")) {\n    clog(\"ERROR\", \"failed\");\n  }\n  drop;\n}",
      collectors);
  REQUIRE(plan.rules.rules.size() == 1);
  CHECK(plan.rules.rules[0].name == "send_hep:2:7");
}

TEST_CASE("blocks that drop again and again do not double what follows") {
  std::string drops;
  for (int i = 0; i < 100; ++i)
    drops += "if (source_port(\"" + std::to_string(i + 1) + "\")) { drop; }";
  const std::string plan =
      "capture[a] {" + drops + "send_hep(\"a\"); } capture[b] { send_hep(\"b\"); }";
  CHECK(sent(plan, invite) == "ab");
}

}  // namespace heptap
