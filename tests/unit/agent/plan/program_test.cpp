#include "agent/plan/program.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/support/allocation_counter.hpp"
#include "tests/unit/agent/plan/messages.hpp"

namespace heptap {
namespace {

using test::busy;
using test::invite;
using test::PlanMessage;

/// Which of several conditions hold for a message.
std::vector<std::uint32_t> matches(const std::vector<std::string>& texts,
                                   const PlanSubject& subject) {
  std::vector<Condition> conditions;
  for (const std::string& text : texts) conditions.push_back(parse_condition(text));
  std::vector<FieldRef> fields;
  const Program program(conditions, subject.kind, fields);
  FieldCache cache(fields.size());
  cache.begin(subject);
  std::vector<std::uint32_t> out;
  for (std::uint32_t at = program.next_match(fields, cache, 0); at != Program::none;
       at = program.next_match(fields, cache, at + 1)) {
    out.push_back(at);
  }
  return out;
}

bool holds(const std::string& text, const PlanSubject& subject) {
  return !matches({text}, subject).empty();
}

}  // namespace

TEST_CASE("an expression of many steps looks at the beginning of a text that is made for it") {
  const std::string hostile = std::string(invite) + std::string(60'000, 'a');
  const PlanMessage message(hostile);
  CHECK(holds(R"(frame ~ "a{20}$")", message.subject));
  CHECK_FALSE(holds(R"(frame ~ "a{200}$")", message.subject));  // where it stops looking is no end
  const std::string marked = std::string(invite) + std::string(1000, 'x') + "mark";
  const PlanMessage near(marked);
  CHECK(holds(R"(frame ~ "x.{400}y|mark")", near.subject));
  const std::string far_marked = std::string(invite) + std::string(50'000, 'x') + "mark";
  const PlanMessage far(far_marked);
  CHECK_FALSE(holds(R"(frame ~ "x.{400}y|mark")", far.subject));
  CHECK(holds(R"(frame ~ "x.{10}y|mark")", far.subject));
}

TEST_CASE("a condition holds as in Wireshark") {
  const PlanMessage message(invite);
  const auto row = GENERATE(values<std::pair<std::string, bool>>({
      {"sip", true},
      {"sip.Method", true},
      {"sip.Status-Code", false},
      {"sip.Status-Code != 200", false},
      {"!sip.Status-Code", true},
      {"not sip.Status-Code == 200", true},
      {"sip.Method == INVITE", true},
      {"sip.Method == \"invite\"", false},
      {"sip.Method matches \"^invite$\"", true},
      {"sip.Method matches \"(?-i)invite\"", false},
      {"sip.Method == \"\\x49NVITE\"", true},
      {"sip.Method >= \"A\" and sip.Method lt \"J\"", true},
      {"sip.Method in {\"BYE\", \"INVITE\"}", true},
      {"sip.Method not in {BYE, OPTIONS}", true},
      {"udp.port == 5080", true},
      {"udp.port != 5080", false},
      {"udp.port !== 5080", true},
      {"any udp.port != 5080", true},
      {"all udp.port > 5000", true},
      {"all udp.port > 5060", false},
      {"udp.port === 5060", false},
      {"udp.port in {1..10, 5079..5081}", true},
      {"all udp.port in {5060, 5080}", false},
      {"all udp.port in {1, 5060..5080}", true},
      {"udp.srcport == 0x13c4", true},
      {"tcp.port", false},
      {"ip.addr == 192.0.2.0/24", true},
      {"ip.src == 198.51.100.0/24", false},
      {"ip.dst in {198.51.100.1 .. 198.51.100.9}", true},
      {"ip.addr == 192.0.2.1 and not ip.addr == 198.51.100.7", false},
      {"ip.src == ip.dst", false},
      {"udp.srcport < udp.dstport", true},
      {"sip.Method == sip.CSeq.method", true},
      {"ipv6", false},
      {"sip contains \"314159\"", true},
      {"sip.Via contains sip.Via.branch", true},
      {"sip.Via contains sip.Method", false},
      {"sip.Via contains sip.from.tag", false},
      {"sip.Method contains \"\"", false},
      {"udp.port ~= 5080", true},
      {"sip contains 49:4e:56", true},
      {"sip contains 494e56", true},
      {"sip contains 49:4e:57", false},
      {"sip contains \"49:4e:56\"", false},
      {"sip contains 'V'", true},
      {"sip.X-Tenant == \"blue\"", true},
      {"tcp or sip.Method == INVITE && udp", true},
      {"(tcp or sip) and tcp", false},
  }));
  CAPTURE(row.first);
  CHECK(holds(row.first, message.subject) == row.second);
}

TEST_CASE("a response has no method, and a CSeq that says which request it is for") {
  const PlanMessage message(busy);
  CHECK(holds("sip.CSeq.method == INVITE and sip.Status-Code >= 400", message.subject));
  CHECK_FALSE(holds("sip.Method", message.subject));
  CHECK(holds("not sip.Method == INVITE", message.subject));
}

TEST_CASE("each condition is asked, from any one on") {
  const PlanMessage message(invite);
  const std::vector<std::string> texts{"sip.Status-Code == 200", "sip.Method == INVITE",
                                       "udp.port == 1", "sip", "tcp"};
  CHECK(matches(texts, message.subject) == std::vector<std::uint32_t>{1, 3});
}

TEST_CASE("what a kind of message never has costs it nothing") {
  const std::vector<Condition> conditions{parse_condition("sip.Status-Code == 200"),
                                          parse_condition("sip.Call-ID or sip.Status-Code")};
  std::vector<FieldRef> fields;
  const Program program(conditions, SubjectKind::sip_request, fields);
  CHECK(fields.size() == 1);
  std::vector<FieldRef> of_rtcp;
  const Program other(conditions, SubjectKind::rtcp, of_rtcp);
  CHECK(of_rtcp.empty());
}

TEST_CASE("running conditions allocates nothing") {
  const PlanMessage message(invite);
  const std::vector<Condition> conditions{parse_condition("sip.Method matches \"^bye\""),
                                          parse_condition("sip.X-Tenant == \"red\""),
                                          parse_condition("ip.addr == 192.0.2.0/24")};
  std::vector<FieldRef> fields;
  const Program program(conditions, SubjectKind::sip_request, fields);
  FieldCache cache(fields.size());
  cache.begin(message.subject);
  static_cast<void>(program.next_match(fields, cache, 0));
  const test::AllocationCounter counter;
  for (int i = 0; i < 10; ++i) {
    cache.begin(message.subject);
    CHECK(program.next_match(fields, cache, 0) == 2);
  }
  CHECK(counter.count() == 0);
}

}  // namespace heptap
