#include "proto/sip/message.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/support/allocation_counter.hpp"

using namespace heptap;

namespace {

constexpr std::string_view invite =
    "INVITE sip:bob@example.com SIP/2.0\r\n"
    "Via: SIP/2.0/UDP pc33.example.com;branch=z9hG4bK776asdhds\r\n"
    "Max-Forwards: 70\r\n"
    "To: Bob <sip:bob@example.com>\r\n"
    "From: Alice <sip:alice@example.org>;tag=1928301774\r\n"
    "Call-ID: a84b4c76e66710@pc33.example.com\r\n"
    "CSeq: 314159 INVITE\r\n"
    "Contact: <sip:alice@pc33.example.com>\r\n"
    "Content-Type: application/sdp\r\n"
    "Content-Length: 4\r\n"
    "\r\n"
    "v=0\n";

/// A request with these header lines and this body.
std::string request(std::string_view lines, std::string_view body = {}) {
  return "OPTIONS sip:a SIP/2.0\r\n" + std::string(lines) + "\r\n" + std::string(body);
}

Errc parse(std::string_view text, SipView& out) { return parse_sip(as_bytes(text), out); }

SipView parsed(const std::string& text) {
  SipView view;
  CAPTURE(text);
  REQUIRE(parse(text, view) == Errc::none);
  return view;
}
SipView parsed(std::string&&) = delete;

}  // namespace

TEST_CASE("a request is indexed in place") {
  SipView view;
  REQUIRE(parse(invite, view) == Errc::none);
  CHECK(view.is_request());
  CHECK(view.method() == "INVITE");
  CHECK(view.request_uri() == "sip:bob@example.com");
  CHECK(view.version() == "SIP/2.0");
  CHECK(view.start_line() == "INVITE sip:bob@example.com SIP/2.0");
  CHECK(view.status_code() == 0);
  CHECK(view.reason().empty());
  CHECK(view.call_id() == "a84b4c76e66710@pc33.example.com");
  CHECK(view.first(HeaderId::cseq) == "314159 INVITE");
  CHECK(view.first("max-forwards") == "70");
  CHECK(view.first(HeaderId::route).empty());
  CHECK_FALSE(view.contains(HeaderId::route));
  CHECK(view.headers().size() == 9);
  CHECK(view.headers()[0].name == "Via");
  CHECK(view.headers()[0].id == HeaderId::via);
  CHECK(view.body() == "v=0\n");
  CHECK(view.trailing().empty());
  CHECK(view.text() == invite);
  CHECK(std::string(view.head()) + std::string(view.body()) == invite);
  CHECK(view.call_id().data() >= invite.data());
  CHECK(view.call_id().data() < invite.data() + invite.size());
}

TEST_CASE("a response is indexed") {
  const std::string text = "SIP/2.0 180 Ringing\r\ni: x\r\nl: 0\r\n\r\n";
  const SipView view = parsed(text);
  CHECK_FALSE(view.is_request());
  CHECK(view.status_code() == 180);
  CHECK(view.reason() == "Ringing");
  CHECK(view.method().empty());
  CHECK(view.call_id() == "x");
  CHECK(view.body().empty());
}

