#include "agent/calls/call_reuse.hpp"

#include <catch2/catch.hpp>
#include <vector>

#include "tests/support/tracked_call.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

using Messages = std::vector<CallMessage>;

CallMessage invite(std::int64_t ms, const std::string& branch = "z9hG4bKi", std::uint32_t cseq = 1,
                   const std::string& from_tag = "a") {
  return {.time_ms = ms, .method = "INVITE", .cseq = cseq, .branch = branch, .from_tag = from_tag};
}

CallMessage reply(CallMessage request, int status, std::int64_t ms) {
  request.time_ms = ms;
  request.from_caller = !request.from_caller;
  request.status = status;
  if (status != 100) request.to_tag = "b";
  return request;
}

CallMessage ack(std::int64_t ms, const std::string& branch = "z9hG4bKack") {
  return {.time_ms = ms, .method = "ACK", .branch = branch, .to_tag = "b"};
}

CallMessage bye(std::int64_t ms) {
  return {.time_ms = ms, .method = "BYE", .cseq = 2, .branch = "z9hG4bKbye", .to_tag = "b"};
}

CallMessage cancel(std::int64_t ms) {
  return {.time_ms = ms, .method = "CANCEL", .branch = "z9hG4bKi"};
}

const Messages answered{invite(0), reply(invite(0), 180, 100), reply(invite(0), 200, 1000),
                        ack(1020)};

Messages with(Messages all, const Messages& more) {
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

const Messages ended = with(answered, {bye(5000), reply(bye(0), 200, 5040)});
const Messages busy{invite(0), reply(invite(0), 486, 500), ack(510, "z9hG4bKi")};
const Messages challenged{invite(0), reply(invite(0), 407, 30), ack(35, "z9hG4bKi")};

CallMessage update(std::int64_t ms, const std::string& headers = {}) {
  CallMessage refresh{.time_ms = ms, .method = "UPDATE", .cseq = 7, .branch = "z9hG4bKu"};
  refresh.to_tag = "b";
  refresh.headers = headers;
  return refresh;
}

const Messages refreshed{update(0), reply(update(0, "Session-Expires: 1800\r\n"), 200, 20)};

CallMessage at_hop(CallMessage message, std::uint8_t hop, int vias) {
  message.hop = hop;
  message.vias = vias;
  return message;
}

CallMessage in_dialog(CallMessage message) {
  message.to_tag = "b";
  return message;
}

struct Row {
  const char* why;
  Messages before;
  CallMessage next;
};

}  // namespace

