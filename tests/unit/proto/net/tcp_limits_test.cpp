// What TcpStreams does when more comes than it may hold.
#include <array>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "proto/net/tcp_streams.hpp"
#include "tests/support/stream_reader.hpp"
#include "tests/support/tcp_segment.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr std::uint32_t begin = 0xffffff00;
constexpr StreamLimits small{.max_bytes = 20'000, .max_streams = 4, .max_stream_bytes = 8'000};

}  // namespace

TEST_CASE("a reader that uses nothing up loses what is too much") {
  TcpStreams streams(small, opens_all);
  StreamReader reader(leave_all);
  const std::string part(700, 'x');
  for (std::uint32_t i = 0; i < 100; ++i) {
    reader.take(streams, segment(begin + i * 700, part));
    REQUIRE(streams.counts().held <= small.max_stream_bytes);
    REQUIRE(adds_up(streams.counts()));
  }
  CHECK(reader.streams.at(0).gaps.size() == 100 * 700 / small.max_stream_bytes);
  CHECK(reader.streams.at(0).text.empty());
  CHECK(streams.counts().evicted + streams.counts().held == 100 * 700);
  CHECK(streams.counts().gaps == 0);  // nothing was missing
}

TEST_CASE("so it is when each segment closes a gap") {
  TcpStreams streams(small, opens_all);
  StreamReader reader(leave_all);
  const std::string part(700, 'x');
  reader.take(streams, segment(begin, part));
  for (std::uint32_t i = 1; i < 2000; i += 2) {
    reader.take(streams, segment(begin + (i + 1) * 700, part));
    reader.take(streams, segment(begin + i * 700, part));
    REQUIRE(streams.counts().held <= 2 * small.max_stream_bytes);
    REQUIRE(adds_up(streams.counts()));
  }
  CHECK(reader.streams.at(0).gaps.size() > 10);
}

TEST_CASE("a segment longer than what a stream may hold is not taken") {
  TcpStreams streams(small, opens_all);
  StreamReader reader(leave_all);
  const std::string fits(small.max_stream_bytes, 'x');
  CHECK(reader.take(streams, segment(begin, fits)));
  CHECK_FALSE(reader.take(streams, segment(begin, fits + 'x')));
  CHECK(reader.take(streams,
                    segment(begin + 1 + static_cast<std::uint32_t>(small.max_stream_bytes), fits)));
  CHECK(adds_up(streams.counts()));
}

