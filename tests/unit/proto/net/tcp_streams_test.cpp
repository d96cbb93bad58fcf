#include "proto/net/tcp_streams.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "tests/support/stream_reader.hpp"
#include "tests/support/tcp_segment.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr std::uint32_t begin = 1000;

}  // namespace

TEST_CASE("what is in order is read where the packet has it") {
  TcpStreams streams({}, opens_none);
  REQUIRE(streams.take(segment(begin - 1, {}, tcp_flag::syn), 0, 0));
  StreamRun run;
  REQUIRE_FALSE(streams.next_run(run));
  const std::string text = "INVITE";
  REQUIRE(streams.take(segment(begin, text), 1, 1));
  REQUIRE(streams.next_run(run));
  CHECK(run.bytes.data() == as_bytes(text).data());
  CHECK(run.bytes.size() == text.size());
  CHECK(run.is_new);
  CHECK_FALSE(run.after_gap);
  CHECK_FALSE(run.is_last);
  CHECK(streams.flow(run) == flow_of(segment(begin, text)));
  streams.consume(run, text.size());
  CHECK_FALSE(streams.next_run(run));
  CHECK(streams.counts().read == text.size());
  CHECK(adds_up(streams.counts()));
}

TEST_CASE("what the reader leaves is given again with what follows") {
  TcpStreams streams({}, opens_all);
  StreamReader reader(leave_all);
  reader.take(streams, segment(begin, "ab"));
  reader.take(streams, segment(begin + 2, "c"));
  CHECK(reader.streams.at(0).left == "abc");
  CHECK(streams.counts().held == 3);
  CHECK(streams.counts().read == 0);
}

TEST_CASE("some bytes of a run are used up, from the ring and from the packet") {
  const std::size_t used = GENERATE(0U, 1U, 2U, 3U, 4U, 5U);
  std::size_t uses = 0;
  TcpStreams streams({}, opens_all);
  StreamReader reader([&](const StreamRun&) { return Leaves{std::exchange(uses, used)}; });
  reader.take(streams, segment(begin, "abc"));
  reader.take(streams, segment(begin + 3, "de"));
  uses = 0;
  reader.take(streams, segment(begin + 5, "f"));
  CHECK(reader.streams.at(0).text == std::string("abcde").substr(0, used));
  CHECK(reader.streams.at(0).text + reader.streams.at(0).left == "abcdef");
  CHECK(streams.counts().read == used);
  CHECK(streams.counts().held == 6 - used);
}

TEST_CASE("a segment of no known stream opens one when it shall") {
  TcpStreams streams({}, [](const Packet& p) { return as_text(p.payload).starts_with("SIP"); });
  StreamReader reader;
  CHECK_FALSE(reader.take(streams, segment(begin, "XYZ")));
  CHECK(streams.counts().entered == 0);
  CHECK(reader.take(streams, segment(begin + 3, "SIP")));
  CHECK(reader.take(streams, segment(begin + 6, "more")));
  REQUIRE(reader.streams.size() == 1);
  CHECK(reader.streams[0].text == "SIPmore");
  CHECK(streams.counts().streams == 1);
}

