// Where the streams of TcpStreams begin and end.
#include <catch2/catch.hpp>
#include <string>

#include "proto/net/tcp_streams.hpp"
#include "tests/support/stream_reader.hpp"
#include "tests/support/tcp_segment.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr std::uint32_t begin = 1000;

}  // namespace

TEST_CASE("a SYN that is repeated or late changes nothing") {
  TcpStreams streams({}, opens_all);
  StreamReader reader;
  const bool has_first = GENERATE(true, false);
  if (has_first) reader.take(streams, segment(begin - 1, {}, tcp_flag::syn));
  if (has_first) reader.take(streams, segment(begin - 1, {}, tcp_flag::syn));
  reader.take(streams, segment(begin, "abc"));
  reader.take(streams, segment(begin - 1, {}, tcp_flag::syn));
  reader.take(streams, segment(begin + 3, "def"));
  REQUIRE(reader.streams.size() == 1);
  CHECK(reader.streams[0].text == "abcdef");
  CHECK(streams.counts().streams == 1);
}

TEST_CASE("a SYN may bring bytes") {  // RFC 7413
  TcpStreams streams({}, opens_none);
  StreamReader reader;
  reader.take(streams, segment(begin - 1, "abc", tcp_flag::syn));
  reader.take(streams, segment(begin - 1, "abc", tcp_flag::syn));
  reader.take(streams, segment(begin + 3, "def"));
  CHECK(reader.streams.at(0).text == "abcdef");
}

TEST_CASE("a SYN elsewhere is of a new connection") {
  const std::uint32_t elsewhere =
      GENERATE(begin + 3, begin + 4, begin + (1U << 30U), begin + (1U << 31U), begin - (1U << 20U));
  CAPTURE(elsewhere);
  TcpStreams streams({}, opens_none);
  StreamReader reader(leave_all);
  reader.take(streams, segment(begin - 1, {}, tcp_flag::syn));
  reader.take(streams, segment(begin, "abc"));
  reader.take(streams, segment(elsewhere, {}, tcp_flag::syn));
  reader.take(streams, segment(elsewhere + 1, "def"));
  REQUIRE(reader.streams.size() == 2);
  CHECK(reader.streams[0].text == "abc");
  CHECK(reader.streams[0].is_closed);
  CHECK(reader.streams[1].left == "def");
  CHECK(adds_up(streams.counts()));
}

TEST_CASE("streams of a later time are over when a capture of an earlier one begins") {
  TcpStreams streams({}, opens_none);
  StreamReader reader;
  reader.take(streams, segment(begin - 1, {}, tcp_flag::syn, 9), 100);
  reader.take(streams, segment(begin - 1, {}, tcp_flag::syn), 101);
  reader.take(streams, segment(begin, "abc"), 200);
  reader.take(streams, segment(begin - 1, {}, tcp_flag::syn, 9), 100);
  reader.take(streams, segment(begin - 1, {}, tcp_flag::syn), 101);
  reader.take(streams, segment(begin, "abc"), 200);
  REQUIRE(reader.streams.size() == 2);
  CHECK(reader.streams[1].text == "abc");
}

TEST_CASE("a SYN elsewhere that nothing follows ends no stream") {
  const std::uint32_t elsewhere = GENERATE(begin + 3, begin + (1U << 30U), begin - (1U << 20U));
  CAPTURE(elsewhere);
  TcpStreams streams({}, opens_none);
  StreamReader reader;
  reader.take(streams, segment(begin - 1, {}, tcp_flag::syn));
  reader.take(streams, segment(begin, "abc"));
  reader.take(streams, segment(elsewhere, {}, tcp_flag::syn));
  reader.take(streams, segment(begin + 3, "def"));
  reader.take(streams, segment(begin + 6, "ghi"));
  REQUIRE(reader.streams.size() == 1);
  CHECK(reader.streams[0].text == "abcdefghi");
  CHECK(adds_up(streams.counts()));
}

TEST_CASE("a connection that begins a little before an old one of its port is another") {
  TcpStreams streams({}, opens_none);
  StreamReader reader;
  reader.take(streams, segment(begin - 1, {}, tcp_flag::syn));
  reader.take(streams, segment(begin, "abc"));
  reader.take(streams, segment(begin - 100, {}, tcp_flag::syn));
  reader.take(streams, segment(begin - 99, "def"));
  REQUIRE(reader.streams.size() == 2);
  CHECK(reader.streams[1].text == "def");
}

