#include <optional>
#include <random>

#include "agent/pipeline/stream_messages.hpp"
#include "proto/sip/http_upgrade.hpp"
#include "tests/support/allocation_counter.hpp"
#include "tests/support/deflater.hpp"
#include "tests/support/sip_text.hpp"
#include "tests/support/websocket_builder.hpp"
#include "tests/unit/agent/pipeline/stream_tap.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr std::string_view upgrade_request =
    "GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: sip\r\n"
    "\r\n";
constexpr std::string_view upgrade_response =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";

constexpr std::uint8_t text_frame = 0x81;
constexpr std::uint8_t binary_frame = 0x82;
constexpr std::uint8_t deflated_frame = 0xc1;
constexpr std::uint8_t ping_frame = 0x89;
constexpr std::uint8_t close_frame = 0x88;

Frame add(Frame bytes, const Frame& more) { return joined(std::move(bytes), more); }

}  // namespace

TEST_CASE("SIP in WebSocket is found from the upgrade on, whatever its port") {
  const std::string_view head = GENERATE(upgrade_request, upgrade_response);
  const std::uint16_t port = GENERATE(sip_port, unknown_port);
  const std::size_t segment_bytes = GENERATE(1U, 5U, 100U, 100000U);
  CAPTURE(head, port, segment_bytes);
  const Texts messages{request("REGISTER"), response(200, "REGISTER"), request("BYE", "", "body")};
  Frame bytes = text(head);
  bytes = add(bytes, websocket_frame(text_frame, text(messages[0]), rfc_key));
  bytes = add(bytes, websocket_frame(ping_frame, text("hello")));
  bytes = add(bytes, websocket_frame(binary_frame, text(messages[1])));
  bytes = add(bytes, websocket_frame(0x01, text(messages[2].substr(0, 9)), rfc_key));
  bytes = add(bytes, websocket_frame(0x80, text(messages[2].substr(9)), rfc_key));
  bytes = add(bytes, websocket_frame(close_frame, {}));
  StreamTap tap;
  SegmentSender sender(40'000, port);
  tap.take(sender.syn());
  for (std::size_t at = 0; at < bytes.size(); at += segment_bytes) {
    const std::size_t size = std::min(segment_bytes, bytes.size() - at);
    tap.take(sender.data(Bytes(bytes).subspan(at, size)));
  }
  CHECK(tap.texts() == messages);
  CHECK(tap.counts().websocket == 3);
  CHECK(tap.bytes(StreamBytes::http_upgrade) == head.size());
  CHECK(tap.bytes(StreamBytes::websocket_control) == 7 + 2);
}

TEST_CASE("a head of HTTP that comes in many segments is not read again with each") {
  struct Row {
    const char* why;
    std::string rest;
  };
  const std::string names = "Upgrade: websocket\r\nConnection: Upgrade\r\n";
  const auto row = GENERATE_COPY(values<Row>({
      {"it ends", names + "X: " + std::string(2000, 'x') + "\r\n\r\n"},
      {"it ends with LF alone", "Upgrade: websocket\nConnection: Upgrade\n\n"},
      {"it goes beyond its limit", names + std::string(max_http_head_bytes, 'x')},
  }));
  CAPTURE(row.why);
  int asks = 0;
  StreamTap tap({}, [&asks](const FlowKey&) { return ++asks == 0; });
  SegmentSender sender;
  tap.take(sender.syn());
  tap.take(sender.data("GET / HTTP/1.1\r\n"));
  for (const char& byte : row.rest) tap.take(sender.data({&byte, 1}));
  CHECK(asks == 2);
  const bool has_end = row.rest.back() == '\n';
  CHECK((tap.bytes(StreamBytes::http_upgrade) != 0) == has_end);
  CHECK(tap.counts().other_streams[Content::http] == (has_end ? 0 : 1));
}

TEST_CASE("a stream of WebSocket can be joined at any frame") {
  struct Row {
    const char* why;
    Frame first;
  };
  const Frame sip = text(request("BYE"));
  const auto row = GENERATE_COPY(values<Row>({
      {"masked", websocket_frame(text_frame, sip, rfc_key)},
      {"not masked", websocket_frame(text_frame, sip)},
      {"the first of some frames", websocket_frame(0x01, sip, rfc_key)},
      {"behind a ping", add(websocket_frame(ping_frame, {}), websocket_frame(text_frame, sip))},
      {"compressed", websocket_frame(deflated_frame, Deflater().message(request("BYE")), rfc_key)},
      {"a keep-alive", websocket_frame(text_frame, text("\r\n\r\n"), rfc_key)},
  }));
  CAPTURE(row.why);
  StreamTap tap;
  SegmentSender sender(40'000, unknown_port);
  const Frame rest = websocket_frame(0x80, {});
  const Frame bye = websocket_frame(text_frame, sip, rfc_key);
  tap.take(sender.data(Bytes(row.first)));
  tap.take(sender.data(Bytes(rest)));
  tap.take(sender.data(Bytes(bye)));
  REQUIRE_FALSE(tap.found.empty());
  CHECK(tap.found.back().text == request("BYE"));
  CHECK(tap.counts().websocket == tap.found.size());
}

TEST_CASE("the upgrade may follow other HTTP in its connection") {
  const auto get = text("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto head = text("GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
  const Frame bye = websocket_frame(0x81, text(request("BYE")), rfc_key);
  StreamTap tap;
  SegmentSender sender(40'000, unknown_port);
  tap.take(sender.syn());
  tap.take(sender.data(Bytes(get)));
  tap.take(sender.data(Bytes(head)));
  tap.take(sender.data(Bytes(bye)));
  CHECK(tap.texts() == Texts{request("BYE")});
}

TEST_CASE("where SIP is expected, a stream of WebSocket can be joined within a frame") {
  const Frame invite = websocket_frame(0x81, text(request("INVITE")), rfc_key);
  const Frame bye = websocket_frame(0x81, text(request("BYE")), rfc_key);
  StreamTap tap;
  SegmentSender sender(40'000, sip_port);
  tap.take(sender.data(Bytes(invite).subspan(20)));
  tap.take(sender.data(Bytes(bye)));
  CHECK(tap.texts() == Texts{request("BYE")});
  CHECK(tap.bytes(StreamBytes::junk) == invite.size() - 20);
}

TEST_CASE("what comes in WebSocket and is no SIP is told apart") {
  struct Row {
    const char* why;
    Frame frame;
    StreamBytes what;
    std::uint64_t not_inflated = 0;
  };
  const auto row = GENERATE(values<Row>({
      {"some JSON", websocket_frame(text_frame, text("{\"a\": 1}"), rfc_key),
       StreamBytes::websocket_other},
      {"an empty message", websocket_frame(text_frame, {}), StreamBytes::websocket_other},
      {"a keep-alive", websocket_frame(text_frame, text("\r\n\r\n"), rfc_key),
       StreamBytes::keep_alive},
      {"a pong", websocket_frame(0x8a, text("x")), StreamBytes::websocket_control},
      {"the end of what was not seen", websocket_frame(0x80, text("x")),
       StreamBytes::websocket_other},
      {"no deflate data", websocket_frame(deflated_frame, text("\xff\xff\xff")),
       StreamBytes::websocket_other, 1},
      {"JSON deflated", websocket_frame(deflated_frame, Deflater().message("{\"a\": 1}")),
       StreamBytes::websocket_other},
  }));
  CAPTURE(row.why);
  StreamTap tap;
  SegmentSender sender(40'000, unknown_port);
  const Frame bye = websocket_frame(text_frame, text(request("BYE")), rfc_key);
  tap.take(sender.syn());
  tap.take(sender.data(upgrade_request));
  tap.take(sender.data(Bytes(row.frame)));
  tap.take(sender.data(Bytes(bye)));
  CHECK(tap.bytes(row.what) == row.frame.size());
  CHECK(tap.counts().not_inflated == row.not_inflated);
  CHECK(tap.texts() == Texts{request("BYE")});
}

TEST_CASE("deflated messages refer back to those of their own stream") {
  StreamTap tap;
  Deflater here;
  Deflater there;
  SegmentSender a(40'000, unknown_port);
  SegmentSender b(40'001, unknown_port);
  Texts want;
  tap.take(a.syn());
  tap.take(b.syn());
  tap.take(a.data(upgrade_request));
  tap.take(b.data(upgrade_request));
  for (int i = 0; i < 10; ++i) {
    want.push_back(request("MESSAGE", "a" + std::to_string(i), "hello"));
    want.push_back(request("OPTIONS", "b" + std::to_string(i), "you"));
    const Frame first = websocket_frame(deflated_frame, here.message(want.end()[-2]), rfc_key);
    const Frame second = websocket_frame(deflated_frame, there.message(want.back()), rfc_key);
    tap.take(a.data(Bytes(first)));
    tap.take(b.data(Bytes(second)));
  }
  CHECK(tap.texts() == want);
  CHECK(tap.counts().not_inflated == 0);
}

TEST_CASE("of more deflated streams than inflaters, those too many alone are not read") {
  constexpr int rounds = 5;
  constexpr int clients = static_cast<int>(InflaterPool::max_inflaters) + 1;
  StreamTap tap;
  std::vector<Deflater> deflaters(clients);
  std::vector<SegmentSender> senders;
  for (int i = 0; i < clients; ++i) {
    senders.emplace_back(static_cast<std::uint16_t>(40'000 + i), unknown_port);
    tap.take(senders.back().syn());
    tap.take(senders.back().data(upgrade_request));
  }
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < clients; ++i) {
      const Frame frame =
          websocket_frame(deflated_frame, deflaters[i].message(request("OPTIONS")), rfc_key);
      tap.take(senders[i].data(Bytes(frame)));
    }
  }
  CHECK(tap.counts().not_inflated == 2 * (rounds - 1));
  CHECK(tap.counts().messages == rounds * clients - 2 * (rounds - 1));
}

TEST_CASE("a message that inflates to more than a message may have is dropped, the next is read") {
  StreamTap tap;
  Deflater deflater;
  SegmentSender sender(40'000, unknown_port);
  const std::string bomb(16 << 20, 'a');
  const Frame first = websocket_frame(deflated_frame, deflater.final_message(bomb), rfc_key);
  const Frame second =
      websocket_frame(deflated_frame, deflater.final_message(request("BYE")), rfc_key);
  tap.take(sender.syn());
  tap.take(sender.data(upgrade_request));
  tap.take(sender.data(Bytes(first)));
  tap.take(sender.data(Bytes(second)));
  CHECK(tap.texts() == Texts{request("BYE")});
  CHECK(tap.counts().not_inflated == 1);
}

TEST_CASE("a message is inflated to 128 times its size") {
  const std::size_t repeated_bytes = GENERATE(0U, 60'000U, 100'000U, 130'000U, 500'000U);
  std::string body(500, ' ');
  std::minstd_rand random(7692);
  for (char& c : body) c = static_cast<char>(random());
  const std::string text = request("BYE", "", body + std::string(repeated_bytes, '-'));
  const Frame frame = websocket_frame(deflated_frame, Deflater().final_message(text));
  CAPTURE(repeated_bytes, text.size() / frame.size());
  StreamTap tap;
  SegmentSender sender(40'000, unknown_port);
  tap.take(sender.syn());
  tap.take(sender.data(upgrade_request));
  tap.take(sender.data(Bytes(frame)));
  const bool is_read = text.size() <= 128 * frame.size();
  CHECK(is_read == (repeated_bytes <= 100'000));
  CHECK(tap.counts().messages == (is_read ? 1 : 0));
  CHECK(tap.counts().not_inflated == (is_read ? 0 : 1));
}

TEST_CASE("a large message that is sent again and again is inflated each time") {
  StreamTap tap;
  Deflater deflater;
  SegmentSender sender(40'000, unknown_port);
  std::minstd_rand random(7692);
  std::string state(31'000, ' ');
  for (char& c : state) c = static_cast<char>('0' + random() % 64);
  const std::string notify = request("NOTIFY", "", state);
  tap.take(sender.syn());
  tap.take(sender.data(upgrade_request));
  for (int i = 0; i < 10; ++i) {
    const Frame frame = websocket_frame(deflated_frame, deflater.message(notify), rfc_key);
    tap.take(sender.data(Bytes(frame)));
    CHECK((i == 0 || notify.size() / frame.size() > 100));
  }
  CHECK(tap.texts() == Texts(10, notify));
}

TEST_CASE("frames that cannot be are dropped, and the next segment that begins with one is read") {
  struct Row {
    const char* why;
    Frame bad;
    StreamBytes what;
  };
  const auto row = GENERATE(values<Row>({
      {"a reserved opcode", websocket_frame(0x83, text("x")), StreamBytes::junk},
      {"a reserved bit", websocket_frame(0x91, text("x")), StreamBytes::junk},
      {"a fragmented ping", websocket_frame(0x09, text("x")), StreamBytes::junk},
      {"longer than a message may be", from_hex("817f 0000000010000000 53"),
       StreamBytes::over_limit},
  }));
  CAPTURE(row.why);
  StreamTap tap;
  SegmentSender sender(40'000, unknown_port);
  const Frame bye = websocket_frame(text_frame, text(request("BYE")), rfc_key);
  const Frame both = add(bye, row.bad);
  const Frame middle = text("not the beginning of a frame");
  tap.take(sender.syn());
  tap.take(sender.data(upgrade_request));
  tap.take(sender.data(Bytes(both)));
  tap.take(sender.data(Bytes(middle)));
  tap.take(sender.data(Bytes(bye)));
  CHECK(tap.texts() == Texts{request("BYE"), request("BYE")});
  CHECK(tap.bytes(StreamBytes::junk) + tap.bytes(StreamBytes::over_limit) ==
        row.bad.size() + middle.size());
  CHECK(tap.bytes(row.what) >= row.bad.size());
}

TEST_CASE("what waited for the end of a message goes with it, whatever begins in there") {
  const Frame bad = GENERATE(from_hex("0000"), from_hex("8300"));  // one too many; no frame
  StreamTap tap;
  SegmentSender sender(40'000, unknown_port);
  const Frame within = websocket_frame(0x01, text(request("BYE", "", std::string(9000, 'x'))));
  const Frame start(within.begin(), within.begin() + 1000);
  const Frame message = websocket_frame(0x01, start);
  const Frame more = from_hex("0000");
  const Frame bye = websocket_frame(text_frame, text(request("BYE")), rfc_key);
  tap.take(sender.syn());
  tap.take(sender.data(upgrade_request));
  tap.take(sender.data(Bytes(message).first(message.size() - start.size())));
  tap.take(sender.data(Bytes(start)));
  for (std::size_t i = 2; i < max_websocket_frames; ++i) tap.take(sender.data(Bytes(more)));
  CHECK(tap.streams().held == message.size() + (max_websocket_frames - 2) * more.size());
  tap.take(sender.data(Bytes(bad)));
  CHECK(tap.streams().held == 0);
  tap.take(sender.data(Bytes(bye)));
  CHECK(tap.texts() == Texts{request("BYE")});
}

TEST_CASE("a stream that ends within a frame has an unfinished message") {
  StreamTap tap;
  SegmentSender sender(40'000, unknown_port);
  const Frame bye = websocket_frame(text_frame, text(request("BYE")), rfc_key);
  tap.take(sender.syn());
  tap.take(sender.data(upgrade_request));
  tap.take(sender.data(Bytes(bye).first(bye.size() - 1)));
  tap.take(sender.fin());
  CHECK(tap.found.empty());
  CHECK(tap.bytes(StreamBytes::unfinished) == bye.size() - 1);
}