TEST_CASE("the sides of a connection, and its neighbours, are streams of their own") {
  TcpStreams streams({}, opens_all);
  StreamReader reader(leave_all);
  for (std::uint32_t i = 0; i < 3; ++i) {
    reader.take(streams, segment(begin + i, std::string(1, static_cast<char>('a' + i))));
    reader.take(streams, answer(begin + i, std::string(1, static_cast<char>('A' + i))));
    reader.take(streams, segment(begin + i, std::string(1, static_cast<char>('0' + i)),
                                 tcp_flag::ack, 40'001));
  }
  REQUIRE(reader.streams.size() == 3);
  CHECK(reader.streams[0].left == "abc");
  CHECK(reader.streams[1].left == "ABC");
  CHECK(reader.streams[2].left == "012");
}

TEST_CASE("bytes that were seen are not given again") {
  struct Row {
    const char* why;
    std::uint32_t sequence;
    std::string_view payload;
    std::string_view text;
  };
  const auto row = GENERATE(values<Row>({
      {"the same segment", begin, "abc", "abc"},
      {"other bytes in the same place", begin, "XYZ", "abc"},
      {"the end of it", begin + 1, "YZ", "abc"},
      {"more than it", begin, "XYZde", "abcde"},
      {"from before the stream", begin - 2, "..XYZde", "abcde"},
      {"a probe with the last byte (RFC 9293, 3.8.4)", begin + 2, "Z", "abc"},
      {"a probe without one", begin + 2, "", "abc"},
  }));
  CAPTURE(row.why);
  TcpStreams streams({}, opens_all);
  StreamReader reader;
  reader.take(streams, segment(begin, "abc"));
  CHECK(reader.take(streams, segment(row.sequence, row.payload)) == !row.payload.empty());
  CHECK(reader.streams.at(0).text == row.text);
  CHECK(reader.streams.at(0).gaps.empty());
  CHECK(streams.counts().repeated == row.payload.size() + 3 - row.text.size());
  CHECK(streams.counts().gaps == 0);
  CHECK(adds_up(streams.counts()));
}

TEST_CASE("a stream that is forgotten leaves nothing behind") {
  TcpStreams streams({}, [](const Packet& p) { return p.tcp_sequence == begin; });
  StreamRun run;
  REQUIRE(streams.take(segment(begin, "abc"), 0, 0));
  REQUIRE(streams.next_run(run));
  streams.consume(run, 1);
  REQUIRE_FALSE(streams.next_run(run));
  REQUIRE(streams.take(segment(begin + 4, "e"), 0, 0));
  REQUIRE_FALSE(streams.next_run(run));
  REQUIRE(streams.take(segment(begin + 3, "d"), 0, 0));
  REQUIRE(streams.next_run(run));
  CHECK(as_text(run.bytes) == "bcde");
  CHECK(streams.forget(run, false) == 4);
  CHECK_FALSE(streams.next_run(run));
  CHECK(streams.counts().held == 0);
  CHECK(streams.counts().read == 5);
  CHECK_FALSE(streams.take(segment(begin + 5, "f"), 0, 0));
  CHECK(adds_up(streams.counts()));
}

TEST_CASE("a stream that is forgotten takes what is ahead and what is fresh with it") {
  TcpStreams streams({}, opens_all);
  StreamRun run;
  REQUIRE(streams.take(segment(begin, "a"), 0, 0));
  REQUIRE(streams.next_run(run));
  streams.consume(run, 0);
  const bool has_gap = GENERATE(true, false);
  REQUIRE(streams.take(segment(begin + (has_gap ? 2 : 1), "cd"), 0, 0));
  if (has_gap) REQUIRE_FALSE(streams.next_run(run));
  if (has_gap) REQUIRE(streams.take(segment(begin, {}, tcp_flag::rst), 0, 0));
  REQUIRE(streams.next_run(run));
  CHECK(as_text(run.bytes) == (has_gap ? "a" : "acd"));
  CHECK(streams.forget(run, false) == 3);
  CHECK_FALSE(streams.next_run(run));
  CHECK(streams.counts().held == 0);
  CHECK(adds_up(streams.counts()));
}

TEST_CASE("what came in one segment is told from what came in others") {
  TcpStreams streams({}, opens_all);
  StreamRun run;
  REQUIRE(streams.take(segment(begin, "ab"), 0, 0));
  REQUIRE(streams.next_run(run));
  CHECK(streams.segment_end(0) == 2);
  streams.consume(run, 1);
  REQUIRE(streams.take(segment(begin + 3, "de"), 0, 0));
  REQUIRE_FALSE(streams.next_run(run));
  REQUIRE(streams.take(segment(begin + 2, "cde"), 0, 0));
  REQUIRE(streams.next_run(run));
  CHECK(as_text(run.bytes) == "bcde");
  CHECK(streams.segment_end(0) == 1);
  CHECK(streams.segment_end(1) == 2);
  CHECK(streams.segment_end(2) == 4);
  CHECK(streams.segment_end(3) == 4);
  streams.consume(run, 4);
}

TEST_CASE("a message is of the packet that completed it, however they came") {
  TcpStreams streams({}, opens_all);
  StreamRun run;
  Packet middle = segment(begin + 2, "cd");
  middle.vlan_id = 7;
  middle.ethernet = {{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x81, 0}};
  REQUIRE(streams.take(segment(begin, "ab"), 10, 10));
  REQUIRE(streams.next_run(run));
  CHECK(streams.origin(0, 2).time_us == 10);
  streams.consume(run, 0);
  REQUIRE(streams.take(segment(begin + 4, "ef"), 20, 20));
  REQUIRE_FALSE(streams.next_run(run));
  REQUIRE(streams.take(middle, 30, 30));
  REQUIRE(streams.next_run(run));
  CHECK(streams.origin(0, 2).time_us == 10);
  CHECK(streams.origin(1, 3).time_us == 30);
  CHECK(streams.origin(0, 6).time_us == 30);
  CHECK(streams.origin(0, 6).vlan_id == 7);
  CHECK(streams.origin(0, 6).ethernet.octets == middle.ethernet.octets);
  CHECK(streams.origin(4, 6).ethernet.type() == 0);
  CHECK(streams.origin(4, 6).time_us == 20);
  streams.consume(run, 5);
  REQUIRE(streams.take(segment(begin + 6, "g"), 40, 40));
  REQUIRE(streams.next_run(run));
  CHECK(as_text(run.bytes) == "fg");
  CHECK(streams.origin(0, 1).time_us == 20);
  CHECK(streams.origin(0, 2).time_us == 40);
  streams.consume(run, 2);
}
