#include "agent/report/sip_json.hpp"

#include <array>
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <string>

#include "tests/support/sip_text.hpp"

using namespace heptap;

namespace {

const std::string from = "From: Alice <sip:alice@example.com>;tag=a";

std::string sip_of(const std::string& text) {
  std::array<std::uint8_t, 32'768> room;
  hep::JsonText json(room);
  json.begin_object();
  append_sip(json, as_bytes(text));
  json.end_object();
  REQUIRE(json.ok());
  const auto all = boost::json::parse(as_text(Bytes(room).first(json.size())));
  return boost::json::serialize(all.at("sip"));
}

/// A request with another From.
std::string request_from(const std::string& line) {
  std::string text = test::request("INVITE");
  return text.replace(text.find(from), from.size(), line);
}

std::string offer(const std::string& sdp) {
  std::string text = test::request("INVITE", "one@a", sdp);
  return text.insert(text.find("Content-Length"), "Content-Type: application/sdp\r\n");
}

/// A body that is too long for its length is odd: libosip2 reads the message, and finds the same in it.
std::string made_odd(const std::string& text) { return text + "more"; }

}  // namespace

TEST_CASE("what SIP says is told, and of what is odd libosip2 finds the same") {
  struct Row {
    std::string text;
    std::string want;
  };
  const std::string session =
      "v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\n";
  const auto row = GENERATE_COPY(values<Row>(
      {{test::request("INVITE"),
        R"({"valid":true,"method":"INVITE","call_id":"one@a","cseq":"1 INVITE",)"
        R"("from":{"display_name":"Alice","user":"alice","host":"example.com","tag":"a"},)"
        R"("to":{"user":"bob","host":"example.com"}})"},
       {test::response(486, "INVITE", "no-host"),
        R"({"valid":true,"status":486,"reason":"Reason","call_id":"no-host","cseq":"1 INVITE",)"
        R"("from":{"display_name":"Alice","user":"alice","host":"example.com","tag":"a"},)"
        R"("to":{"user":"bob","host":"example.com","tag":"b"}})"},
       {request_from(R"(f: "A \"<B>, C" <sips:[2001:db8::1]:5061;x=y>;z;tag=t)"),
        R"({"valid":true,"method":"INVITE","call_id":"one@a","cseq":"1 INVITE",)"
        R"("from":{"display_name":"A \\\"<B>, C","host":"2001:db8::1","tag":"t"},)"
        R"("to":{"user":"bob","host":"example.com"}})"},
       {offer(session +
              "m=audio 40000 RTP/AVP 0\r\nm=video 0 RTP/SAVPF 96\r\nc=IN IP6 2001:db8::1\r\n"),
        R"({"valid":true,"method":"INVITE","call_id":"one@a","cseq":"1 INVITE",)"
        R"("from":{"display_name":"Alice","user":"alice","host":"example.com","tag":"a"},)"
        R"("to":{"user":"bob","host":"example.com"},)"
        R"("media":[{"type":"audio","address":"192.0.2.10","port":"40000","proto":"RTP/AVP"},)"
        R"({"type":"video","address":"2001:db8::1","port":"0","proto":"RTP/SAVPF"}]})"}}));
  CAPTURE(row.text);
  CHECK(sip_of(row.text) == row.want);
  CHECK(sip_of(made_odd(row.text)) == row.want);
}

TEST_CASE("what is odd is read as libosip2 reads it") {
  struct Row {
    const char* why;
    std::string text;
    std::string want;
  };
  const std::string start =
      R"({"valid":true,"method":"INVITE","call_id":"one@a","cseq":"1 INVITE",)";
  const std::string end = R"("to":{"user":"bob","host":"example.com"}})";
  const auto row = GENERATE_COPY(values<Row>(
      {{"no SIP", "nonsense", R"({"valid":false})"},
       {"no From that it takes", request_from("From: <sip:alice"), R"({"valid":false})"},
       {"escapes are undone", request_from("From: <sip:%61@h>"),
        start + R"("from":{"user":"a","host":"h"},)" + end},
       {"no SIP URI", request_from("From: <tel:+4930;x=y>;tag=t"),
        start + R"("from":{"tag":"t"},)" + end},
       {"a CSeq beyond 32 bits",
        test::request("INVITE").replace(test::request("INVITE").find("CSeq: 1"), 7,
                                        "CSeq: 99999999999"),
        R"({"valid":true,"method":"INVITE","call_id":"one@a","cseq":"99999999999 INVITE",)"
        R"("from":{"display_name":"Alice","user":"alice","host":"example.com","tag":"a"},)" +
            end}}));
  CAPTURE(row.why);
  CHECK(sip_of(row.text) == row.want);
}

TEST_CASE("what is no address is not told once for each medium") {
  std::string sdp =
      "v=0\r\no=- 1 1 IN IP4 h\r\ns=-\r\nc=IN IP4 " + std::string(2'000, 'h') + "\r\n";
  for (int i = 0; i < 32; ++i) sdp += "m=audio 40000 RTP/AVP 0\r\n";
  const std::string json = sip_of(offer(sdp));
  CHECK_THAT(json, Catch::Contains("40000"));
  CHECK_THAT(json, !Catch::Contains("address"));
}
