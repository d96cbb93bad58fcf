#include "proto/sip/websocket.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "proto/sip/inflate.hpp"
#include "tests/support/allocation_counter.hpp"
#include "tests/support/deflater.hpp"
#include "tests/support/sip_text.hpp"
#include "tests/support/websocket_builder.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr std::uint8_t fin = 0x80;
constexpr std::uint8_t rsv1 = 0x40;
constexpr std::uint8_t continuation = 0x00;
constexpr std::uint8_t text_frame = 0x01;
constexpr std::uint8_t binary_frame = 0x02;
constexpr std::uint8_t ping = fin | 0x09;

/// A message that outlives the bytes it came from.
struct Owned {
  WebSocketKind kind;
  bool compressed;
  std::string payload;
  std::size_t size_bytes;

  bool operator==(const Owned& other) const = default;
};

std::ostream& operator<<(std::ostream& out, const Owned& m) {
  return out << static_cast<int>(m.kind) << (m.compressed ? " deflated " : " ") << m.size_bytes
             << " [" << m.payload << "]";
}

Owned owned(const WebSocketMessage& m) {
  return {m.kind, m.compressed, std::string(as_text(m.payload)), m.size_bytes};
}

/// Takes messages off a growing buffer, as a stream does.
class Reader {
 public:
  void add(Bytes bytes) {
    held_.insert(held_.end(), bytes.begin(), bytes.end());
    if (held_.size() < needed_) return;
    for (;;) {
      const auto message = next_websocket_message(held_, scratch_);
      if (!message) {
        REQUIRE(message.error() == Errc::incomplete);
        needed_ = websocket_bytes_needed(held_);
        REQUIRE(needed_ > held_.size());
        return;
      }
      REQUIRE(websocket_bytes_needed(held_) == 0);
      messages.push_back(owned(*message));
      held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(message->size_bytes));
    }
  }

  std::vector<Owned> messages;

 private:
  std::vector<std::uint8_t> held_;
  std::vector<std::uint8_t> scratch_ = std::vector<std::uint8_t>(max_websocket_message_bytes);
  std::size_t needed_ = 0;
};

Errc error_of(const Frame& in, std::size_t scratch_bytes = max_websocket_message_bytes) {
  std::vector<std::uint8_t> scratch(scratch_bytes);
  return next_websocket_message(in, scratch).error();
}

Frame joined_all(const std::vector<Frame>& frames) {
  Frame out;
  for (const Frame& frame : frames) out = joined(std::move(out), frame);
  return out;
}

/// What a stream may hold, with the messages it holds.
struct Story {
  Frame bytes;
  std::vector<Owned> want;

  void add(WebSocketKind kind, const Frame& frames, const std::string& payload = "",
           bool compressed = false) {
    bytes = joined(std::move(bytes), frames);
    want.push_back({kind, compressed, payload, frames.size()});
  }
};

Story story() {
  const std::string invite = request("INVITE", "one@a", std::string(300, 'v'));
  const std::string bye = request("BYE");
  Story s;
  s.add(WebSocketKind::text, websocket_frame(fin | text_frame, text(bye)), bye);
  s.add(WebSocketKind::control, websocket_frame(ping, text("are you there")));
  s.add(WebSocketKind::binary, websocket_frame(fin | binary_frame, text(invite), rfc_key), invite);
  s.add(WebSocketKind::orphan, websocket_frame(continuation, text("rest of what")));
  s.add(WebSocketKind::orphan, websocket_frame(fin | continuation, text("?")));
  s.add(WebSocketKind::text,
        joined_all(
            {websocket_frame(text_frame, text(invite.substr(0, 7)), rfc_key),
             websocket_frame(ping, text("hello"), rfc_key), websocket_frame(continuation, {}),
             websocket_frame(continuation, text(invite.substr(7, 200))), websocket_frame(ping, {}),
             websocket_frame(fin | continuation, text(invite.substr(207)), rfc_key)}),
        invite);
  s.add(WebSocketKind::text,
        joined(websocket_frame(rsv1 | text_frame, from_hex("f248cd")),
               websocket_frame(fin | continuation, from_hex("c9c90700"))),
        std::string(as_text(from_hex("f248cdc9c90700"))), true);
  s.add(WebSocketKind::text, websocket_frame(fin | text_frame, {}));
  s.add(WebSocketKind::control, websocket_frame(0x88, from_hex("03e8"), rfc_key));
  return s;
}

}  // namespace