TEST_CASE("header lines in all their shapes") {
  struct Row {
    const char* why;
    std::string_view line;
    std::string_view name;
    std::string_view value;
  };
  const auto row = GENERATE(values<Row>({
      {"plain", "Call-ID: x\r\n", "Call-ID", "x"},
      {"compact", "i: x\r\n", "i", "x"},
      {"compact, upper case", "I: x\r\n", "I", "x"},
      {"any case", "cALL-id: x\r\n", "cALL-id", "x"},
      {"no space", "Call-ID:x\r\n", "Call-ID", "x"},
      {"bare LF", "Call-ID: x\n", "Call-ID", "x"},
      {"space before the colon", "Call-ID : x\r\n", "Call-ID", "x"},
      {"tab before the colon", "Call-ID\t \t: x\r\n", "Call-ID", "x"},
      {"space around the value", "Call-ID: \t x \t \r\n", "Call-ID", "x"},
      {"colon in the value", "Call-ID: x:y\r\n", "Call-ID", "x:y"},
      {"value on the next line", "Call-ID:\r\n x\r\n", "Call-ID", "x"},
      {"fold in the value", "Call-ID: x\r\n\ty\r\n", "Call-ID", "x\r\n\ty"},
      {"two folds, bare LF", "Call-ID: x\n y\n z\n", "Call-ID", "x\n y\n z"},
      {"fold of white space only", "Call-ID: x\r\n  \r\n", "Call-ID", "x"},
      {"fold before the colon", "Call-ID\r\n : x\r\n", "Call-ID", "x"},
      {"colon only in the fold", "Call-ID: x\r\n y:z\r\n", "Call-ID", "x\r\n y:z"},
      {"empty value", "Call-ID:\r\n", "Call-ID", ""},
      {"white space as value", "Call-ID:   \r\n", "Call-ID", ""},
      {"space before the first name", "  Call-ID: x\r\n", "Call-ID", "x"},
  }));
  CAPTURE(row.why);
  const std::string text = request(row.line);
  const SipView view = parsed(text);
  REQUIRE(view.headers().size() == 1);
  CHECK(view.headers()[0].name == row.name);
  CHECK(view.headers()[0].value == row.value);
  CHECK(view.headers()[0].id == HeaderId::call_id);
  CHECK(view.contains(HeaderId::call_id));
  CHECK(view.call_id() == row.value);
  CHECK_FALSE(view.has(SipFlag::bad_line));
}

TEST_CASE("several headers of one name are kept in order, the first is found") {
  const std::string text = request("v: 1\r\nX: y\r\nVia: 2\r\nx-y: z\r\nVIA: 3\r\n");
  const SipView view = parsed(text);
  CHECK(view.first(HeaderId::via) == "1");
  CHECK(view.repeats(HeaderId::via));
  CHECK_FALSE(view.repeats(HeaderId::session_expires));
  std::string vias;
  for (const SipHeader header : view.headers()) {
    if (header.id == HeaderId::via) vias += header.value;
  }
  CHECK(vias == "123");
  CHECK(view.first("X-Y") == "z");
  CHECK(view.first("no-such").empty());
}

TEST_CASE("lines that are no header fields are skipped and flagged") {
  const std::string bad = GENERATE(as<std::string>{}, "no colon here\r\n", ": no name\r\n",
                                   " \t: no name\r\n", " \r\n", "\r\r\n");
  CAPTURE(bad);
  const std::string text = request(bad + "Call-ID: x\r\n");
  const SipView view = parsed(text);
  CHECK(view.has(SipFlag::bad_line));
  CHECK(view.call_id() == "x");
  CHECK(view.headers().size() == 1);
}

TEST_CASE("the body follows Content-Length, and what is odd about it is flagged") {
  struct Row {
    const char* why;
    std::string_view lines;
    std::string_view in;
    std::string_view body;
    std::vector<SipFlag> flags;
  };
  const std::vector<Row> rows{
      {"exact", "l: 3\r\n", "abc", "abc", {}},
      {"leading zeros", "l: 0003\r\n", "abc", "abc", {}},
      {"none", "l: 0\r\n", "", "", {}},
      {"missing", "", "abc", "abc", {SipFlag::content_length_missing}},
      {"longer than the datagram", "l: 4\r\n", "abc", "abc", {SipFlag::content_length_mismatch}},
      {"longer than any number",
       "l: 99999999999999999999999\r\n",
       "abc",
       "abc",
       {SipFlag::content_length_mismatch}},
      {"shorter", "l: 2\r\n", "abc", "ab", {SipFlag::trailing_bytes}},
      {"negative", "l: -3\r\n", "abc", "abc", {SipFlag::content_length_invalid}},
      {"not a number", "l: x\r\n", "abc", "abc", {SipFlag::content_length_invalid}},
      {"number and more", "l: 3 4\r\n", "abc", "abc", {SipFlag::content_length_invalid}},
      {"empty", "l:\r\n", "abc", "abc", {SipFlag::content_length_invalid}},
      {"twice the same", "l: 3\r\nContent-Length: 3\r\n", "abc", "abc", {}},
      {"two that differ",
       "l: 3\r\nContent-Length: 2\r\n",
       "abc",
       "abc",
       {SipFlag::content_length_invalid}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.why);
    const std::string text = request(row.lines, row.in);
    const SipView view = parsed(text);
    CHECK(view.body() == row.body);
    CHECK(std::string(view.body()) + std::string(view.trailing()) == row.in);
    for (const SipFlag flag :
         {SipFlag::content_length_missing, SipFlag::content_length_invalid,
          SipFlag::content_length_mismatch, SipFlag::trailing_bytes, SipFlag::head_incomplete}) {
      const bool wanted = std::find(row.flags.begin(), row.flags.end(), flag) != row.flags.end();
      CAPTURE(static_cast<int>(flag));
      CHECK(view.has(flag) == wanted);
    }
  }
}

