// What is lost with a segment: the message it was part of, and no other.
#include <algorithm>

#include "agent/pipeline/stream_messages.hpp"
#include "tests/support/deflater.hpp"
#include "tests/support/sip_text.hpp"
#include "tests/support/websocket_builder.hpp"
#include "tests/unit/agent/pipeline/stream_tap.hpp"

using namespace heptap;
using namespace heptap::test;
using namespace std::string_view_literals;

namespace {

constexpr std::int64_t past_gap_us = 2'000'000;  // longer than a gap is waited for
constexpr int message_count = 12;

std::string numbered(int number) {
  return request("MESSAGE", "id" + std::to_string(number),
                 std::string(static_cast<std::size_t>(number * 40), 'b') + "\r\n");
}

/// Messages one behind the other.
class Stream {
 public:
  Stream() {
    for (int i = 0; i < message_count; ++i) {
      messages_.push_back(numbered(i));
      begins_.push_back(bytes_.size());
      bytes_ = joined(bytes_, text(messages_.back()));
    }
    begins_.push_back(bytes_.size());
  }

  [[nodiscard]] const Frame& bytes() const { return bytes_; }

  /// gives     the messages of which no byte is in this range
  [[nodiscard]] Texts without(std::size_t begin, std::size_t end) const {
    Texts out;
    for (std::size_t i = 0; i < messages_.size(); ++i) {
      if (begins_[i + 1] <= begin || begins_[i] >= end) out.push_back(messages_[i]);
    }
    return out;
  }