TEST_CASE("messages, coalesced in one segment, come out one by one") {
  const Story s = story();
  Reader reader;
  reader.add(s.bytes);
  CHECK(reader.messages == s.want);
}

TEST_CASE("any cutting of a stream gives the same messages") {
  const Story s = story();
  SECTION("byte by byte") {
    Reader reader;
    for (const std::uint8_t& byte : s.bytes) reader.add({&byte, 1});
    CHECK(reader.messages == s.want);
  }
  SECTION("in two, at each place") {
    for (std::size_t cut = 0; cut <= s.bytes.size(); ++cut) {
      Reader reader;
      reader.add(Bytes{s.bytes}.first(cut));
      reader.add(Bytes{s.bytes}.subspan(cut));
      REQUIRE(reader.messages == s.want);
    }
  }
  SECTION("anywhere") {
    std::minstd_rand random(7118);
    for (int round = 0; round < 100; ++round) {
      Reader reader;
      for (Bytes rest = s.bytes; !rest.empty();) {
        const std::size_t count = std::min<std::size_t>(rest.size(), 1 + random() % 200);
        reader.add(rest.first(count));
        rest = rest.subspan(count);
      }
      REQUIRE(reader.messages == s.want);
    }
  }
}

TEST_CASE(
    "each prefix of a message is incomplete, and says how much is needed "
    "at least") {
  const std::string sip = request("BYE");
  const Frame in = joined_all({websocket_frame(text_frame, text(sip.substr(0, 20)), rfc_key),
                               websocket_frame(ping, text("x")),
                               websocket_frame(fin | continuation, text(sip.substr(20)))});
  std::vector<std::uint8_t> scratch(sip.size());
  for (std::size_t cut = 0; cut < in.size(); ++cut) {
    const Bytes begin = Bytes{in}.first(cut);
    REQUIRE(next_websocket_message(begin, scratch).error() == Errc::incomplete);
    const std::size_t needed = websocket_bytes_needed(begin);
    REQUIRE(needed > cut);
    REQUIRE(needed <= in.size());
  }
  CHECK(websocket_bytes_needed(Bytes{in}.first(2)) == 6);    // the key
  CHECK(websocket_bytes_needed(Bytes{in}.first(6)) == 26);   // the payload
  CHECK(websocket_bytes_needed(Bytes{in}.first(26)) == 28);  // another header
  CHECK(websocket_bytes_needed(Bytes{in}.first(31)) == 33);  // 16 bits of length
  CHECK(websocket_bytes_needed(Bytes{in}.first(33)) == in.size());
  CHECK(websocket_bytes_needed(in) == 0);
  CHECK(websocket_bytes_needed(from_hex("ff")) == 0);
  CHECK(next_websocket_message(in, scratch)->size_bytes == in.size());
}

TEST_CASE("one frame without mask is borrowed, all else is put into the scratch") {
  std::vector<std::uint8_t> scratch(10);
  const Frame plain = websocket_frame(fin | text_frame, text("Hello, world"));
  const auto borrowed = next_websocket_message(plain, {});
  REQUIRE(borrowed.ok());
  CHECK(borrowed->payload.data() == plain.data() + 2);
  for (const Frame& in : {websocket_frame(fin | text_frame, text("Hello"), rfc_key),
                          joined(websocket_frame(text_frame, text("Hello")),
                                 websocket_frame(fin | continuation, {}))}) {
    const auto copied = next_websocket_message(in, scratch);
    REQUIRE(copied.ok());
    CHECK(copied->payload.data() == scratch.data());
    CHECK(as_text(copied->payload) == "Hello");
  }
}

