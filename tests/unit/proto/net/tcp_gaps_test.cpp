// What TcpStreams does about segments that never come.
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "proto/net/tcp_streams.hpp"
#include "tests/support/stream_reader.hpp"
#include "tests/support/tcp_segment.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr std::uint32_t begin = 0xfffffff0;  // so that every test wraps
constexpr std::uint32_t segment_bytes = 10;
constexpr std::int64_t gap_wait_us = 1000;

/// Ten segments of a text in which every byte differs from its neighbours.
std::string letters(std::size_t size = 10 * segment_bytes) {
  std::string out;
  for (std::size_t i = 0; i < size; ++i) out.push_back(static_cast<char>('a' + i % 23));
  return out;
}

Packet part(std::string_view text, std::uint32_t number) {
  const std::uint32_t offset = number * segment_bytes;
  return segment(begin + offset, text.substr(offset, segment_bytes));
}

std::string without(std::string text, std::uint32_t number) {
  return text.erase(number * segment_bytes, segment_bytes);
}

}  // namespace

TEST_CASE(
    "of a stream without one segment all else comes out, and the place "
    "is known") {
  const auto removed = GENERATE(range(0U, 9U));
  CAPTURE(removed);
  TcpStreams streams({.gap_wait_us = gap_wait_us}, opens_all);
  StreamReader reader;
  const std::string text = letters();
  reader.take(streams, segment(begin - 1, {}, tcp_flag::syn));
  for (std::uint32_t i = 0; i < 10; ++i) {
    if (i != removed) reader.take(streams, part(text, i));
  }
  const std::size_t in_front = reader.streams.empty() ? 0 : reader.streams[0].text.size();
  CHECK(in_front == removed * segment_bytes);
  CHECK(streams.counts().held == (9 - removed) * segment_bytes);
  const std::int64_t late = gap_wait_us + 1;
  SECTION("after a while") { reader.take(streams, segment(1, {}, tcp_flag::ack, 9), late); }
  SECTION("at the end of the stream") {
    reader.take(streams, segment(begin + 10 * segment_bytes, {}, tcp_flag::rst));
  }
  SECTION("at the end of all") {
    streams.finish();
    reader.read(streams);
  }
  REQUIRE(reader.streams.size() == 1);
  CHECK(reader.streams[0].text == without(text, removed));
  CHECK(reader.streams[0].gaps == std::vector<std::size_t>{removed * segment_bytes});
  CHECK(streams.counts().gaps == 1);
  CHECK(streams.counts().gap_bytes == segment_bytes);
  CHECK(streams.counts().held == 0);
  CHECK(adds_up(streams.counts()));
}

TEST_CASE("what is missing in front of a FIN is a gap, too") {
  TcpStreams streams({.gap_wait_us = gap_wait_us}, opens_all);
  StreamReader reader(leave_all);
  const std::string text = letters();
  reader.take(streams, part(text, 0));
  reader.take(streams, segment(begin + 2 * segment_bytes, {}, tcp_flag::fin));
  CHECK(streams.counts().gaps == 0);
  SECTION("that is closed in time") {
    reader.take(streams, part(text, 1));
    CHECK(reader.streams.at(0).text == text.substr(0, 2 * segment_bytes));
    CHECK(streams.counts().gaps == 0);
  }
  SECTION("that is not waited for any longer") {
    reader.take(streams, segment(1, {}, tcp_flag::ack, 9), gap_wait_us + 1);
    CHECK(reader.streams.at(0).text == text.substr(0, segment_bytes));
    CHECK(streams.counts().gap_bytes == segment_bytes);
  }
  SECTION("of which some comes when it is not waited for any longer") {
    const std::string some = text.substr(segment_bytes, 4);
    reader.take(streams, segment(begin + segment_bytes, some), gap_wait_us + 1);
    CHECK(reader.streams.at(0).text.empty());
    reader.take(streams, segment(1, {}, tcp_flag::ack, 9), 2 * gap_wait_us + 1);
    CHECK(reader.streams.at(0).text.empty());
    reader.take(streams, segment(1, {}, tcp_flag::ack, 9), 2 * gap_wait_us + 2);
    CHECK(reader.streams.at(0).text == text.substr(0, segment_bytes + 4));
    CHECK(streams.counts().gap_bytes == segment_bytes - 4);
  }
  SECTION("at the end of all") {
    streams.finish();
    reader.read(streams);
    CHECK(reader.streams.at(0).text == text.substr(0, segment_bytes));
    CHECK(streams.counts().gap_bytes == segment_bytes);
  }
  CHECK(streams.counts().held == 0);
  CHECK(adds_up(streams.counts()));
}

