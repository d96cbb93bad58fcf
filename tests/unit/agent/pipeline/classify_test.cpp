#include "agent/pipeline/classify.hpp"

#include <catch2/catch.hpp>

#include "proto/sip/message.hpp"
#include "tests/support/sip_text.hpp"

using namespace heptap;
using namespace std::string_view_literals;

TEST_CASE("content is told by what it is, not by its port") {
  struct Row {
    const char* why;
    std::string_view payload;
    Content want;
  };
  static const std::string invite = test::request("INVITE");
  const auto row = GENERATE_COPY(values<Row>({
      {"SIP", invite, Content::sip},
      {"SIP cut in its first line", "INVITE sip:a@b", Content::sip},
      {"SIP response", "SIP/2.0 200 OK\r\n\r\n", Content::sip},
      {"HEP", "HEP3\0\x06"sv, Content::hep},
      {"empty", "", Content::keep_alive},
      {"RFC 5626 ping", "\r\n\r\n", Content::keep_alive},
      {"NUL keep-alive", "\0\0\0\0"sv, Content::keep_alive},
      {"HTTP", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", Content::other},
      {"hello", "hello", Content::other},
      {"RTP", "\x80\x00\x00\x01\x00\x00\x00\xa0\x11\x22\x33\x44"sv, Content::other},
  }));
  CAPTURE(row.why);
  Packet packet;
  packet.ip_protocol = ip_protocol_udp;
  packet.source_port = 4000;
  packet.destination_port = 5060;
  packet.payload = as_bytes(row.payload);
  SipView sip;
  CHECK(to_string(classify(packet, parse_sip(packet.payload, sip))) == to_string(row.want));
}

TEST_CASE("streams are recognised as such") {
  Packet packet;
  packet.payload = as_bytes("SIP/2.0 200 OK\r\n\r\n");
  packet.ip_protocol = GENERATE(ip_protocol_tcp, ip_protocol_sctp);
  CHECK(classify(packet, Errc::none) == Content::stream);
}