TEST_CASE("copies of a whole connection are not read again") {
  TcpStreams streams({}, opens_all);
  StreamReader reader;
  for (int copy = 0; copy < 2; ++copy) {
    reader.take(streams, segment(begin - 1, {}, tcp_flag::syn));
    reader.take(streams, segment(begin, "abc"));
    reader.take(streams, segment(begin + 3, {}, tcp_flag::fin));
  }
  REQUIRE(reader.streams.size() == 1);
  CHECK(streams.counts().repeated == 3);
  CHECK(adds_up(streams.counts()));
}

TEST_CASE("a stream that is forgotten for good is opened by nothing but another SYN") {
  TcpStreams streams({}, opens_all);
  StreamReader reader([](const StreamRun& run) {
    return Leaves{run.bytes.size(), {}, true, true};
  });
  reader.take(streams, segment(begin - 1, {}, tcp_flag::syn));
  CHECK(reader.take(streams, segment(begin, "abc")));
  CHECK_FALSE(reader.take(streams, segment(begin + 3, "def")));
  CHECK_FALSE(reader.take(streams, segment(begin - 1, {}, tcp_flag::syn)));
  CHECK_FALSE(reader.take(streams, segment(begin + 3'000'000, "ghi")));
  CHECK(reader.streams.size() == 1);
  SECTION("another SYN") {
    reader.take(streams, segment(begin + 99, {}, tcp_flag::syn));
    CHECK(reader.take(streams, segment(begin + 100, "abc")));
  }
  SECTION("a minute of silence") {
    CHECK_FALSE(reader.take(streams, segment(begin + 6, "jkl"), 60'000'000));
    CHECK(reader.take(streams, segment(begin + 9, "mno"), 120'000'001));
  }
  CHECK(reader.streams.size() == 2);
  CHECK(adds_up(streams.counts()));
}

TEST_CASE("far bytes are of a new connection when they could begin one") {
  TcpStreams streams({}, [](const Packet& p) { return as_text(p.payload).starts_with("SIP"); });
  StreamReader reader(leave_all);
  reader.take(streams, segment(begin, "SIP 1"));
  const std::uint32_t elsewhere = GENERATE(begin + 0x20000000, begin - 0x20000000);
  CHECK(reader.take(streams, segment(elsewhere, "stray")));
  CHECK(streams.counts().far == 5);
  reader.take(streams, segment(begin + 5, " more"));
  reader.take(streams, segment(elsewhere, "SIP 2"));
  REQUIRE(reader.streams.size() == 2);
  CHECK(reader.streams[0].text == "SIP 1 more");
  CHECK(reader.streams[1].left == "SIP 2");
  CHECK(adds_up(streams.counts()));
}

TEST_CASE("a FIN ends its stream when all bytes before it are there") {
  TcpStreams streams({}, opens_none);
  StreamReader reader(leave_all);
  reader.take(streams, segment(begin - 1, {}, tcp_flag::syn));
  SECTION("with the last bytes") {
    reader.take(streams, segment(begin, "abc"));
    reader.take(streams, segment(begin + 3, "def", tcp_flag::fin));
  }
  SECTION("alone") {
    reader.take(streams, segment(begin, "abcdef"));
    CHECK_FALSE(reader.streams.at(0).is_closed);
    reader.take(streams, segment(begin + 6, {}, tcp_flag::fin));
  }
  SECTION("before them") {
    reader.take(streams, segment(begin, "abc"));
    reader.take(streams, segment(begin + 6, {}, tcp_flag::fin));
    CHECK_FALSE(reader.streams.at(0).is_closed);
    reader.take(streams, segment(begin + 3, "def"));
  }
  SECTION("with bytes behind a hole") {
    reader.take(streams, segment(begin + 3, "def", tcp_flag::fin));
    reader.take(streams, segment(begin, "abc"));
  }
  SECTION("again") {
    reader.take(streams, segment(begin + 3, "def", tcp_flag::fin));
    reader.take(streams, segment(begin + 3, "def", tcp_flag::fin));
    reader.take(streams, segment(begin, "abc"));
    reader.take(streams, segment(begin + 3, "def", tcp_flag::fin));
  }
  REQUIRE(reader.streams.size() == 1);
  CHECK(reader.streams[0].text == "abcdef");
  CHECK(reader.streams[0].is_closed);
  CHECK(streams.counts().gaps == 0);
  CHECK(streams.counts().held == 0);
  CHECK(adds_up(streams.counts()));
}

TEST_CASE("a FIN without bytes to be read ends a stream silently") {
  TcpStreams streams({}, opens_none);
  StreamReader reader;
  reader.take(streams, segment(begin - 1, {}, tcp_flag::syn));
  reader.take(streams, segment(begin, {}, tcp_flag::fin));
  CHECK(reader.streams.empty());
}

