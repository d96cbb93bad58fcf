#include "proto/sip/start_line.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace heptap;

namespace {
struct Row {
  const char* why;
  std::string_view line;
  std::string_view method;
  std::string_view uri;
  std::string_view version;
  int status;
  std::string_view reason;
};
}  // namespace

TEST_CASE("start lines are taken apart, leniently where RFC 4475 is") {
  const auto row = GENERATE(values<Row>({
      {"request", "INVITE sip:a@b SIP/2.0\r", "INVITE", "sip:a@b", "SIP/2.0", -1, ""},
      {"bare LF", "ACK sip:a SIP/2.0", "ACK", "sip:a", "SIP/2.0", -1, ""},
      {"spaces between (lwsstart)", "INVITE  sip:a@b  SIP/2.0", "INVITE", "sip:a@b", "SIP/2.0", -1,
       ""},
      {"spaces at the end (trws)", "OPTIONS sip:a@b SIP/2.0  \r", "OPTIONS", "sip:a@b", "SIP/2.0",
       -1, ""},
      {"space in the URI (lwsruri)", "INVITE sip:a@b; lr SIP/2.0", "INVITE", "sip:a@b; lr",
       "SIP/2.0", -1, ""},
      {"brackets (ltgtruri)", "INVITE <sip:a@b> SIP/2.0", "INVITE", "<sip:a@b>", "SIP/2.0", -1, ""},
      {"version (badvers)", "OPTIONS sip:a@b SIP/7.0", "OPTIONS", "sip:a@b", "SIP/7.0", -1, ""},
      {"case of the version", "BYE sip:a sip/2.0", "BYE", "sip:a", "sip/2.0", -1, ""},
      {"tabs", "BYE\tsip:a\tSIP/2.0", "BYE", "sip:a", "SIP/2.0", -1, ""},
      {"unknown scheme (unkscm)", "OPTIONS nobody:opaque SIP/2.0", "OPTIONS", "nobody:opaque",
       "SIP/2.0", -1, ""},
      {"odd method (intmeth)", "!Meth-0_*+`.%'~ sip:x SIP/2.0", "!Meth-0_*+`.%'~", "sip:x",
       "SIP/2.0", -1, ""},
      {"lower-case method", "invite sip:x SIP/2.0", "invite", "sip:x", "SIP/2.0", -1, ""},
      {"response", "SIP/2.0 200 OK\r", "", "", "SIP/2.0", 200, "OK"},
      {"no reason (noreason)", "SIP/2.0 100 \r", "", "", "SIP/2.0", 100, ""},
      {"not even a space", "SIP/2.0 100\r", "", "", "SIP/2.0", 100, ""},
      {"reason of several words", "SIP/2.0  486   Busy Here ", "", "", "SIP/2.0", 486, "Busy Here"},
      {"code of ten digits (bigcode)", "SIP/2.0 4294967301 better not", "", "", "SIP/2.0", 0,
       "better not"},
      {"code 699 and up", "SIP/2.0 999 ?", "", "", "SIP/2.0", 999, "?"},
      {"response, lower case", "sip/2.0 200 OK", "", "", "sip/2.0", 200, "OK"},
      {"response, version", "SIP/11.22 200 OK", "", "", "SIP/11.22", 200, "OK"},
      {"a version word in the reason", "SIP/2.0 505 not SIP/2.0", "", "", "SIP/2.0", 505,
       "not SIP/2.0"},
  }));
  CAPTURE(row.why);
  const auto parsed = parse_start_line(row.line);
  REQUIRE(parsed.ok());
  CHECK(parsed->method == row.method);
  CHECK(parsed->request_uri == row.uri);
  CHECK(parsed->version == row.version);
  CHECK(parsed->status_code == row.status);
  CHECK(parsed->reason == row.reason);
  CHECK(parsed->version_is_2_0 == (row.version.substr(4) == "2.0"));
}

TEST_CASE("what is no SIP start line is malformed") {
  const std::string line =
      GENERATE(as<std::string>{},  //
               "", " ", "\r", "hello", "INVITE", "INVITE ", "SIP/2.0", "SIP/2.0 ", "SIP/2.0 OK",
               "SIP/2.0 200OK", "SIP/2.0200 OK", "SIP/2 200 OK", "SIP/ 200 OK", "SIP/2. 200 OK",
               "SIP/x.0 200 OK", "INVITE sip:a@b", "INVITE SIP/2.0", "INVITE  SIP/2.0",
               "INVITE sip:a@bSIP/2.0", "INVITE sip:a@b SIP/2.0x", "INVITE sip:a@b XSIP/2.0",
               " INVITE sip:a@b SIP/2.0", "INV(TE sip:a@b SIP/2.0", "sip:a@b SIP/2.0",
               "GET / HTTP/1.1", "HTTP/1.1 200 OK", "RTSP/1.0 200 OK",
               "OPTIONS rtsp://a/b RTSP/1.0", "DESCRIBE rtsp://a RTSP/1.0", "ICY 200 OK", "HEP3");
  CAPTURE(line);
  CHECK(parse_start_line(line).error() == Errc::malformed);
}

TEST_CASE("only text that begins with a word can be SIP") {
  CHECK(may_start_sip("INVITE sip:"));
  CHECK(may_start_sip("SIP/2.0"));
  CHECK(may_start_sip("INV"));  // cut within the word
  CHECK_FALSE(may_start_sip(""));
  CHECK_FALSE(may_start_sip("\x80\x00"));
  CHECK_FALSE(may_start_sip("HTTP/1.1 200 OK"));
  CHECK_FALSE(may_start_sip("RTSP/1.0 200 OK"));
  CHECK_FALSE(may_start_sip("{\"a\": 1}"));
}
