#include "agent/report/call_json_shape.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "agent/report/call_json.hpp"
#include "tests/support/reported_call.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

std::string written(const CallFacts& facts) {
  std::vector<std::uint8_t> room(max_call_json_bytes);
  hep::JsonText text(room);
  append_call(text, facts);
  REQUIRE(text.ok());
  return std::string(as_text(Bytes(room).first(text.size())));
}

/// objects   each in the one before, in that of the call
std::string nested(int objects) {
  std::string json;
  for (int i = 0; i < objects; ++i) json += i == 0 ? R"(,"a":{)" : R"("a":{)";
  return json.append(static_cast<std::size_t>(objects) + 1, '}');
}

const std::string parties = R"({"call_id":"a","from":"b@h","to":"c@h","source":"192.0.2.1:5060")";

}  // namespace

TEST_CASE("the report of a call has the shape that it is known by, and no part of it has") {
  const ReportedCall known;
  const std::string json = written(known.facts());
  CHECK(is_call_json(json));
  for (std::size_t size = 0; size < json.size(); ++size) {
    CHECK_FALSE(is_call_json(std::string_view(json).substr(0, size)));
  }
  CHECK_FALSE(is_call_json(json + "x"));
  CHECK_FALSE(is_call_json(" " + json));
}

TEST_CASE("the report of a call whose names need escapes has that shape") {
  ReportedCall known;
  known.details.from = "a\"\\\x01@h";
  CHECK(is_call_json(written(known.facts())));
}

TEST_CASE("what may have a text that nobody knows is no report of a call") {
  CHECK(
      is_call_json(parties + R"(,"line":1,"a":{"b":[{"mos":1.5e-3,"at":null}]},"is_open":true})"));
  CHECK(is_call_json(parties + R"(,"methods":["INVITE","BYE"],"state":"ended"})"));
  CHECK(is_call_json(parties + R"(,"mos_min_at":"1:05","mos_average_samples_B":2})"));
  CHECK_FALSE(is_call_json(parties + R"(,"note":"b said"})"));
  CHECK_FALSE(is_call_json(parties + R"(,"note":["b"]})"));
  CHECK_FALSE(is_call_json(parties + R"(,"number":"4930123"})"));
  CHECK_FALSE(is_call_json(parties + R"(,"fr\u006fm":"caller"})"));
  CHECK_FALSE(is_call_json(parties + R"(, "line":1})"));
  CHECK_FALSE(is_call_json(parties + R"(,"codec":"1})"));
  CHECK_FALSE(is_call_json(parties + R"(,"codec":"1\"})"));
  CHECK_FALSE(is_call_json(parties + R"(,"from":"from":"caller"})"));
  CHECK_FALSE(is_call_json(parties + R"(,"digit"+:"7"})"));
  CHECK_FALSE(is_call_json(parties + R"(,"state":"ended""from"})"));
  CHECK_FALSE(is_call_json(parties + R"(,"line":})"));
  CHECK_FALSE(is_call_json(parties + R"(,"line":[1})"));
  CHECK(is_call_json(parties + nested(7)));
  CHECK_FALSE(is_call_json(parties + nested(8)));
  CHECK_FALSE(is_call_json(parties));
  CHECK_FALSE(is_call_json(parties + "}}"));
  CHECK_FALSE(is_call_json("{}"));
  CHECK_FALSE(is_call_json("b called c"));
  CHECK_FALSE(is_call_json(R"({"from":"b@h","call_id":"a","to":"c@h","source":"192.0.2.1:5060"})"));
}

TEST_CASE("a text is known by its member, and nobody else has it") {
  struct Row {
    const char* members;
    bool want;
  };
  const Row row = GENERATE(values<Row>({
      {R"("state":"ack_timeout")", true},
      {R"("state":"alicesecret")", false},
      {R"("state":"INVITE")", false},
      {R"("state":["ended"])", false},
      {R"("from":"callee")", true},
      {R"("from":"alicesecret")", false},
      {R"("from":["alicesecret@h"])", false},
      {R"("from":["caller"])", false},
      {R"("to":"c@h")", false},
      {R"("call_id":"alicesecret")", false},
      {R"("alicesecret":1)", false},
      {R"("mos_min_alicesecret":1)", false},
      {R"("mos_min_at_A":"1:05")", true},
      {R"("mos_min":"alicesecret")", false},
      {R"("methods":["alicesecret"])", false},
      {R"("methods":[["INVITE"]])", false},
      {R"("line":[4,9,3,0])", false},
      {R"("line":"1:05")", false},
      {R"("line":ursula)", false},
      {R"("line":-)", false},
      {R"("line":-1.5)", true},
      {R"("event":"media_rejected")", true},
      {R"("event":"dtmf","digit":"#")", true},
      {R"("digit":"602214")", false},
      {R"("media":"audio","scale":"WB","rtt_band":"good","mos":"very_bad")", true},
      {R"("reporter":"0x0000cafe")", true},
      {R"("reporter":"0xalicesec")", false},
      {R"("destination":"[2001:db8::1]:5060")", true},
      {R"("destination":"alicesecret:5060")", false},
      {R"("codec":"telephone-event")", true},
      {R"("codec":"\" has 23 characters, so")", true},
      {R"("codec":"\" has 24 characters, too")", false},
  }));
  CAPTURE(row.members);
  CHECK(is_call_json(parties + "," + row.members + "}") == row.want);
}
