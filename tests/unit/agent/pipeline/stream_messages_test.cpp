#include "agent/pipeline/stream_messages.hpp"

#include <algorithm>

#include "tests/support/sip_text.hpp"
#include "tests/unit/agent/pipeline/stream_tap.hpp"

using namespace heptap;
using namespace heptap::test;
using namespace std::literals;

namespace {

/// A message of which only what follows says where its body ends.
std::string without_length(const std::string& call_id, const std::string& body) {
  return "MESSAGE sip:bob@example.com SIP/2.0\r\nCall-ID: " + call_id +
         "\r\nContent-Type: text/plain\r\n\r\n" + body;
}

/// Six messages with keep-alives between them, and the bytes that are no message.
struct Conversation {
  Texts messages{request("INVITE", "one", std::string(200, 'v')),
                 response(100, "INVITE"),
                 without_length("two", "no length\r\n"),
                 request("ACK"),
                 request("BYE"),
                 response(200, "BYE")};
  std::string bytes = messages[0] + messages[1] + "\r\n\r\n" + messages[2] + messages[3] + "\r\n" +
                      "\0\0"s + messages[4] + messages[5];
};

}  // namespace

TEST_CASE(
    "what a stream carries is told by its first bytes, and by its port where they do not say") {
  struct Row {
    const char* why;
    std::string bytes;
    std::uint16_t port;
    StreamBytes what;
    Content other = Content::count_;  // of a stream that is let go
  };
  const std::string no_names = "SIP/2.0 200 OK\r\nServer: a\r\n\r\n";
  const std::string tls{"\x16\x03\x01\x00\x05hello"sv};
  const auto row = GENERATE_COPY(values<Row>({
      {"SIP", request("BYE"), sip_port, StreamBytes::message},
      {"SIP on a port of its own", request("BYE"), unknown_port, StreamBytes::message},
      {"SIP that names no call", no_names, sip_port, StreamBytes::message},
      {"the same from a web server", no_names, unknown_port, StreamBytes::other, Content::other},
      {"half a head", request("BYE").substr(0, 60), sip_port, StreamBytes::unfinished},
      {"keep-alives", "\r\n\r\n", unknown_port, StreamBytes::keep_alive},
      {"TLS", tls, sip_port, StreamBytes::other, Content::tls},
      {"TLS", tls, unknown_port, StreamBytes::other, Content::tls},
      {"HTTP", "GET / HTTP/1.1\r\n\r\n", sip_port, StreamBytes::other, Content::http},
      {"JSON", "{\"a\": 1}", sip_port, StreamBytes::other, Content::json},
      {"HEP", "HEP3\1\2", sip_port, StreamBytes::other, Content::hep},
      {"the middle of something", "a=rtpmap:0\r\n", sip_port, StreamBytes::junk},
      {"the same", "a=rtpmap:0\r\n", unknown_port, StreamBytes::other, Content::other},
      {"HTTP cut in its head", "GET / HTTP/1.1\r\nHost:", unknown_port, StreamBytes::other,
       Content::http},
  }));
  CAPTURE(row.why, row.port);
  StreamTap tap;
  SegmentSender sender(40'000, row.port);
  tap.take(sender.syn());
  tap.take(sender.data(row.bytes));
  tap.finish();
  CHECK(tap.bytes(row.what) == row.bytes.size());
  CHECK(tap.found.size() == (row.what == StreamBytes::message ? 1U : 0U));
  for (int i = 0; i < static_cast<int>(Content::count_); ++i) {
    const auto content = static_cast<Content>(i);
    CAPTURE(to_string(content));
    CHECK(tap.counts().other_streams[content] == (content == row.other ? 1U : 0U));
  }
}

TEST_CASE("any cut in two, and segments of any one size, give the same messages") {
  const Conversation all;
  const std::uint16_t port = GENERATE(sip_port, unknown_port);
  const std::size_t size = all.bytes.size();
  std::size_t first = 0;
  std::size_t step = size;
  SECTION("two segments") { first = GENERATE_COPY(range(std::size_t{1}, size)); }
  SECTION("segments of one size") { step = GENERATE(1U, 2U, 3U, 7U, 64U, 500U); }
  CAPTURE(port, first, step);
  StreamTap tap;
  SegmentSender sender(40'000, port);
  tap.take(sender.syn());
  if (first != 0) tap.take(sender.data(std::string_view(all.bytes).substr(0, first)));
  for (std::size_t at = first; at < size; at += step) {
    tap.take(sender.data(std::string_view(all.bytes).substr(at, step)));
  }
  CHECK(tap.texts() == all.messages);  // before the stream ends
  tap.finish();
  CHECK(tap.texts() == all.messages);
  CHECK(tap.bytes(StreamBytes::keep_alive) == 8);
  CHECK(tap.counts().without_length == 1);
}

TEST_CASE("a message has the addresses of its stream, and tags and flags of its last packet") {
  StreamTap tap;
  SegmentSender sender(40'000, sip_port);
  tap.take(sender.syn());
  const std::string bye = request("BYE");
  tap.take(sender.data(bye.substr(0, 10)), 1);
  Packet last = sender.data(std::string_view(bye).substr(10));
  last.vlan_id = 100;
  last.traffic_class = 0xb8;
  last.tcp_flags = 0x18;
  tap.take(last, 2);
  REQUIRE(tap.found.size() == 1);
  const Packet& packet = tap.found.front().packet;
  CHECK(packet.source == last.source);
  CHECK(packet.destination == last.destination);
  CHECK(packet.source_port == 40'000);
  CHECK(packet.destination_port == sip_port);
  CHECK(packet.ip_protocol == ip_protocol_tcp);
  CHECK(packet.vlan_id == 100);
  CHECK(packet.traffic_class == 0xb8);
  CHECK(packet.tcp_flags == 0x18);
  CHECK_FALSE(packet.truncated);
}

TEST_CASE("between messages that cannot be read, the next one is found") {
  struct Row {
    const char* why;
    std::string between;
    StreamBytes what;
  };
  const std::string endless =
      "OPTIONS sip:a SIP/2.0\r\nX: " + std::string(SipView::max_head_bytes, 'x') + "\r\n\r\n";
  const std::string huge = "MESSAGE sip:a SIP/2.0\r\nCall-ID: a\r\nContent-Length: " +
                           std::to_string(max_stream_message_bytes) + "\r\n\r\n";
  const auto row = GENERATE_COPY(values<Row>({
      {"junk", "what is this?\r\n", StreamBytes::junk},
      {"a head without end", endless, StreamBytes::over_limit},
      {"a message above the limit", huge, StreamBytes::over_limit},
  }));
  CAPTURE(row.why);
  StreamTap tap;
  SegmentSender sender;
  tap.take(sender.syn());
  tap.take(sender.data(request("INVITE")));
  tap.take(sender.data(row.between));
  tap.take(sender.data(request("BYE")));
  CHECK(tap.texts() == Texts{request("INVITE"), request("BYE")});
  CHECK(tap.bytes(row.what) != 0);
  CHECK(tap.bytes(StreamBytes::over_limit) + tap.bytes(StreamBytes::junk) == row.between.size());
}

TEST_CASE("the longest message comes out, one byte more does not") {
  constexpr std::size_t million =
      1'000'000;  // its number has as many digits as the one searched for
  const std::size_t head_bytes =
      request("MESSAGE", "long", std::string(million, 'b')).size() - million;
  const std::size_t body_bytes = max_stream_message_bytes - head_bytes + GENERATE(0U, 1U);
  const std::string longest = request("MESSAGE", "long", std::string(body_bytes - 1, 'b') + "\n");
  StreamTap tap;
  SegmentSender sender;
  tap.take(sender.syn());
  for (std::size_t at = 0; at < longest.size(); at += 1400) {
    tap.take(sender.data(std::string_view(longest).substr(at, 1400)));
  }
  tap.take(sender.data(request("BYE")));
  REQUIRE_FALSE(tap.found.empty());
  CHECK(tap.found.back().text == request("BYE"));
  CHECK(tap.found.size() == (longest.size() <= max_stream_message_bytes ? 2U : 1U));
}

TEST_CASE("the end of all gives what waited, and says what was not whole") {
  StreamTap tap;
  SegmentSender sender;
  const std::string open_end = without_length("last", "until the end");
  const std::string half = request("BYE").substr(0, 100);
  SegmentSender other(40'001);
  tap.take(sender.syn());
  tap.take(sender.data(open_end));
  tap.take(other.syn());
  tap.take(other.data(half));
  CHECK(tap.found.empty());
  tap.finish();
  CHECK(tap.texts() == Texts{open_end});
  CHECK(tap.bytes(StreamBytes::unfinished) == half.size());
}

TEST_CASE("a FIN ends its stream as the end of all does") {
  StreamTap tap;
  SegmentSender sender;
  const std::string open_end = without_length("last", "until the end");
  tap.take(sender.syn());
  tap.take(sender.data(open_end));
  const bool is_reset = GENERATE(true, false);
  tap.take(is_reset ? sender.rst() : sender.fin());
  CHECK(tap.texts() == Texts{open_end});
}

TEST_CASE("what somebody's HEP brings is not read, wherever its stream is joined") {
  const std::string frame = "HEP3\x02\x00\0\0\0\1\0\7\2\0\0\0\17\1\0"s + request("INVITE");
  const bool has_syn = GENERATE(true, false);
  StreamTap tap;
  SegmentSender sender(40'000, unknown_port);
  if (has_syn) tap.take(sender.syn());
  const std::string all = frame + frame + frame;
  const std::size_t size = frame.size();
  const std::size_t joined_at = has_syn ? 0 : size - request("INVITE").size();
  tap.take(sender.data(std::string_view(all).substr(joined_at)));
  for (int i = 0; i < 3; ++i) tap.take(sender.data(request("BYE")));  // as a segment may begin
  CHECK(tap.found.size() == (has_syn ? 0 : 1));  // the one that it was joined at
  CHECK(tap.counts().other_streams[Content::hep] == 1);
}

TEST_CASE("a stream that is let go is forgotten with all that waits") {
  StreamTap tap;
  SegmentSender sender(40'000, unknown_port);
  tap.take(sender.syn());
  const Packet first = sender.data("another protocol: 1\r\n");
  sender.skip(4);
  const Packet ahead = sender.data("what waits behind that");
  tap.take(ahead);
  CHECK(tap.streams().held == ahead.payload.size());
  tap.take(first);
  CHECK(tap.streams().held == 0);
  CHECK(tap.bytes(StreamBytes::other) == first.payload.size() + ahead.payload.size());
  CHECK(tap.counts().other_streams[Content::other] == 1);
  CHECK(tap.streams().streams == 1);
}

TEST_CASE("the directions of a connection are read on their own") {
  StreamTap tap;
  SegmentSender there(40'000, sip_port);
  SegmentSender back(sip_port, 40'000, 77'000);
  const std::string invite = request("INVITE");
  const std::string trying = response(100, "INVITE");
  tap.take(there.syn());
  tap.take(back.syn());
  tap.take(there.data(invite.substr(0, 50)));
  tap.take(back.data(trying.substr(0, 20)));
  tap.take(there.data(invite.substr(50)));
  tap.take(back.data(trying.substr(20)));
  CHECK(tap.texts() == Texts{invite, trying});
}

TEST_CASE("a port that is used again begins anew, whatever the old stream was at") {
  StreamTap tap;
  SegmentSender old_one(40'000, sip_port, 1000);
  tap.take(old_one.syn());
  tap.take(old_one.data(request("INVITE").substr(0, 80)));
  SegmentSender new_one(40'000, sip_port, 900'000'000);
  tap.take(new_one.syn());
  tap.take(new_one.data(request("BYE")));
  CHECK(tap.texts() == Texts{request("BYE")});
  CHECK(tap.bytes(StreamBytes::unfinished) == 80);
}
