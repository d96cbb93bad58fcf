#include "agent/pipeline/classify.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "proto/sip/message.hpp"
#include "tests/support/allocation_counter.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/sip_text.hpp"

using namespace heptap;
using namespace std::string_view_literals;
using heptap::test::from_hex;

namespace {

std::string_view of_datagram(Bytes payload) {
  SipView sip;
  MediaHeaders headers;
  return to_string(content_of_datagram(payload, parse_sip(payload, sip), headers));
}

struct Text {
  const char* why;
  std::string_view payload;
  std::string_view want;
};

struct Binary {
  const char* why;
  std::string_view hex;
  std::string_view want;
};

}  // namespace

TEST_CASE("a datagram of text is told by what it is, not by its port") {
  static const std::string invite = test::request("INVITE");
  const auto row = GENERATE_COPY(values<Text>({
      {"SIP", invite, "sip"},
      {"SIP cut in its first line", "INVITE sip:a@b", "sip"},
      {"SIP response", "SIP/2.0 200 OK\r\n\r\n", "sip"},
      {"SIP behind a ping", "\r\n\r\nSIP/2.0 200 OK\r\n\r\n", "sip"},
      {"HEP", "HEP3\0\x06"sv, "hep"},
      {"empty", "", "keep_alive"},
      {"RFC 5626 ping", "\r\n\r\n", "keep_alive"},
      {"RFC 5626 pong", "\r\n", "keep_alive"},
      {"NUL keep-alive", "\0\0\0\0"sv, "keep_alive"},
      {"jaK", "jaK", "keep_alive"},
      {"jaK with a NUL", "jaK\0"sv, "keep_alive"},
      {"a word that begins like it", "jaKarta", "other"},
      {"line ends and more", "\r\n\r\nx", "other"},
      {"HTTP request", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "http"},
      {"SSDP", "M-SEARCH * HTTP/1.1\r\nMX: 1\r\n\r\n", "http"},
      {"HTTP response", "HTTP/1.1 200 OK\r\n\r\n", "http"},
      {"HTTP response without a reason", "HTTP/1.0 404\r\n", "http"},
      {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "http"},
      {"HTTP, bare LF", "GET /a HTTP/1.0\n\n", "http"},
      {"RTSP", "OPTIONS rtsp://a/ RTSP/1.0\r\nCSeq: 1\r\n\r\n", "other"},
      {"HTTP request cut in its first line", "GET /index.html HTT", "other"},
      {"HTTP request line without its end", "GET / HTTP/1.1", "other"},
      {"HTTP without a target", "GET HTTP/1.1\r\n", "other"},
      {"HTTP method that is none", "Get / HTTP/1.1\r\n", "other"},
      {"HTTP method that is too long", "ABCDEFGHIJKLMNOPQRSTU / HTTP/1.1\r\n", "other"},
      {"HTTP version that is none", "GET / HTTP/1\r\n", "other"},
      {"HTTP version in the middle", "GET / HTTP/1.1 x\r\n", "other"},
      {"HTTP version alone", "HTTP/1.1", "other"},
      {"HTTP version with a word behind", "HTTP/1.1 OK\r\n", "other"},
      {"JSON object", R"({"a":1})", "json"},
      {"JSON object with white space", "{\r\n\t \"a\": 1}", "json"},
      {"empty JSON object", "{}", "json"},
      {"JSON list of texts", R"( ["a"])", "other"},
      {"JSON list", R"(["a"])", "json"},
      {"JSON list of objects", "[ {} ]", "json"},
      {"log line in brackets", "[2026-11-21 08:00:00] started", "other"},
      {"brace alone", "{", "other"},
      {"brace and white space", "{ \n", "other"},
      {"function body", "{ return 1; }", "other"},
      {"noise that begins like JSON", "{\"\x01\xff\x00\x10"sv, "other"},
      {"noise that goes on like JSON", "[\"abc\x7f", "other"},
      {"hello", "hello", "other"},
      {"upper case", "HELLO", "other"},
      {"digits", "12345678901234567890", "other"},
  }));
  CAPTURE(row.why);
  CHECK(of_datagram(as_bytes(row.payload)) == row.want);
}