TEST_CASE("a body may begin with white space and hold colons and line ends") {
  const std::string text = request("l: 8\r\n", " x: y\r\n\n");
  const SipView view = parsed(text);
  CHECK(view.body() == " x: y\r\n\n");
  CHECK(view.headers().size() == 1);
}

TEST_CASE("leading line ends are skipped") {
  const std::string text = "\r\n\r\n" + std::string(invite);
  const SipView view = parsed(text);
  CHECK(view.text() == invite);
  CHECK(view.method() == "INVITE");
}

TEST_CASE("a head without its empty line is indexed as far as its lines are whole") {
  const std::string text = "BYE sip:a SIP/2.0\r\nCall-ID: x\r\nCSeq: 1 B";
  const SipView view = parsed(text);
  CHECK(view.has(SipFlag::head_incomplete));
  CHECK(view.call_id() == "x");
  CHECK_FALSE(view.contains(HeaderId::cseq));  // may have been cut, so it is not shown
  CHECK(view.head() == text);
  CHECK(view.body().empty());
}

TEST_CASE("every prefix of a message is incomplete or flagged, and never malformed") {
  const auto first_header_end = invite.find("Max-Forwards");
  const auto head_end = invite.find("\r\n\r\n") + 4;
  SipView view;
  for (std::size_t size = std::string_view("INVITE sip:").size(); size < invite.size(); ++size) {
    CAPTURE(size);
    const Errc error = parse(invite.substr(0, size), view);
    CHECK(error == (size < first_header_end ? Errc::incomplete : Errc::none));
    if (error != Errc::none) continue;
    CHECK(view.has(SipFlag::head_incomplete) == (size < head_end));
    CHECK(view.has(SipFlag::content_length_mismatch) == (size >= head_end));
  }
}

TEST_CASE("what is not SIP is malformed and does not look like SIP") {
  const std::string text = GENERATE(
      as<std::string>{}, "", "\r\n\r\n", "hello", "hello\r\n", std::string(4, '\0'), "jaK",
      "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK\r\nServer: x\r\n\r\n",
      "OPTIONS rtsp://a/b RTSP/1.0\r\nCSeq: 1\r\n\r\n", "RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n",
      "HEP3\x01\x02\r\n\r\n", "\x80\x08\x00\x01INVITE sip:a SIP/2.0\r\n\r\n",
      "M-SEARCH * HTTP/1.1\r\nST: x\r\n\r\n", "<14>Oct 1 host SIP/2.0\r\n\r\n",
      "CRCX 1 aaln/1@a MGCP 1.0\r\n\r\n");
  CAPTURE(text);
  SipView view;
  CHECK(parse(text, view) == Errc::malformed);
  CHECK_FALSE(looks_like_sip(as_bytes(text)));
}

TEST_CASE("SIP looks like SIP, whole or cut within the start line") {
  CHECK(looks_like_sip(as_bytes(invite)));
  CHECK(looks_like_sip(as_bytes("\r\n\r\nSIP/2.0 200 OK\r\n")));
  CHECK(looks_like_sip(as_bytes("SIP/2.0 200 O")));
  CHECK(looks_like_sip(as_bytes("INVITE sip:someone@some")));
  CHECK(looks_like_sip(as_bytes("FOO tel:+1")));
  CHECK_FALSE(looks_like_sip(as_bytes("OPTIONS rtsp://a")));
  CHECK_FALSE(looks_like_sip(as_bytes("INVITE")));
}