TEST_CASE("a message that begins within another is malformed") {
  const Frame first = websocket_frame(text_frame, text("Hel"));
  CHECK(error_of(joined(first, from_hex("8100"))) == Errc::malformed);
  CHECK(error_of(joined(first, from_hex("0200"))) == Errc::malformed);
  CHECK(error_of(joined(first, from_hex("ff"))) == Errc::malformed);
  CHECK(error_of(joined(first, from_hex("8200"))) == Errc::malformed);
}

TEST_CASE("a message above a limit is refused before it is whole") {
  SECTION("the scratch, to the byte") {
    const Frame masked = websocket_frame(fin | text_frame, text("Hello"), rfc_key);
    CHECK(error_of(masked, 4) == Errc::over_limit);
    CHECK(error_of(masked, 5) == Errc::none);
    CHECK(error_of(Frame(masked.begin(), masked.begin() + 6), 4) == Errc::over_limit);
    const Frame two = joined(websocket_frame(text_frame, text("Hel")),
                             websocket_frame(fin | continuation, text("lo")));
    CHECK(error_of(two, 4) == Errc::over_limit);
    CHECK(error_of(two, 5) == Errc::none);
  }
  SECTION("nothing is copied of frames that are in no message") {
    CHECK(error_of(websocket_frame(ping, text("Hello"), rfc_key), 0) == Errc::none);
    CHECK(error_of(websocket_frame(continuation, text("Hello"), rfc_key), 0) == Errc::none);
  }
  SECTION("the count of frames") {
    Frame in = from_hex("0100");
    for (std::size_t i = 2; i < max_websocket_frames; ++i) in = joined(in, from_hex("0000"));
    CHECK(error_of(in) == Errc::incomplete);
    CHECK(error_of(joined(in, from_hex("8000"))) == Errc::none);
    CHECK(error_of(joined(in, from_hex("8900"))) == Errc::over_limit);
    CHECK(websocket_bytes_needed(joined(in, from_hex("8900"))) == 0);
  }
  SECTION("the count of frames, where a sender cuts at 4 KiB") {
    const Frame piece = websocket_frame(continuation, Frame(4096), rfc_key);
    Frame in = websocket_frame(text_frame, Frame(4096), rfc_key);
    for (int kib = 8; kib < 256; kib += 4) in = joined(std::move(in), piece);
    CHECK(error_of(joined(in, websocket_frame(fin, Frame(4096), rfc_key))) == Errc::none);
    CHECK(error_of(joined(in, piece)) == Errc::over_limit);
  }
  SECTION("the bytes: who holds that many never waits") {
    const Frame half = websocket_frame(text_frame, Frame(max_websocket_message_bytes / 2 - 10));
    const Frame rest = websocket_frame(fin | continuation, Frame(half.size() - 10));
    CHECK(joined(half, rest).size() == max_websocket_message_bytes);
    CHECK(error_of(joined(half, rest)) == Errc::none);
    const Frame more = websocket_frame(continuation, Frame(half.size() - 9));
    CHECK(error_of(joined(half, more)) == Errc::over_limit);
    CHECK(error_of(joined(half, Frame(more.begin(), more.begin() + 10))) == Errc::over_limit);
    const Frame last = websocket_frame(continuation, Frame(half.size() - 10));
    CHECK(error_of(joined(half, last)) == Errc::over_limit);  // another header does not fit
  }
}

TEST_CASE("messages are read without allocation") {
  const Story s = story();
  std::vector<std::uint8_t> scratch(1000);
  const AllocationCounter counter;
  std::size_t count = 0;
  for (Bytes rest = s.bytes; !rest.empty(); ++count) {
    rest = rest.subspan(next_websocket_message(rest, scratch)->size_bytes);
  }
  CHECK(counter.count() == 0);
  CHECK(count == s.want.size());
}

