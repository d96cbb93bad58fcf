#include "tests/bench/tcp_trunks.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "proto/sip/message.hpp"
#include "tests/bench/internet_sum.hpp"

using namespace heptap;
using namespace heptap::bench;

namespace {

constexpr std::size_t message_count = 5000;

using End = std::pair<std::uint32_t, std::uint16_t>;  // address and port

struct Segment {
  End from;
  End to;
  std::uint32_t sequence;
  std::uint32_t acknowledgment;
  std::uint8_t flags;
  Bytes payload;
};

Segment segment_in(Bytes frame) {
  ByteReader in(frame);
  Segment segment{};
  in.skip(26);
  segment.from.first = in.be32();
  segment.to.first = in.be32();
  segment.from.second = in.be16();
  segment.to.second = in.be16();
  segment.sequence = in.be32();
  segment.acknowledgment = in.be32();
  const std::size_t head_bytes = std::size_t{in.u8()} / 16 * 4;
  segment.flags = in.u8();
  in.skip(4);
  CHECK(in.be16() == 0);  // nothing is urgent
  segment.payload = frame.subspan(34 + head_bytes);
  REQUIRE(in.ok());
  return segment;
}

// What one end of a connection has sent.
struct Stream {
  std::uint32_t next = 0;
  bool has_ended = false;
  std::string text;
  std::set<std::size_t> cuts;  // where its segments end
};

using Streams = std::map<std::pair<End, End>, Stream>;

// Takes a segment as TCP would if nothing were ever lost or late.
void take(const Segment& segment, Streams& streams) {
  const bool opens = (segment.flags & tcp_syn) != 0;
  if (opens) CHECK(streams.count({segment.from, segment.to}) == 0);
  Stream& stream = streams[{segment.from, segment.to}];
  if (opens) stream.next = segment.sequence;
  CHECK(segment.sequence == stream.next);
  CHECK(segment.payload.size() <= max_segment_bytes);
  CHECK((segment.payload.empty() || !stream.has_ended));
  const auto back = streams.find({segment.to, segment.from});
  CHECK(((segment.flags & tcp_ack) != 0) == (back != streams.end()));
  CHECK(segment.acknowledgment == (back != streams.end() ? back->second.next : 0));
  stream.has_ended = stream.has_ended || (segment.flags & tcp_fin) != 0;
  stream.text += as_text(segment.payload);
  stream.cuts.insert(stream.text.size());
  const bool takes_number = (segment.flags & (tcp_syn | tcp_fin)) != 0;
  stream.next += static_cast<std::uint32_t>(segment.payload.size()) + (takes_number ? 1 : 0);
}

// The traffic's messages on their trunks; gives their texts as they went in.
std::vector<std::string> write_traffic(FrameQueue& frames) {
  CallTraffic traffic;
  TcpTrunks trunks(frames);
  std::vector<std::string> texts;
  std::int64_t now_us = 0;
  for (std::size_t i = 0; i < message_count; ++i) {
    const CallMessage message = traffic.next_message();
    texts.emplace_back(message.text);
    now_us = message.time_us;
    trunks.write(message);
  }
  trunks.close(now_us);
  return texts;
}

Streams streams_in(FrameQueue& frames) {
  Streams streams;
  while (!frames.empty()) {
    const RawFrame frame = frames.next();
    CHECK(is_header_right(frame.bytes));
    CHECK(is_transport_right(frame.bytes, frame.bytes.subspan(34)));
    take(segment_in(frame.bytes), streams);
  }
  return streams;
}

std::vector<std::string> messages_in(const Stream& stream) {
  std::vector<std::string> messages;
  SipView sip;
  std::string_view rest = stream.text;
  while (!rest.empty()) {
    REQUIRE(parse_sip(as_bytes(rest), sip) == Errc::none);
    messages.emplace_back(rest.substr(0, rest.size() - sip.trailing().size()));
    rest.remove_prefix(messages.back().size());
  }
  return messages;
}

}  // namespace

TEST_CASE("streams are opened, in order, acknowledged and closed, and carry every message once") {
  FrameQueue frames;
  auto sent = write_traffic(frames);
  const Streams streams = streams_in(frames);
  std::vector<std::string> received;
  std::size_t short_count = 0;
  for (const auto& [ends, stream] : streams) {
    CHECK(stream.has_ended);
    const auto messages = messages_in(stream);
    if (messages.empty()) continue;  // the way back
    CHECK(ends.second.second == 5060);
    CHECK(messages.size() <= messages_per_stream);
    if (messages.size() < messages_per_stream) ++short_count;
    received.insert(received.end(), messages.begin(), messages.end());
  }
  CHECK(short_count * 10 < streams.size());  // those that the end of the traffic has cut
  std::sort(sent.begin(), sent.end());
  std::sort(received.begin(), received.end());
  CHECK(received == sent);
}

TEST_CASE("of the messages in TCP half are cut, and a segment holds two on average") {
  FrameQueue frames;
  write_traffic(frames);
  std::size_t cut_count = 0;
  std::size_t segment_count = 0;
  for (const auto& [ends, stream] : streams_in(frames)) {
    std::size_t begin = 0;
    for (const std::string& message : messages_in(stream)) {
      const std::size_t end = begin + message.size();
      const auto cut = stream.cuts.upper_bound(begin);
      if (*cut < end) ++cut_count;
      begin = end;
    }
    segment_count += stream.cuts.size() - 1;
  }
  CHECK(cut_count > message_count * 2 / 5);
  CHECK(segment_count < message_count * 7 / 10);
}

TEST_CASE("the packets of a connection keep their order however fast messages come") {
  FrameQueue frames;
  TcpTrunk trunk({0xc6120001, 0xc6130001}, frames);
  const std::string text(700, 'x');
  const CallMessage message{
      .time_us = 1'000'000, .call = 1, .from_caller = true, .flow = {}, .text = text};
  for (std::size_t i = 0; i < 2 * messages_per_stream; ++i) trunk.write(message);
  std::size_t byte_count = 0;
  for (const auto& [ends, stream] : streams_in(frames)) {
    CHECK(stream.has_ended);
    byte_count += stream.text.size();
  }
  CHECK(byte_count == 2 * messages_per_stream * text.size());
}