TEST_CASE("an INVITE after the end of a call begins another one") {
  const auto row = GENERATE(values<Row>({
      {"another From tag", ended, invite(6000, "z9hG4bKj", 1, "c")},
      {"the same From tag, and a later CSeq", ended, invite(6000, "z9hG4bKj", 3)},
      {"the same From tag and CSeq", ended, invite(6000, "z9hG4bKj")},
      {"all the same, when it can be no retransmission", ended, invite(37'100)},
      {"tried again by the user who was told busy", busy, invite(1000, "z9hG4bKj", 2)},
      {"the same, by another From tag", busy, invite(1000, "z9hG4bKj", 1, "c")},
      {"after a failure whose ACK has a branch of its own",
       {invite(0), reply(invite(0), 180, 100), reply(invite(0), 486, 500), ack(510)},
       invite(2600, "z9hG4bKj", 2)},
      {"after a CANCEL",
       {invite(0), reply(invite(0), 180, 100), cancel(2000), reply(cancel(0), 200, 2010),
        reply(invite(0), 487, 2020)},
       invite(2100, "z9hG4bKj", 2)},
      {"after a challenge that nobody met in time", challenged, invite(32'100, "z9hG4bKj", 2)},
      {"after nobody answered",
       {invite(0), invite(500), invite(1500)},
       invite(33'000, "z9hG4bKj", 1, "c")},
      {"after a BYE that nobody answered", with(answered, {bye(5000)}),
       invite(37'100, "z9hG4bKj", 1, "c")},
      {"after a call of which only the end was seen",
       {bye(0), reply(bye(0), 200, 30)},
       invite(1000, "z9hG4bKj", 1, "c")},
      {"after a failure that nothing came before, whose ACK has a branch of its own",
       {invite(0), reply(invite(0), 486, 500), ack(510)},
       invite(2600, "z9hG4bKj", 2)},
      {"after the end of a call of which an UPDATE was seen first",
       with(refreshed, {bye(5000), reply(bye(0), 200, 5030)}), invite(6000, "z9hG4bKj", 1, "c")},
      {"after the session timer that an UPDATE began", refreshed,
       invite(1'800'020 + 32'100, "z9hG4bKj", 1, "c")},
  }));
  CAPTURE(row.why);
  TrackedCall call;
  for (const CallMessage& message : row.before) call.feed(message);
  CHECK(call.begins_another(row.next));
}

TEST_CASE("what may still be of the call begins no other one") {
  const auto row = GENERATE(values<Row>({
      {"a retransmission", {invite(0), reply(invite(0), 100, 10)}, invite(500)},
      {"a retransmission that was long on the way", ended, invite(6000)},
      {"another hop", {invite(0)}, at_hop(invite(5, "z9hG4bKj"), 2, 2)},
      {"another From tag while the call rings",
       {invite(0), reply(invite(0), 180, 100)},
       invite(2000, "z9hG4bKj", 1, "c")},
      {"another From tag while the call is up", answered, invite(60'000, "z9hG4bKj", 1, "c")},
      {"another From tag while a call is up of which only an UPDATE was seen",
       {update(0), reply(update(0), 200, 20)},
       invite(60'000, "z9hG4bKj", 1, "c")},
      {"the same, whose session timer runs", refreshed, invite(1'800'000, "z9hG4bKj", 1, "c")},
      {"the same, whose UPDATE nobody answered yet", {update(0)}, invite(100, "z9hG4bKj", 1, "c")},
      {"credentials for a challenge", challenged, invite(60, "z9hG4bKj", 2)},
      {"credentials that took the user 31 s", challenged, invite(31'000, "z9hG4bKj", 2)},
      {"a redirection that is followed",
       {invite(0), reply(invite(0), 302, 50)},
       invite(80, "z9hG4bKj", 2)},
      {"the next target of a proxy", busy, at_hop(invite(600, "z9hG4bKj"), 3, 1)},
      {"a failure that the caller mends at once",
       {invite(0), reply(invite(0), 488, 50)},
       invite(100, "z9hG4bKj", 2)},
      {"the other target of a fork, which still rings",
       {invite(0), at_hop(invite(5, "z9hG4bKj"), 3, 2), reply(invite(0), 486, 500)},
       invite(3000, "z9hG4bKk", 2)},
      {"a 2xx that crossed the CANCEL",
       {invite(0), cancel(900), reply(invite(0), 200, 910), reply(cancel(0), 200, 920)},
       invite(2000, "z9hG4bKj", 2)},
      {"an INVITE of the dialog", answered, in_dialog(invite(6000, "z9hG4bKj", 2))},
      {"an INVITE of a dialog that is gone", ended, in_dialog(invite(6000, "z9hG4bKj", 3))},
      {"a late response", ended, reply(invite(0), 200, 6000)},
      {"what was sent before the end, and comes late", ended, invite(4000, "z9hG4bKj", 1, "c")},
      {"the first session of a Call-ID",
       {{.time_ms = 0, .method = "OPTIONS", .branch = "z9hG4bKo"},
        reply({.method = "OPTIONS", .branch = "z9hG4bKo"}, 200, 10)},
       invite(1000, "z9hG4bKj", 2)},
  }));
  CAPTURE(row.why);
  TrackedCall call;
  for (const CallMessage& message : row.before) call.feed(message);
  CHECK_FALSE(call.begins_another(row.next));
}