TEST_CASE("a stream is joined where a frame begins with a SIP start line") {
  Inflater inflater;
  Deflater deflater;
  const std::string sip =
      GENERATE(request("INVITE", "one@a", std::string(70000, 'v')), request("OPTIONS"),
               response(200, "INVITE"), "\r\n" + request("BYE"));
  const std::uint8_t first = GENERATE(as<std::uint8_t>{}, fin | text_frame, fin | binary_frame,
                                      text_frame, fin | rsv1 | text_frame, rsv1 | binary_frame);
  CAPTURE(sip.substr(0, 20), +first);
  const Frame payload = (first & rsv1) != 0 ? deflater.message(sip) : text(sip);
  for (const Frame& frame :
       {websocket_frame(first, payload), websocket_frame(first, payload, rfc_key)}) {
    CHECK(looks_like_websocket(frame, inflater));
    CHECK(looks_like_websocket(joined(frame, text("anything")), inflater));
    CHECK(looks_like_websocket(Bytes{frame}.first(100), inflater));
    CHECK_FALSE(looks_like_websocket(Bytes{frame}.first(4), inflater));
    CHECK_FALSE(looks_like_websocket(Bytes{frame}.subspan(1), inflater));
  }
}

TEST_CASE("a stream is joined where a frame is a CRLF keep-alive") {
  Inflater inflater;
  Deflater deflater;
  const std::string keep_alive = GENERATE("\r\n", "\r\n\r\n");
  CHECK(looks_like_websocket(websocket_frame(fin | text_frame, text(keep_alive)), inflater));
  CHECK(
      looks_like_websocket(websocket_frame(fin | text_frame, text(keep_alive), rfc_key), inflater));
  const Frame compressed =
      websocket_frame(fin | rsv1 | text_frame, deflater.message(keep_alive), rfc_key);
  CHECK(looks_like_websocket(compressed, inflater));
  const Frame cut = websocket_frame(fin | text_frame, text(keep_alive + "x"));
  CHECK_FALSE(looks_like_websocket(Bytes{cut}.first(cut.size() - 1), inflater));
}

TEST_CASE("a stream is not joined where anything else begins") {
  Inflater inflater;
  Deflater deflater;
  const Frame sip = text(request("INVITE"));
  const Frame compressed = deflater.message(request("INVITE"));
  CHECK_FALSE(looks_like_websocket({}, inflater));
  CHECK_FALSE(looks_like_websocket(sip, inflater));
  CHECK_FALSE(looks_like_websocket(text(request("BYE")),
                                   inflater));  // 'B' is RSV1 and binary
  const Frame pong = websocket_frame(ping, text("hey?"));
  CHECK(looks_like_websocket(pong, inflater));
  CHECK(looks_like_websocket(joined(pong, websocket_frame(fin | text_frame, sip)), inflater));
  CHECK_FALSE(looks_like_websocket(Bytes{pong}.first(pong.size() - 1), inflater));
  CHECK_FALSE(looks_like_websocket(joined(pong, sip), inflater));
  CHECK_FALSE(looks_like_websocket(websocket_frame(fin | continuation, sip), inflater));
  CHECK_FALSE(looks_like_websocket(websocket_frame(0x91, sip), inflater));
  CHECK_FALSE(looks_like_websocket(websocket_frame(fin | text_frame, {}), inflater));
  CHECK_FALSE(looks_like_websocket(websocket_frame(fin | text_frame, text("{}")), inflater));
  CHECK_FALSE(looks_like_websocket(websocket_frame(fin | text_frame, compressed), inflater));
  CHECK_FALSE(looks_like_websocket(websocket_frame(fin | rsv1 | text_frame, sip), inflater));
  const Frame not_minimal = joined(from_hex("817e0050"), sip);
  CHECK_FALSE(looks_like_websocket(not_minimal, inflater));
  const Frame absurd = joined(from_hex("817f0000000100000000"), sip);
  CHECK_FALSE(looks_like_websocket(absurd, inflater));
  // It refers to a message that was sent before.
  const Frame refers =
      websocket_frame(fin | rsv1 | text_frame, deflater.message(request("INVITE")));
  CHECK_FALSE(looks_like_websocket(refers, inflater));
}