TEST_CASE("a RST ends its stream, and what comes with it is not read") {  // RFC 9293, 3.5.3
  TcpStreams streams({}, opens_none);
  StreamReader reader(leave_all);
  reader.take(streams, segment(begin - 1, {}, tcp_flag::syn));
  reader.take(streams, segment(begin, "abc"));
  reader.take(streams, segment(begin + 5, "f"));
  SECTION("alone") { CHECK(reader.take(streams, segment(begin + 3, {}, tcp_flag::rst))); }
  SECTION("with a text") {
    CHECK_FALSE(reader.take(streams, segment(begin + 3, "de", tcp_flag::rst)));
  }
  REQUIRE(reader.streams.size() == 1);
  CHECK(reader.streams[0].text == "abcf");
  CHECK(reader.streams[0].gaps == std::vector<std::size_t>{3});
  CHECK_FALSE(reader.take(streams, segment(begin + 6, "ghi")));
  CHECK(adds_up(streams.counts()));
}

TEST_CASE("what is sent again behind a RST in its place is not read again") {
  TcpStreams streams({}, opens_all);
  StreamReader reader;
  reader.take(streams, segment(begin, "abc"));
  reader.take(streams, segment(begin + 3, {}, tcp_flag::rst));
  reader.take(streams, segment(begin, "abc"));
  REQUIRE(reader.streams.size() == 1);
  CHECK(reader.streams[0].text == "abc");
  CHECK(streams.counts().repeated == 3);
  CHECK(adds_up(streams.counts()));
}

TEST_CASE("a RST from nowhere ends nothing") {
  TcpStreams streams({}, opens_none);
  StreamReader reader;
  reader.take(streams, segment(begin - 1, {}, tcp_flag::syn));
  reader.take(streams, segment(begin + 0x40000000, {}, tcp_flag::rst));
  CHECK(reader.take(streams, segment(begin, "abc")));
  CHECK(reader.streams.at(0).text == "abc");
}

TEST_CASE("silence ends a stream") {
  TcpStreams streams({.max_age_us = 100}, opens_none);
  StreamReader reader(leave_all);
  reader.take(streams, segment(begin - 1, {}, tcp_flag::syn), 0);
  reader.take(streams, segment(begin, "abc"), 100);
  CHECK(reader.take(streams, segment(begin + 3, "def"), 200));
  CHECK_FALSE(reader.take(streams, segment(begin + 6, "ghi"), 301));
  CHECK(reader.streams.at(0).text == "abcdef");
  CHECK(adds_up(streams.counts()));
}

TEST_CASE("what is sent again after the end is not read again") {
  TcpStreams streams({}, opens_all);
  StreamReader reader;
  reader.take(streams, segment(begin, "abc"));
  reader.take(streams, segment(begin + 3, "def", tcp_flag::fin));
  reader.take(streams, segment(begin + 3, "def", tcp_flag::fin));
  reader.take(streams, segment(begin, "abcdef"));
  reader.take(streams, segment(begin + 5, "fghi"));
  REQUIRE(reader.streams.size() == 1);
  CHECK(reader.streams[0].text == "abcdef");
  CHECK(streams.counts().repeated == 10);
  CHECK(streams.counts().far == 3);  // nothing comes after a FIN
  CHECK(adds_up(streams.counts()));
  SECTION("a SYN begins another connection") {
    reader.take(streams, segment(begin + 100, {}, tcp_flag::syn));
    reader.take(streams, segment(begin + 101, "new"));
  }
  SECTION("so do bytes elsewhere") { reader.take(streams, segment(begin + 0x10000000, "new")); }
  SECTION("so does anything a minute later") {
    reader.take(streams, segment(begin, "new"), 60'000'001);
  }
  REQUIRE(reader.streams.size() == 2);
  CHECK(reader.streams[1].text == "new");
}

TEST_CASE("streams that ended make room before all others") {
  TcpStreams streams({.max_streams = 3}, opens_none);
  StreamReader reader;
  reader.take(streams, segment(begin, "a", tcp_flag::syn, 1));
  reader.take(streams, segment(begin, "b", tcp_flag::syn, 2));
  for (std::uint16_t port = 10; port < 100; ++port) {
    reader.take(streams, segment(begin, "c", tcp_flag::syn, port));
    reader.take(streams, segment(begin + 2, {}, tcp_flag::fin, port));
  }
  CHECK(streams.counts().streams_evicted == 0);
  CHECK(reader.take(streams, segment(begin + 2, "a", tcp_flag::ack, 1)));
  CHECK(reader.take(streams, segment(begin + 2, "b", tcp_flag::ack, 2)));
}
