#include "proto/sip/websocket_frame.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "tests/support/websocket_builder.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

std::string unmasked(const WebSocketFrame& frame) {
  std::vector<std::uint8_t> out(frame.payload.size());
  unmask_websocket(frame, out);
  return std::string(as_text(out));
}

/// Zeros behind a header.
Frame with_payload(std::string_view header, std::size_t payload_bytes) {
  return joined(from_hex(header), Frame(payload_bytes));
}

}  // namespace

TEST_CASE("the examples of RFC 6455 section 5.7 are framed") {
  struct Row {
    const char* why;
    std::string_view bytes;
    WebSocketOpcode opcode;
    bool fin;
    bool masked;
    std::string_view payload;
  };
  const auto row = GENERATE(values<Row>({
      {"text", "810548656c6c6f", WebSocketOpcode::text, true, false, "Hello"},
      {"masked text", "818537fa213d7f9f4d5158", WebSocketOpcode::text, true, true, "Hello"},
      {"first of two", "010348656c", WebSocketOpcode::text, false, false, "Hel"},
      {"second of two", "80026c6f", WebSocketOpcode::continuation, true, false, "lo"},
      {"ping", "890548656c6c6f", WebSocketOpcode::ping, true, false, "Hello"},
      {"pong", "8a8537fa213d7f9f4d5158", WebSocketOpcode::pong, true, true, "Hello"},
  }));
  CAPTURE(row.why);
  Frame in = from_hex(row.bytes);
  const std::size_t size = in.size();
  for (std::size_t cut = 0; cut < size; ++cut) {
    CHECK(frame_websocket(Bytes{in}.first(cut)).error() == Errc::incomplete);
  }
  in.push_back(0xff);  // what follows is not looked at
  const auto frame = frame_websocket(in);
  REQUIRE(frame.ok());
  CHECK(frame->opcode == row.opcode);
  CHECK(frame->fin == row.fin);
  CHECK(frame->masked == row.masked);
  CHECK(frame->key == (row.masked ? rfc_key : WebSocketKey{}));
  CHECK_FALSE(frame->compressed);
  CHECK(frame->size_bytes == size);
  CHECK(frame->payload_bytes == row.payload.size());
  CHECK(unmasked(*frame) == row.payload);
}

TEST_CASE("a length takes the form that its size needs") {
  struct Row {
    std::string_view header;
    std::size_t payload_bytes;
  };
  const auto row = GENERATE(values<Row>({
      {"8100", 0},
      {"817d", 125},
      {"827e007e", 126},
      {"827e0100", 256},  // RFC 6455 section 5.7
      {"827effff", 0xffff},
      {"827f0000000000010000", 0x10000},  // RFC 6455 section 5.7
      {"82ff000000000001000037fa213d", 0x10000},
      {"897d", 125},
      {"8880aabbccdd", 0},
  }));
  CAPTURE(row.header);
  const Frame in = with_payload(row.header, row.payload_bytes);
  const auto frame = frame_websocket(in);
  REQUIRE(frame.ok());
  CHECK(frame->size_bytes == in.size());
  CHECK(frame->payload.size() == row.payload_bytes);
  const std::size_t header_bytes = in.size() - row.payload_bytes;
  for (std::size_t cut = 0; cut < in.size(); cut += cut < 20 ? 1 : 997) {
    const Bytes begin = Bytes{in}.first(cut);
    REQUIRE(frame_websocket(begin).error() == Errc::incomplete);
    REQUIRE(parse_websocket_frame(begin).ok() == (cut >= header_bytes));
    REQUIRE(websocket_header_bytes(begin) == (cut < 2 ? 2 : header_bytes));
    if (cut < header_bytes) continue;
    REQUIRE(parse_websocket_frame(begin)->payload.size() == cut - header_bytes);
    REQUIRE(parse_websocket_frame(begin)->size_bytes == in.size());
  }
}

TEST_CASE("RSV1 says that a message is compressed") {
  CHECK(frame_websocket(from_hex("c100"))->compressed);
  CHECK(frame_websocket(from_hex("4200"))->compressed);
  CHECK_FALSE(frame_websocket(from_hex("8100"))->compressed);
}

TEST_CASE("what cannot be a frame is malformed, as early as that is known") {
  struct Row {
    const char* why;
    std::string_view bytes;
    std::size_t known_after_bytes;
  };
  const auto row = GENERATE(values<Row>({
      {"RSV2", "a100", 1},
      {"RSV3", "9100", 1},
      {"RSV1 on a continuation", "c000", 1},
      {"RSV1 on a ping", "c900", 1},
      {"opcode 3", "8300", 1},
      {"opcode 7", "8700", 1},
      {"opcode 11", "8b00", 1},
      {"opcode 15", "8f00", 1},
      {"close in fragments", "0800", 1},
      {"ping in fragments", "0900", 1},
      {"ping of 126 bytes", "897e007e", 2},
      {"masked pong of 64 bits", "8aff", 2},
      {"125 bytes in 16 bits", "817e007d", 4},
      {"65535 bytes in 64 bits", "817f000000000000ffff", 10},
      {"64 bits", "817f8000000000000000", 10},
  }));
  CAPTURE(row.why);
  const Frame in = from_hex(row.bytes);
  CHECK(frame_websocket(in).error() == Errc::malformed);
  CHECK(frame_websocket(Bytes{in}.first(row.known_after_bytes)).error() == Errc::malformed);
  CHECK(frame_websocket(Bytes{in}.first(row.known_after_bytes - 1)).error() == Errc::incomplete);
}

TEST_CASE("a frame above the limit is refused by its header") {
  const auto sized = [](std::size_t payload_bytes) {
    Frame header = from_hex("817f00000000");
    put16(header, payload_bytes >> 16U);
    put16(header, payload_bytes & 0xffffU);
    return header;
  };
  constexpr std::size_t header_bytes = 10;
  CHECK(frame_websocket(sized(max_websocket_message_bytes - header_bytes)).error() ==
        Errc::incomplete);
  CHECK(frame_websocket(sized(max_websocket_message_bytes - header_bytes + 1)).error() ==
        Errc::over_limit);
  CHECK(frame_websocket(from_hex("817f7fffffffffffffff")).error() == Errc::over_limit);
  Frame masked = sized(max_websocket_message_bytes - header_bytes);
  masked[1] = 0xff;
  CHECK(frame_websocket(masked).error() == Errc::over_limit);
}

TEST_CASE("a mask comes off payloads of any size") {
  std::string payload;
  for (std::size_t size = 0; size < 70; ++size) {
    const Frame masked = websocket_frame(0x81, text(payload), rfc_key);
    const Frame plain = websocket_frame(0x81, text(payload));
    REQUIRE(unmasked(*frame_websocket(masked)) == payload);
    REQUIRE(unmasked(*frame_websocket(plain)) == payload);
    payload.push_back(static_cast<char>('!' + size));
  }
}
