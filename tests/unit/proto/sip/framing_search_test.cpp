// Where the messages are in a stream that is seen from its middle.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "proto/sip/framing.hpp"
#include "tests/support/sip_stream_reader.hpp"
#include "tests/support/sip_text.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

std::string notify(const std::string& body, const std::string& type = "message/sipfrag") {
  return "NOTIFY sip:alice@192.0.2.10:5060;transport=tcp SIP/2.0\r\n"
         "Via: SIP/2.0/TCP 192.0.2.20;branch=z9hG4bK2\r\nCall-ID: n@b\r\nCSeq: "
         "7 NOTIFY\r\n"
         "Event: refer\r\nSubscription-State: "
         "active;expires=60\r\nContent-Type: " +
         type + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

constexpr const char* fragment_lines =
    "From: <sip:a@b>;tag=1\r\nTo: <sip:c@d>\r\nCSeq: 2 INVITE\r\n";

/// Six messages whose bodies quote messages, as a REFER brings them (RFC 3420,
/// RFC 3515).
std::vector<std::string> quoting() {
  return {notify("SIP/2.0 100 Trying\r\n"),
          response(200, "INVITE"),
          notify(std::string("SIP/2.0 180 Ringing\r\n") + fragment_lines + "\r\n"),
          request("PRACK", "one@a", "v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=-\r\n"),
          notify(std::string("INVITE sip:c@d SIP/2.0\r\n") + fragment_lines),
          request("BYE")};
}

/// The same with bodies that end without a line end.
std::vector<std::string> unended() {
  return {notify("SIP/2.0 100 Trying"),
          response(200, "INVITE"),
          notify("<presence>\n<note>INVITE me</note>\n</presence>", "application/pidf+xml"),
          request("PRACK", "one@a", "v=0\r\na=sendrecv"),
          notify("SIP/2.0 200 OK"),
          request("BYE")};
}

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += text;
  return out;
}

/// The messages that begin at `offset` or later.
std::vector<std::string> from(const std::vector<std::string>& all, std::size_t offset) {
  std::vector<std::string> out;
  std::size_t at = 0;
  for (const std::string& text : all) {
    if (at >= offset) out.push_back(text);
    at += text.size();
  }
  return out;
}

}  // namespace

TEST_CASE(
    "a stream that is joined midway gives all messages that begin after "
    "that, no other") {
  const std::vector<std::string> all = GENERATE(quoting(), unended());
  const std::string text = joined(all);
  const std::size_t step = GENERATE(1U, 50U, 100'000U);
  for (std::size_t offset = 0; offset < text.size(); ++offset) {
    const std::string_view rest = std::string_view(text).substr(offset);
    CAPTURE(rest.substr(0, 80), step);
    SipStreamReader reader(false);
    for (std::size_t at = 0; at < rest.size(); at += step) reader.add(rest.substr(at, step));
    CHECK(reader.messages == from(all, offset));
    reader.finish();
    CHECK(reader.messages == from(all, offset));
  }
}

TEST_CASE("a message is found behind what is none, in one piece or in many") {
  struct Row {
    const char* why;
    std::string junk;
  };
  const auto row = GENERATE(values<Row>({
      {"nothing", ""},
      {"lines", "xyz\r\n\r\n\n"},
      {"no line", "\xff\x01 xyz"},
      {"letters that touch it", "xyz"},
      {"a long line", std::string(9'000, 'x')},
      {"a longer one", std::string(70'000, ' ')},
      {"the end of a request line", "@a SIP/2.0\r\nCall-ID: x\r\n\r\n"},
      {"a request without the beginning of its method",
       "ACK sip:a SIP/2.0\r\nVia: SIP/2.0/TCP a\r\nCSeq: 1 PRACK\r\n\r\n"},
      {"a response without the beginning of its version",
       "P/2.0 200 OK\r\nVia: SIP/2.0/TCP a\r\nCSeq: 1 ACK\r\n\r\n"},
      {"a start line alone", "BYE sip:a SIP/2.0\r\n\r\n"},
      {"a head that names no call", "SIP/2.0 200 OK\r\nCSeq: 1 BYE\r\n\r\n"},
      {"a head without an end", "SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP a\r\n"},
      {"a head without an end, too long",
       "SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP a\r\nX: " + std::string(70'000, 'x') + "\r\n"},
      {"another protocol", "HTTP/1.1 200 OK\r\nVia: 1.1 a\r\n\r\n"},
  }));
  CAPTURE(row.why);
  const std::vector<std::string> all{
      notify("", "a/b"), response(404, "REFER"), request("BYE", "1\r\nX: SIP/2.0 404 Not Found"),
      request("BYE", "1\r\nSubject : BYE sip:a SIP/2.0\r\nUser-Agent: to sip:b SIP/2.0")};
  const std::size_t step = GENERATE(1U, 1'000'000U);
  for (const std::string& want : all) {
    const std::string text = row.junk + want;
    SipStreamReader reader(false);
    for (std::size_t at = 0; at < text.size(); at += step) {
      REQUIRE(reader.messages.empty());
      reader.add(std::string_view(text).substr(at, step));
    }
    CHECK(reader.messages == std::vector<std::string>{want});
    CHECK(reader.bytes(SipPart::junk) == row.junk.size());
  }
}

TEST_CASE("at the end of a stream nothing is left to be searched") {
  struct Row {
    std::string text;
    SipPart part;
  };
  const auto row = GENERATE(values<Row>({{"xyz", SipPart::junk},
                                         {"xyz\r\nBY", SipPart::junk},
                                         {"BYE sip:a SIP/2.0\r\nVia", SipPart::unfinished}}));
  CAPTURE(row.text);
  SipStreamReader reader(false);
  reader.add(row.text);
  reader.finish();
  CHECK(reader.held().empty());
  CHECK(reader.messages.empty());
  CHECK(reader.bytes(row.part) == row.text.size());
}