TEST_CASE("a head above the limit is refused, one at the limit is not") {
  const std::string open = "OPTIONS sip:a SIP/2.0\r\nX: ";
  const std::string close = "\r\nl: 0\r\n\r\n";
  const std::size_t room = SipView::max_head_bytes - open.size() - close.size();
  SipView view;
  const std::string fits = open + std::string(room, 'x') + close;
  REQUIRE(parse(fits, view) == Errc::none);
  CHECK(view.head().size() == SipView::max_head_bytes);
  CHECK(view.headers()[0].value.size() == room);
  const std::string too_long = open + std::string(room + 1, 'x') + close;
  CHECK(parse(too_long, view) == Errc::over_limit);
  CHECK(parse("OPTIONS " + std::string(70000, 'x'), view) == Errc::over_limit);
  const std::string long_body = request("l: 200000\r\n", std::string(200000, 'y'));
  REQUIRE(parse(long_body, view) == Errc::none);
  CHECK(view.body().size() == 200000);
}

TEST_CASE("beyond 256 headers known ids are still found") {
  std::string lines;
  for (int i = 0; i < 300; ++i) lines += "X-" + std::to_string(i) + ": y\r\n";
  const std::string text = request(lines + "Call-ID: x\r\nl: 0\r\n");
  const SipView view = parsed(text);
  CHECK(view.headers().size() == SipView::max_headers);
  CHECK(view.has(SipFlag::headers_overflow));
  CHECK(view.call_id() == "x");
  CHECK(view.first("x-255") == "y");
  CHECK(view.first("x-256").empty());
  CHECK_FALSE(view.has(SipFlag::content_length_missing));
}

TEST_CASE("a view that is filled again shows nothing of the older message") {
  SipView view;
  REQUIRE(parse(invite, view) == Errc::none);
  const std::string text = "SIP/7.0 4294967301 Big\r\nX: y\r\n\r\n";
  REQUIRE(parse(text, view) == Errc::none);
  CHECK(view.call_id().empty());
  CHECK(view.method().empty());
  CHECK(view.request_uri().empty());
  CHECK(view.headers().size() == 1);
  CHECK(view.status_code() == 0);
  CHECK(view.has(SipFlag::version_unknown));
  CHECK(view.has(SipFlag::status_out_of_range));
  CHECK(parse("hello", view) == Errc::malformed);
  CHECK(view.start_line().empty());
  CHECK(view.headers().empty());
}

TEST_CASE("vector and portable scanners agree wherever a line or a colon falls in a block") {
  SipView vector;
  SipView portable;
  for (std::size_t shift = 0; shift < 200; ++shift) {
    for (const std::size_t tail : {0U, 1U, 63U, 64U, 65U}) {
      const std::string text =
          request("X: " + std::string(shift, 'x') +
                      "\r\nCall-ID\t: a:b\r\n c\r\nl: " + std::to_string(tail) + "\r\n",
                  std::string(tail, 'y'));
      CAPTURE(shift, tail);
      REQUIRE(parse_sip(as_bytes(text), vector) == Errc::none);
      REQUIRE(parse_sip_portable(as_bytes(text), portable) == Errc::none);
      CHECK(vector.call_id() == "a:b\r\n c");
      CHECK(portable.call_id() == vector.call_id());
      CHECK(portable.head() == vector.head());
      CHECK(vector.body().size() == tail);
      REQUIRE(vector.headers().size() == 3);
      CHECK(vector.headers()[0].value.size() == shift);
      CHECK(portable.headers()[0].value == vector.headers()[0].value);
    }
  }
}

TEST_CASE("indexing allocates nothing") {
  SipView view;
  const test::AllocationCounter allocations;
  Errc error = Errc::none;
  for (int i = 0; i < 10; ++i) error = parse(invite, view);
  const auto count = allocations.count();
  CHECK(error == Errc::none);
  CHECK(count == 0);
}