TEST_CASE("a binary datagram must have a header of which every field fits") {
  const auto row = GENERATE(values<Binary>({
      {"RTP, header only", "80000001 000000a0 11223344", "rtp"},
      {"RTP, marker", "80800001 000000a0 11223344 ff", "rtp"},
      {"RTP, dynamic type and marker", "80e00001 000000a0 11223344 ff", "rtp"},
      {"RTP, type 63", "803f0001 000000a0 11223344 ff", "rtp"},
      {"RTP, type 96", "80600001 000000a0 11223344 ff", "rtp"},
      {"RTP, two contributors", "82000001 000000a0 11223344 00000001 00000002", "rtp"},
      {"RTP, extension of one word", "90000001 000000a0 11223344 bede0001 10aa0000 ff", "rtp"},
      {"RTP, empty extension", "90000001 000000a0 11223344 bede0000", "rtp"},
      {"RTP, padding: encrypted with the rest, so not looked at", "a0000001 000000a0 11223344 ff",
       "rtp"},
      {"RTP, cut in its source", "80000001 000000a0 112233", "other"},
      {"RTP, a contributor is missing", "82000001 000000a0 11223344 00000001", "other"},
      {"RTP, extension header is cut", "90000001 000000a0 11223344 bede00", "other"},
      {"RTP, extension is cut", "90000001 000000a0 11223344 bede0002 10aa0000 ffffff", "other"},
      {"RTP, type 64", "80400001 000000a0 11223344 ff", "other"},
      {"RTP, type 95", "805f0001 000000a0 11223344 ff", "other"},
      {"RTP, version 1", "40000001 000000a0 11223344", "other"},
      {"RTP, version 3", "c0000001 000000a0 11223344", "other"},
      {"RTCP, empty report", "80c90001 11223344", "rtcp"},
      {"RTCP, goodbye behind a report", "80c90001 11223344 81cb0001 11223344", "rtcp"},
      {"RTCP, extended report alone", "80cf0001 11223344", "rtcp"},
      {"RTCP, H.261's own type alone", "80c00001 11223344", "other"},
      {"RTCP, cut", "81c90007 11223344 55667788", "other"},
      {"RTCP, damaged behind its first packet", "80c90001 11223344 00000000 00000000", "srtcp"},
      {"SRTCP",
       "81c9000755667788f892fa426ef6e14f0fc075ec4d6496f7e345d19d3fe2180680000002e7a835bfb9e3e2ce"
       "9646",
       "srtcp"},
      {"STUN request", "00010000 2112a442 000102030405060708090a0b", "stun"},
      {"STUN with an attribute", "01010004 2112a442 000102030405060708090a0b 00060000", "stun"},
      {"STUN whose attribute is missing", "01010004 2112a442 000102030405060708090a0b", "other"},
      {"STUN with an odd length", "01010001 2112a442 000102030405060708090a0b 00", "stun"},
      {"STUN without the cookie", "00010000 2112a443 000102030405060708090a0b", "other"},
      {"STUN, cut in its transaction", "00010000 2112a442 00010203", "other"},
      {"DTLS 1.0", "16feff 0000 000000000000 0001 01", "dtls"},
      {"DTLS 1.2", "17fefd 0001 000000000001 0002 0102", "dtls"},
      {"DTLS 1.3", "16fefc 0000 000000000000 0000", "dtls"},
      {"DTLS before the standard", "160100 0000 000000000000 0000", "dtls"},
      {"DTLS, two records", "14fefd 0000 000000000001 0001 01 16fefd 0001", "dtls"},
      {"DTLS, cut", "16feff 0000 000000000000 0002 01", "other"},
      {"DTLS, another version", "16fefe 0000 000000000000 0001 01", "other"},
      {"DTLS, type 19", "13fefd 0000 000000000000 0001 01", "other"},
      {"TLS is not sent in datagrams", "1603010005 0100000100", "other"},
      {"DNS", "12340100 00010000 00000000 01610000 010001", "other"},
      {"first byte of QUIC", "c0000000 01081122 33445566 7788", "other"},
      {"TURN channel", "40000004 80000001", "other"},
      {"one byte", "80", "other"},
  }));
  CAPTURE(row.why);
  CHECK(of_datagram(from_hex(row.hex)) == row.want);
}