TEST_CASE("what comes behind an early FIN is waited for as long as behind a gap") {
  TcpStreams streams({.gap_wait_us = gap_wait_us}, opens_all);
  StreamReader reader;
  const std::string text = letters();
  reader.take(streams, segment(begin - 1, {}, tcp_flag::syn));
  SECTION("when it comes in parts") {
    reader.take(streams, segment(begin + 2 * segment_bytes, {}, tcp_flag::fin));
    reader.take(streams, part(text, 0), gap_wait_us);
    reader.take(streams, segment(1, {}, tcp_flag::ack, 9), gap_wait_us + 1);
    reader.take(streams, part(text, 1), gap_wait_us + 2);
    CHECK(reader.streams.at(0).text == text.substr(0, 2 * segment_bytes));
    CHECK(streams.counts().gaps == 0);
  }
  SECTION("when the FIN was in the middle of it") {
    reader.take(streams, segment(begin + 5, {}, tcp_flag::fin));
    reader.take(streams, part(text, 0));
    reader.take(streams, part(text, 2), gap_wait_us + 1);
    reader.take(streams, segment(1, {}, tcp_flag::ack, 9), 2 * gap_wait_us + 2);
    CHECK(reader.streams.at(0).text == text.substr(0, 10) + text.substr(20, 10));
    CHECK(streams.counts().gaps == 1);
  }
}

TEST_CASE("the FIN of a segment that the capture cut is not where its bytes end") {
  TcpStreams streams({}, opens_all);
  StreamReader reader;
  Packet cut = segment(begin, "ab", tcp_flag::fin);
  cut.truncated = true;
  reader.take(streams, cut);
  CHECK_FALSE(reader.streams.at(0).is_closed);
  CHECK(streams.counts().truncated == 1);
  reader.take(streams, segment(begin + 2, "cd", tcp_flag::fin));  // sent again, and seen whole
  CHECK(reader.streams.at(0).text == "abcd");
  CHECK(reader.streams.at(0).is_closed);
}

TEST_CASE("a gap of a capture that was of a later time is not waited for") {
  constexpr std::int64_t later = 1'000'000;
  TcpStreams streams({.gap_wait_us = gap_wait_us}, opens_all);
  StreamReader reader;
  const std::string text = letters();
  reader.take(streams, segment(begin - 1, {}, tcp_flag::syn), later);
  reader.take(streams, part(text, 1), later);
  reader.take(streams, segment(begin - 1, {}, tcp_flag::syn, 9), 0);
  reader.take(streams, segment(begin + 10, text.substr(10), tcp_flag::ack, 9), 1);
  REQUIRE(reader.streams.size() == 1);
  CHECK(reader.streams[0].text == text.substr(10, 10));
  reader.take(streams, segment(1, {}, tcp_flag::ack, 10), gap_wait_us + 2);
  CHECK(reader.streams.size() == 2);
}

TEST_CASE("each hole is a gap of its own") {
  TcpStreams streams({}, opens_all);
  StreamReader reader;
  const std::string text = letters();
  for (const std::uint32_t i : {0U, 2U, 3U, 6U, 9U}) reader.take(streams, part(text, i));
  streams.finish();
  reader.read(streams);
  const std::string want = text.substr(0, 10) + text.substr(20, 20) + text.substr(60, 10);
  CHECK(reader.streams.at(0).text == want + text.substr(90));
  CHECK(reader.streams.at(0).gaps == std::vector<std::size_t>{10, 30, 40});
  CHECK(streams.counts().gaps == 3);
  CHECK(streams.counts().gap_bytes == 5 * segment_bytes);
}

TEST_CASE("a gap is waited for so long, and the next one as long again") {
  TcpStreams streams({.gap_wait_us = gap_wait_us}, opens_all);
  StreamReader reader;
  const std::string text = letters();
  reader.take(streams, part(text, 0), 0);
  reader.take(streams, part(text, 2), 100);
  reader.take(streams, part(text, 4), 200);
  reader.take(streams, segment(1, {}, tcp_flag::ack, 9), 100 + gap_wait_us);
  CHECK(streams.counts().gaps == 0);
  reader.take(streams, segment(1, {}, tcp_flag::ack, 9), 101 + gap_wait_us);
  CHECK(streams.counts().gaps == 1);
  CHECK(reader.streams.at(0).text == text.substr(0, 10) + text.substr(20, 10));
  reader.take(streams, segment(1, {}, tcp_flag::ack, 9), 101 + 2 * gap_wait_us);
  CHECK(streams.counts().gaps == 1);
  reader.take(streams, segment(1, {}, tcp_flag::ack, 9), 102 + 2 * gap_wait_us);
  CHECK(streams.counts().gaps == 2);
  CHECK(reader.streams.at(0).text.ends_with(text.substr(40, 10)));
}

