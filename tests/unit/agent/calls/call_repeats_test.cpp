#include "agent/calls/call_repeats.hpp"

#include <catch2/catch.hpp>

#include "tests/support/tracked_call.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

CallMessage request(std::int64_t ms, const std::string& method, const std::string& branch) {
  return {.time_ms = ms, .method = method, .branch = "z9hG4bK" + branch};
}

CallMessage response(std::int64_t ms, int status, const std::string& method,
                     const std::string& branch, const std::string& to_tag = "t1") {
  CallMessage out = request(ms, method, branch);
  out.from_caller = false;
  out.status = status;
  out.to_tag = to_tag;
  return out;
}

CallMessage in_dialog(std::int64_t ms, const std::string& method, const std::string& branch) {
  CallMessage out = request(ms, method, branch);
  out.to_tag = "t1";
  out.cseq = method == "ACK" ? 1 : 2;
  return out;
}

std::string state_of(const CallStanding& standing) {
  return standing.phase ? std::string{to_string(*standing.phase)} : "";
}

}  // namespace

TEST_CASE("before each message, a call is what those before have made it") {
  struct Step {
    CallMessage message;
    const char* before;
  };
  CallMessage bye_ok = response(5050, 200, "BYE", "b3");
  bye_ok.cseq = 2;
  const std::vector<Step> steps{{request(0, "INVITE", "b1"), "idle"},
                                {response(50, 100, "INVITE", "b1", ""), "calling"},
                                {response(100, 180, "INVITE", "b1"), "trying"},
                                {response(1000, 200, "INVITE", "b1"), "progress"},
                                {in_dialog(1040, "ACK", "b2"), "answered"},
                                {in_dialog(5000, "BYE", "b3"), "confirmed"},
                                {bye_ok, "ending"},
                                {in_dialog(6000, "OPTIONS", "b4"), "ended"}};
  TrackedCall call;
  for (const Step& step : steps) {
    CAPTURE(step.message.time_ms);
    const CallStanding standing = call.standing(step.message);
    CHECK(state_of(standing) == step.before);
    CHECK_FALSE(standing.is_retransmission);
    call.feed(step.message);
  }
}

TEST_CASE("what times out before a message comes has timed out") {
  TrackedCall call;
  call.feed(request(0, "INVITE", "b1"));
  CHECK(state_of(call.standing(response(40'000, 200, "INVITE", "b1"))) == "timeout");
}

TEST_CASE("an INVITE that begins another call knows nothing of the one before") {
  TrackedCall call;
  call.feed(request(0, "INVITE", "b1"));
  call.feed(response(500, 603, "INVITE", "b1"));
  CallMessage next = request(3000, "INVITE", "b2");
  next.from_tag = "c";
  CHECK(state_of(call.standing(next)).empty());
}

TEST_CASE("a request or final response that was here before is a retransmission") {
  struct Row {
    const char* why;
    CallMessage message;
    bool is_retransmission;
  };
  CallMessage elsewhere = request(500, "INVITE", "b1");
  elsewhere.hop = 1;
  CallMessage shown_twice = request(1, "INVITE", "b1");
  CallMessage other_packet = request(1, "INVITE", "b1");
  shown_twice.ip_identification = 7;
  other_packet.ip_identification = 8;
  const auto row = GENERATE_COPY(values<Row>({
      {"the INVITE, after T1", request(500, "INVITE", "b1"), true},
      {"the same packet", shown_twice, false},
      {"another packet at once", other_packet, true},
      {"the same at another place", elsewhere, false},
      {"another transaction", request(500, "INVITE", "b2"), false},
      {"a CANCEL with its branch", request(500, "CANCEL", "b1"), false},
      {"the provisional response", response(700, 180, "INVITE", "b1"), false},
      {"the final response", response(1500, 486, "INVITE", "b1"), true},
      {"the final response, shown twice", response(1001, 486, "INVITE", "b1"), false},
      {"another final response", response(1500, 603, "INVITE", "b1"), false},
  }));
  CAPTURE(row.why);
  TrackedCall call;
  CallMessage invite = request(0, "INVITE", "b1");
  invite.ip_identification = 7;
  call.feed(invite);
  call.feed(response(100, 180, "INVITE", "b1"));
  if (row.message.status != 180 && row.message.status != 0) {
    call.feed(response(1000, 486, "INVITE", "b1"));
  }
  CHECK(call.standing(row.message).is_retransmission == row.is_retransmission);
}

TEST_CASE("a request that comes behind its response was not here before") {
  TrackedCall call;
  call.feed(response(0, 200, "OPTIONS", "b1"));
  CHECK_FALSE(call.standing(request(40, "OPTIONS", "b1")).is_retransmission);
}

TEST_CASE("of a fork, each answer is retransmitted by itself, and no ACK ever is") {
  TrackedCall call;
  call.feed(request(0, "INVITE", "b1"));
  call.feed(response(1000, 200, "INVITE", "b1", "t1"));
  CHECK_FALSE(call.standing(response(1100, 200, "INVITE", "b1", "t2")).is_retransmission);
  CHECK(call.standing(response(1500, 200, "INVITE", "b1", "t1")).is_retransmission);
  call.feed(in_dialog(1600, "ACK", "b2"));
  CHECK_FALSE(call.standing(in_dialog(1700, "ACK", "b2")).is_retransmission);
}

TEST_CASE("what comes again over TCP was not sent again by a timer") {
  const auto protocol = GENERATE(ip_protocol_udp, ip_protocol_tcp);
  TrackedCall call;
  const CallMessage invite = request(0, "INVITE", "b1");
  call.feed(invite);
  const std::string text = text_of(invite);
  SipView sip;
  REQUIRE(parse_sip(as_bytes(text), sip) == Errc::none);
  Packet packet = packet_of(invite);
  packet.ip_protocol = protocol;
  const CallMessageView message = read_call_message(sip, packet, 500'000, 7);
  Transaction transaction = call.state.transactions.front();
  transaction.pair = message.pair;
  CHECK(is_retransmission(call.state, transaction, message) == (protocol == ip_protocol_udp));
}
