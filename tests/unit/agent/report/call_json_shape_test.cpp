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
  CHECK(is_call_json(parties + R"(,"a":1,"b":{"x":[1.5e-3,true,null]},"c":"1:05"})"));
  CHECK(is_call_json(parties + R"(,"methods":["INVITE","BYE"],"state":"ended"})"));
  CHECK_FALSE(is_call_json(parties + R"(,"note":"b said"})"));
  CHECK_FALSE(is_call_json(parties + R"(,"note":["b"]})"));
  CHECK_FALSE(is_call_json(parties + R"(,"number":"4930123"})"));
  CHECK_FALSE(is_call_json(parties + R"(,"fr\u006fm":"b"})"));
  CHECK_FALSE(is_call_json(parties + R"(, "a":1})"));
  CHECK_FALSE(is_call_json(parties + R"(,"a":"1})"));
  CHECK_FALSE(is_call_json(parties + R"(,"a":"1\"})"));
  CHECK_FALSE(is_call_json(parties + R"(,"from":"from":"b@h"})"));
  CHECK_FALSE(is_call_json(parties + R"(,"digit"+:"7"})"));
  CHECK_FALSE(is_call_json(parties + R"(,"state":"a""from"})"));
  CHECK_FALSE(is_call_json(parties + R"(,"a":})"));
  CHECK_FALSE(is_call_json(parties + R"(,"a":[1})"));
  CHECK_FALSE(is_call_json(parties + ",\"a\":" + std::string(9, '[') + std::string(9, ']') + "}"));
  CHECK_FALSE(is_call_json(parties));
  CHECK_FALSE(is_call_json(parties + "}}"));
  CHECK_FALSE(is_call_json("{}"));
  CHECK_FALSE(is_call_json("b called c"));
  CHECK_FALSE(is_call_json(R"({"from":"b@h","call_id":"a","to":"c@h","source":"192.0.2.1:5060"})"));
}