TEST_CASE("the oldest waiting bytes make room, whose ever they are") {
  StreamReader reader(leave_all);
  TcpStreams streams(small, opens_all);
  const std::string part(7'000, 'x');
  reader.take(streams, segment(begin, part, tcp_flag::ack, 1));
  reader.take(streams, segment(begin, part, tcp_flag::ack, 2));
  CHECK(streams.counts().evicted == 0);
  reader.take(streams, segment(begin + 100, part.substr(100), tcp_flag::ack, 3));
  CHECK(streams.counts().evicted == 7'000);
  for (const std::uint16_t port : std::array<std::uint16_t, 3>{3, 2, 1}) {
    reader.take(streams, segment(begin + 7'000, "y", tcp_flag::ack, port));
  }
  CHECK(reader.streams.at(2).left == part.substr(100) + "y");
  CHECK(reader.streams.at(1).left == part + "y");
  CHECK(reader.streams.at(0).left == "y");
  CHECK(reader.streams.at(0).gaps == std::vector<std::size_t>{0});
  CHECK(adds_up(streams.counts()));
}

TEST_CASE("a stream may have to make room for itself") {
  StreamReader reader(leave_all);
  TcpStreams streams(small, opens_all);
  const std::string part(7'000, 'x');
  reader.take(streams, segment(begin, part, tcp_flag::ack, 1));
  reader.take(streams, segment(begin, part, tcp_flag::ack, 2));
  reader.take(streams, segment(begin, part.substr(0, 5'000), tcp_flag::ack, 3));
  const std::string more(GENERATE(900U, 1'000U), 'm');
  const bool is_ahead = GENERATE(true, false);
  CAPTURE(more.size(), is_ahead);
  reader.take(streams, segment(begin + 7'000, more, tcp_flag::ack, 1));
  CHECK(streams.counts().evicted == 0);
  const std::string last(2'000, 'l');
  const std::uint32_t at = begin + 7'000 + static_cast<std::uint32_t>(more.size());
  if (is_ahead) {
    reader.take(streams, segment(at + 1, last, tcp_flag::ack, 1));
    reader.take(streams, segment(at, "-", tcp_flag::ack, 1));
    CHECK(reader.streams.at(0).left == "-" + last);
  } else {
    reader.take(streams, segment(at, last, tcp_flag::ack, 1));
    reader.take(streams, segment(at + 2'000, "-", tcp_flag::ack, 1));
    CHECK(reader.streams.at(0).left == last + "-");
  }
  CHECK(reader.streams.at(0).gaps == std::vector<std::size_t>{0});
  CHECK(streams.counts().evicted == 7'000 + more.size());
  CHECK(adds_up(streams.counts()));
}

TEST_CASE("confirmed streams outlive a flood of others") {
  TcpStreams streams({.max_streams = 64}, opens_none);
  StreamReader reader(leave_all);
  reader.confirms = true;
  reader.take(streams, segment(begin - 1, {}, tcp_flag::syn, 1));
  reader.take(streams, segment(begin, "INVITE ", tcp_flag::ack, 1));
  Packet flood = segment(0, {}, tcp_flag::syn);
  flood.source.octets[0] = 10;
  for (std::uint32_t i = 0; i < 1'000'000; ++i) {
    flood.source.octets[1] = static_cast<std::uint8_t>(i >> 16U);
    flood.source_port = static_cast<std::uint16_t>(i);
    flood.tcp_sequence = i * 7;
    REQUIRE(reader.take(streams, flood, i));
  }
  CHECK(streams.counts().streams == 1'000'001);
  CHECK(streams.counts().streams_evicted == 1'000'001 - 64);
  REQUIRE(reader.take(streams, segment(begin + 7, "sip:a", tcp_flag::ack, 1), 1'000'000));
  REQUIRE(reader.streams.size() == 1);
  CHECK(reader.streams[0].left == "INVITE sip:a");
}

TEST_CASE(
    "the one used longest ago makes room: of the unconfirmed first, then "
    "of the others") {
  TcpStreams streams(small, opens_none);
  StreamReader reader;
  for (const std::uint16_t port : std::array<std::uint16_t, 4>{1, 2, 3, 4}) {
    reader.confirms = port != 3;
    reader.take(streams, segment(begin, "a", tcp_flag::syn, port));
  }
  CHECK(reader.take(streams, segment(begin + 1, "a", tcp_flag::ack, 1)));
  reader.take(streams, segment(begin, {}, tcp_flag::syn, 5));
  CHECK_FALSE(reader.take(streams, segment(begin + 1, "a", tcp_flag::ack, 3)));
  reader.take(streams, segment(begin, {}, tcp_flag::syn, 6));
  CHECK_FALSE(reader.take(streams, segment(begin + 1, "a", tcp_flag::ack, 5)));
  CHECK(reader.take(streams, segment(begin + 1, "a", tcp_flag::ack, 1)));
  CHECK(reader.take(streams, segment(begin + 1, "a", tcp_flag::ack, 2)));
  CHECK(reader.take(streams, segment(begin + 1, "a", tcp_flag::ack, 4)));
}

TEST_CASE("what waits in a stream that makes room is still read") {
  TcpStreams streams({.max_streams = 1}, opens_all);
  StreamReader reader(leave_all);
  reader.take(streams, segment(begin, "abc", tcp_flag::ack, 1));
  reader.take(streams, segment(begin + 4, "e", tcp_flag::ack, 1));
  reader.take(streams, segment(begin, "xyz", tcp_flag::ack, 2));
  REQUIRE(reader.streams.size() == 2);
  CHECK(reader.streams[0].text == "abce");
  CHECK(reader.streams[0].gaps == std::vector<std::size_t>{3});
  CHECK(reader.streams[1].left == "xyz");
  CHECK(adds_up(streams.counts()));
}
