#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "agent/plan/field.hpp"
#include "agent/plan/program.hpp"
#include "tests/unit/agent/plan/messages.hpp"

namespace heptap {
namespace {

bool holds(const char* text, const PlanSubject& message) {
  std::vector<FieldRef> fields;
  const std::vector<Condition> conditions{parse_condition(text)};
  const Program program(conditions, message.kind, fields);
  FieldCache cache(fields.size());
  cache.begin(message);
  return program.next_match(fields, cache, 0) == 0;
}

}  // namespace

TEST_CASE("a message has a length, and the Call-ID of its call") {
  const test::PlanMessage message(test::invite);
  const std::string length = std::to_string(test::invite.size());
  CHECK(holds(("heptap.len == " + length).c_str(), message.subject));
  CHECK(holds("heptap.call_id == \"a84b4c76e66710\"", message.subject));
  CHECK_FALSE(holds("rtcp or heptap.report", message.subject));
}

TEST_CASE("a message has the addresses of its Ethernet header, where it has one") {
  test::PlanMessage message(test::invite);
  const auto* const text = GENERATE(
      "eth and eth.type == 0x8100", "eth.dst == 02:00:5e:10:00:01", "eth.src == 02-00-5E-10-00-ff",
      "eth.src == 0200.5e10.00ff", "eth.dst == 02005e100001", "eth.addr == 02:00:5e:10:00:ff",
      "eth.dst < eth.src", "eth.src != 02:00:5e:10:00:01", "eth.src > 02:00:5e:10:00:7f",
      "eth.src in {02:00:5e:10:00:02..02:00:5e:ff:ff:ff}",
      "eth.dst in {02:00:5e:10:00:07, 02:00:5e:10:00:01}", "eth.src contains 5e:10",
      "eth.src matches r\"\\x10\\x00\\xff$\"", "all eth.addr contains 02:00:5e");
  CAPTURE(text);
  CHECK_FALSE(holds(text, message.subject));
  message.packet.ethernet = {{2, 0, 0x5e, 0x10, 0, 1, 2, 0, 0x5e, 0x10, 0, 0xff, 0x81, 0}};
  CHECK(holds(text, message.subject));
}

TEST_CASE("what passes is inbound, outbound, internal or external by the networks that are ours") {
  test::PlanMessage message(test::invite);  // from 192.0.2.1 to 198.51.100.7
  CHECK(holds("not heptap.direction", message.subject));
  struct Row {
    const char* local;
    const char* direction;
  };
  const auto row = GENERATE(values<Row>({{"198.51.100.0/24", "inbound"},
                                         {"2001:db8::/32, 192.0.2.1", "outbound"},
                                         {"192.0.2.0/25, 198.51.100.4/30", "internal"},
                                         {"::/0, 192.0.2.2, 198.51.100.8/29", "external"}}));
  CAPTURE(row.local);
  AddressPrefixes local;
  REQUIRE(parse_prefixes(row.local, local).empty());
  message.subject.local = &local;
  const std::string is_so = "heptap.direction == \"" + std::string(row.direction) + "\"";
  CHECK(holds(is_so.c_str(), message.subject));
}

TEST_CASE("what is known of the call of a message is there, or nothing is") {
  test::PlanMessage message(test::invite);
  CHECK(holds("not heptap.call_state and not heptap.retransmission", message.subject));
  message.subject.call_state = "confirmed";
  message.subject.is_retransmission = true;
  CHECK(holds("heptap.call_state == \"confirmed\" and heptap.retransmission", message.subject));
}

TEST_CASE("RTCP and reports can be told apart, and may be of no call") {
  test::PlanMessage message(test::invite);
  message.subject.sip = nullptr;
  message.subject.call_id = {};
  message.subject.kind = SubjectKind::rtcp;
  CHECK(holds("rtcp and not heptap.report and not sip", message.subject));
  CHECK(holds("not heptap.call_id", message.subject));
  message.subject.kind = SubjectKind::report;
  CHECK(holds("heptap.report and not rtcp", message.subject));
}

}  // namespace heptap