TEST_CASE(
    "what was missing and comes in time closes the gap, later it is "
    "nothing new") {
  TcpStreams streams({.gap_wait_us = gap_wait_us}, opens_all);
  StreamReader reader;
  const std::string text = letters();
  const bool in_time = GENERATE(true, false);
  reader.take(streams, part(text, 0), 0);
  reader.take(streams, part(text, 2), 0);
  if (!in_time) reader.take(streams, segment(1, {}, tcp_flag::ack, 9), gap_wait_us + 1);
  reader.take(streams, part(text, 1), gap_wait_us + 1);
  reader.take(streams, part(text, 3), 3 * gap_wait_us);
  const std::string whole = text.substr(0, 40);
  CHECK(reader.streams.at(0).text == (in_time ? whole : without(whole, 1)));
  CHECK(streams.counts().gaps == (in_time ? 0 : 1));
  CHECK(streams.counts().repeated == (in_time ? 0 : segment_bytes));
}

TEST_CASE("what the reader left in front of a gap is given up with it") {
  TcpStreams streams({.gap_wait_us = gap_wait_us}, opens_all);
  std::vector<bool> lasts;
  StreamReader reader([&](const StreamRun& run) {
    lasts.push_back(run.is_last);
    return leave_all(run);
  });
  const std::string text = letters();
  reader.take(streams, part(text, 0));
  reader.take(streams, part(text, 2));
  reader.take(streams, segment(1, {}, tcp_flag::ack, 9), gap_wait_us + 1);
  CHECK(lasts == std::vector<bool>{false, true, false});
  CHECK(reader.streams.at(0).text == text.substr(0, 10));
  CHECK(reader.streams.at(0).left == text.substr(20, 10));
  CHECK(reader.streams.at(0).gaps == std::vector<std::size_t>{10});
  reader.take(streams, part(text, 3), gap_wait_us + 2);
  CHECK(reader.streams.at(0).left == text.substr(20, 20));
}

TEST_CASE("a gap is not waited for when too much is behind it") {
  TcpStreams streams({.max_stream_bytes = 2000}, opens_all);
  StreamReader reader;
  const std::string text = letters(1101);
  reader.take(streams, segment(begin, text.substr(0, 10)));
  const std::size_t step = GENERATE(2U, 7U, 300U);
  for (std::size_t at = 100; at < 1101; at += step) {
    CHECK(streams.counts().gaps == 0);
    reader.take(streams, segment(begin + static_cast<std::uint32_t>(at), text.substr(at, step)));
  }
  CHECK(streams.counts().gaps == 1);
  CHECK(reader.streams.at(0).text == text.substr(0, 10) + text.substr(100));
}

TEST_CASE("gaps that were closed do not shorten the wait for others") {
  TcpStreams streams({.gap_wait_us = 1'000'000}, opens_all);
  StreamReader reader;
  const std::string text = letters(20'000);
  for (std::uint32_t i = 0; i + 2 < text.size(); i += 2) {  // neighbours change places
    reader.take(streams, segment(begin + i + 1, text.substr(i + 1, 1)), i);
    reader.take(streams, segment(begin + i, text.substr(i, 1)), i + 1);
  }
  CHECK(streams.counts().gaps == 0);
}

TEST_CASE("more gaps than can be remembered: the oldest is given up") {
  constexpr std::uint16_t many = 5000;
  TcpStreams streams({}, opens_all);
  StreamReader reader;
  for (std::uint16_t port = 1; port <= many; ++port) {
    reader.take(streams, segment(begin, "a", tcp_flag::ack, port), port);
    reader.take(streams, segment(begin + 2, "c", tcp_flag::ack, port), port);
  }
  CHECK(streams.counts().gaps > 0);
  CHECK(streams.counts().gaps < many);
  CHECK(reader.streams.front().text == "ac");
  CHECK(reader.streams.back().text == "a");
  CHECK(adds_up(streams.counts()));
}

TEST_CASE("a gap is not waited for when too many pieces are behind it") {
  TcpStreams streams({}, opens_all);
  StreamReader reader;
  const std::string text = letters(5000);
  reader.take(streams, segment(begin, text.substr(0, 1)));
  std::uint32_t at = 2;
  while (streams.counts().gaps == 0) {
    REQUIRE(at < 4000);
    reader.take(streams, segment(begin + at, text.substr(at, 1)));
    at += 2;
  }
  const std::uint64_t held = streams.counts().held;
  for (std::uint32_t i = 0; i < 500; ++i, at += 2) {
    reader.take(streams, segment(begin + at, text.substr(at, 1)));
    REQUIRE(streams.counts().held <= held);
  }
}

TEST_CASE("copies of what is behind a gap do not shorten the wait") {
  TcpStreams streams({}, opens_all);
  StreamReader reader;
  const std::string text = letters();
  reader.take(streams, part(text, 0));
  for (int i = 0; i < 5000; ++i) reader.take(streams, part(text, 2));
  CHECK(streams.counts().gaps == 0);
  reader.take(streams, part(text, 1));
  CHECK(reader.streams.at(0).text == text.substr(0, 30));
}