TEST_CASE("a stream is told by its first bytes") {
  const auto row = GENERATE(values<Text>({
      {"no data", "", "no_payload"},
      {"TLS handshake", "\x16\x03\x01\x02\x00\x01"sv, "tls"},
      {"TLS data, of which the end is in another segment", "\x17\x03\x03\x48\x00"sv, "tls"},
      {"TLS alert", "\x15\x03\x03\x00\x02"sv, "tls"},
      {"TLS change of keys", "\x14\x03\x00\x00\x01"sv, "tls"},
      {"TLS, too short to tell", "\x16\x03\x01\x02"sv, "other"},
      {"TLS, heartbeat", "\x18\x03\x03\x00\x03"sv, "other"},
      {"TLS, type 19", "\x13\x03\x03\x00\x03"sv, "other"},
      {"TLS, version 2", "\x16\x02\x00\x00\x03"sv, "other"},
      {"TLS, version 3.5", "\x16\x03\x05\x00\x03"sv, "other"},
      {"TLS, empty record", "\x17\x03\x03\x00\x00"sv, "other"},
      {"TLS, record that is too long", "\x17\x03\x03\x48\x01"sv, "other"},
      {"HTTP request", "GET /ws HTTP/1.1\r\nUpgrade: websocket\r\n", "http"},
      {"HTTP response", "HTTP/1.1 101 Switching Protocols\r\n", "http"},
      {"JSON", R"({"a": [1, 2)", "json"},
      {"HEP", "HEP3\0\x06"sv, "hep"},
      {"RFC 5626 ping", "\r\n\r\n", "keep_alive"},
      {"keep-alive of TCP with one byte", "\0"sv, "keep_alive"},
      {"SIP is for the framing to find", "INVITE sip:a@b SIP/2.0\r\n", "other"},
      {"the middle of SIP", "=sip:a@b>\r\nCSeq: 1 INVITE\r\n", "other"},
      {"what would be STUN in a datagram",
       "\x00\x01\x00\x00\x21\x12\xa4\x42"
       "abcdefghijkl"sv,
       "other"},
      {"what would be RTP in a datagram",
       "\x80\x00\x00\x01"
       "abcdabcd"sv,
       "other"},
  }));
  CAPTURE(row.why);
  CHECK(to_string(content_of_stream(as_bytes(row.payload))) == row.want);
}

TEST_CASE("what the parser did not call malformed is SIP") {
  const auto error = GENERATE(Errc::none, Errc::incomplete, Errc::unsupported, Errc::over_limit);
  MediaHeaders headers;
  CHECK(content_of_datagram(as_bytes("\r\n\r\n"), error, headers) == Content::sip);
}

TEST_CASE("each content has a name of its own") {
  std::set<std::string_view> names;
  for (int i = 0; i < static_cast<int>(Content::count_); ++i) {
    CHECK(names.insert(to_string(static_cast<Content>(i))).second);
  }
  CHECK_FALSE(names.contains("?"));
}

TEST_CASE("telling contents apart allocates nothing") {
  const auto rtp = from_hex("80000001 000000a0 11223344");
  MediaHeaders headers;
  test::AllocationCounter counter;
  for (const std::string_view text : {"GET / HTTP/1.1\r\n"sv, "{\"a\":1}"sv, "\r\n"sv}) {
    (void)content_of_datagram(as_bytes(text), Errc::malformed, headers);
    (void)content_of_stream(as_bytes(text));
  }
  CHECK(content_of_datagram(rtp, Errc::malformed, headers) == Content::rtp);
  CHECK(counter.count() == 0);
  CHECK(headers.rtp.ssrc == 0x11223344);
}