 private:
  Frame bytes_;
  Texts messages_;
  std::vector<std::size_t> begins_;
};

/// Gives the stream to the tap in segments, without that of number `lost`.
void send(StreamTap& tap, const Stream& stream, std::uint16_t port, std::size_t segment_bytes,
          std::size_t lost) {
  SegmentSender sender(40'000, port);
  tap.take(sender.syn(), 0);
  const Bytes all = stream.bytes();
  for (std::size_t i = 0; i * segment_bytes < all.size(); ++i) {
    const std::size_t begin = i * segment_bytes;
    const Packet segment =
        sender.data(all.subspan(begin, std::min(segment_bytes, all.size() - begin)));
    if (i != lost) tap.take(segment, static_cast<std::int64_t>(i));
  }
}

}  // namespace

TEST_CASE("a stream without one segment loses the message that was in it, and no other") {
  const Stream stream;
  const std::size_t segment_bytes = GENERATE(150U, 700U);
  const std::size_t segments = (stream.bytes().size() + segment_bytes - 1) / segment_bytes;
  const std::uint16_t port = GENERATE(sip_port, unknown_port);
  const std::size_t lost = GENERATE_COPY(range(std::size_t{0}, segments));
  CAPTURE(segment_bytes, port, lost);
  StreamTap tap;
  send(tap, stream, port, segment_bytes, lost);
  tap.finish();
  CHECK(tap.texts() == stream.without(lost * segment_bytes, (lost + 1) * segment_bytes));
  CHECK(tap.streams().gaps == (lost + 1 < segments ? 1U : 0U));
}

TEST_CASE("what was lost is waited for, and given up in time") {
  StreamTap tap;
  SegmentSender sender;
  const std::string invite = request("INVITE");
  const std::string bye = request("BYE");
  tap.take(sender.syn(), 0);
  const Packet late = sender.data(invite);
  tap.take(sender.data(bye), 10);
  CHECK(tap.found.empty());
  SECTION("it comes late") {
    tap.take(late, 500);
    CHECK(tap.texts() == Texts{invite, bye});
  }
  SECTION("it never comes") {
    tap.take(SegmentSender(40'001).syn(), past_gap_us);
    CHECK(tap.texts() == Texts{bye});
    CHECK(tap.times() == Times{10});
  }
  SECTION("it comes too late") {
    tap.take(SegmentSender(40'001).syn(), past_gap_us);
    tap.take(late, past_gap_us);
    CHECK(tap.texts() == Texts{bye});
    CHECK(tap.streams().repeated == invite.size());
  }
}

TEST_CASE("a stream of WebSocket goes on where a segment begins with a frame") {
  const Frame head = text("GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
  const Frame invite = websocket_frame(0x81, text(numbered(40)), rfc_key);
  const Frame bye = websocket_frame(0x81, text(request("BYE")), rfc_key);
  const Bytes halves[] = {Bytes(invite).first(1000), Bytes(invite).subspan(1000)};
  const std::size_t lost = GENERATE(0U, 1U);
  CAPTURE(lost);
  StreamTap tap;
  SegmentSender sender(40'000, unknown_port);
  tap.take(sender.syn(), 0);
  tap.take(sender.data(Bytes(head)), 1);
  for (std::size_t i = 0; i < 2; ++i) {
    const Packet half = sender.data(halves[i]);
    if (i != lost) tap.take(half, 2);
  }
  tap.take(sender.data(Bytes(bye)), 3);
  tap.take(sender.data(Bytes(bye)), 4);
  tap.finish();
  CHECK(tap.texts() == Texts{request("BYE"), request("BYE")});
  CHECK(tap.times() == Times{3, 4});
  CHECK(tap.bytes(lost == 0 ? StreamBytes::junk : StreamBytes::unfinished) ==
        halves[1 - lost].size());
}

TEST_CASE("of WebSocket in its own segments, each lost one takes one message with it") {
  const bool is_masked = GENERATE(true, false);
  const int lost = GENERATE(range(0, message_count));
  CAPTURE(is_masked, lost);
  StreamTap tap;
  SegmentSender sender(40'000, unknown_port);
  std::vector<Frame> frames;
  Texts want;
  for (int i = 0; i < message_count; ++i) {
    frames.push_back(websocket_frame(0x82, text(numbered(i)),
                                     is_masked ? std::optional(rfc_key) : std::nullopt));
    const Packet segment = sender.data(Bytes(frames.back()));
    if (i == lost) continue;
    tap.take(segment, i);
    want.push_back(numbered(i));
  }
  tap.finish();
  CHECK(tap.texts() == want);
}

TEST_CASE("behind a gap, no message is inflated with what was lost") {
  Deflater deflater;
  StreamTap tap;
  SegmentSender sender(40'000, unknown_port);
  std::vector<Frame> frames;
  const auto add = [&](const std::vector<std::uint8_t>& deflated) {
    frames.push_back(websocket_frame(0xc1, deflated, rfc_key));
  };
  for (int i = 0; i < 5; ++i) add(deflater.message(numbered(i)));
  add(deflater.final_message(numbered(5)));
  add(deflater.message(numbered(6)));  // refers to none before it
  add(deflater.message(numbered(7)));
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const Packet segment = sender.data(Bytes(frames[i]));
    if (i != 2) tap.take(segment, static_cast<std::int64_t>(i));
  }
  tap.finish();
  CHECK(tap.texts() == Texts{numbered(0), numbered(1), numbered(6), numbered(7)});
}

TEST_CASE("a stream that was joined midway is searched for its next message") {
  const Stream stream;
  const auto joined_at = GENERATE(range<std::size_t>(1, 300));
  CAPTURE(joined_at);
  StreamTap tap;
  SegmentSender sender;
  tap.take(sender.data(Bytes(stream.bytes()).subspan(joined_at)));
  CHECK(tap.texts() == stream.without(0, joined_at));
}

TEST_CASE("a body that quotes a start line is not taken for a message when it is searched") {
  const std::string quoting = request("NOTIFY", "refer", "SIP/2.0 200 OK\r\n");
  const std::string bye = request("BYE");
  const std::size_t joined_at = GENERATE(10U, 200U);
  StreamTap tap;
  SegmentSender sender;
  tap.take(sender.data(std::string_view(quoting).substr(joined_at)));
  tap.take(sender.data(bye));
  CHECK(tap.texts() == Texts{bye});
  CHECK(tap.bytes(StreamBytes::junk) == quoting.size() - joined_at);
}

TEST_CASE("of what comes behind a gap at once, only the message above the limit is lost") {
  const std::string endless =
      "OPTIONS sip:a SIP/2.0\r\nX: " + std::string(SipView::max_head_bytes, 'x') + "\r\n";
  const std::string bye = request("BYE");
  StreamTap tap;
  SegmentSender sender;
  tap.take(sender.syn(), 0);
  const Packet late = sender.data(std::string_view(endless).substr(0, 100));
  tap.take(sender.data(std::string_view(endless).substr(100)), 1);
  tap.take(sender.data(bye), 2);
  CHECK(tap.found.empty());
  tap.take(late, 3);
  CHECK(tap.texts() == Texts{bye});
  CHECK(tap.bytes(StreamBytes::over_limit) == SipView::max_head_bytes);
}

TEST_CASE("a stream whose beginning is lost has its messages behind what reads as something else") {
  const std::string_view rest = GENERATE("{\"a\": 1}"sv, "GET / HTTP/1.1\r\n\r\n"sv);
  const std::uint16_t port = GENERATE(sip_port, unknown_port);
  CAPTURE(rest, port);
  StreamTap tap;
  SegmentSender sender(40'000, port);
  const std::string bye = request("BYE");
  const std::string all = std::string(rest) + "\r\n" + bye;
  tap.take(sender.syn(), 0);
  sender.skip(100);
  tap.take(sender.data(all), 1);
  tap.finish();
  CHECK(tap.texts() == Texts{bye});
}

TEST_CASE("a body of JSON whose head is lost does not hide what comes later") {
  StreamTap tap;
  SegmentSender sender;
  const std::string bye = request("BYE");
  tap.take(sender.syn(), 0);
  sender.skip(100);
  tap.take(sender.data("{\"a\": 1}"), 1);
  tap.take(SegmentSender(40'001).syn(), past_gap_us);
  tap.take(sender.data(bye), past_gap_us);
  CHECK(tap.texts() == Texts{bye});
}

TEST_CASE("a stream that cannot be told before a gap is looked at again behind it") {
  const std::uint16_t port = GENERATE(sip_port, unknown_port);
  StreamTap tap;
  SegmentSender sender(40'000, port);
  const std::string bye = request("BYE");
  tap.take(sender.syn(), 0);
  tap.take(sender.data("INV"), 1);
  sender.skip(100);
  tap.take(sender.data(bye), 2);
  tap.finish();
  CHECK(tap.texts() == Texts{bye});
}

TEST_CASE("a stream whose beginning is lost is let go when no message is in what follows") {
  const std::string_view rest = GENERATE("a: b\r\nc: d\r\n"sv, "\x17\x03\x03\0\1x"sv);
  StreamTap tap;
  SegmentSender sender(40'000, unknown_port);
  tap.take(sender.syn(), 0);
  sender.skip(100);
  tap.take(sender.data(rest), 1);
  tap.take(SegmentSender(40'001).syn(), past_gap_us);
  CHECK(tap.bytes(StreamBytes::other) == rest.size());
  CHECK(tap.streams().held == 0);
}
