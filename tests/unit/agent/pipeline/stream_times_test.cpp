#include "agent/pipeline/stream_messages.hpp"

#include "tests/support/sip_text.hpp"
#include "tests/unit/agent/pipeline/stream_tap.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr std::int64_t second_us = 1'000'000;

struct Arrival {
  std::size_t segment;  ///< in the order of the stream
  std::int64_t time_us;
};

/// Cuts a row of BYEs into segments.
struct Row {
  const char* why;
  std::vector<double> segments;  ///< how many messages each holds
  std::vector<Arrival> arrivals;
  Times want;
};

std::string byes(int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += request("BYE");
  return out;
}

}  // namespace

TEST_CASE("messages have the time of the packet that completed them, and one of their own") {
  const auto row = GENERATE(values<Row>({
      {"one a packet", {1, 1, 1}, {{0, 10}, {1, 20}, {2, 30}}, {10, 20, 30}},
      {"three in a packet", {3}, {{0, 10}}, {10, 11, 12}},
      {"the next packet comes later", {3, 1}, {{0, 10}, {1, 20}}, {10, 11, 12, 20}},
      {"the next comes while they still count", {3, 1}, {{0, 10}, {1, 11}}, {10, 11, 12, 13}},
      {"the next has the same time", {2, 1}, {{0, 10}, {1, 10}}, {10, 11, 12}},
      {"packets of one time keep it", {1, 1, 1}, {{0, 10}, {1, 10}, {2, 10}}, {10, 10, 10}},
      {"of one time, the last with two", {1, 2}, {{0, 10}, {1, 10}}, {10, 10, 11}},
      {"completed by a later packet", {0.5, 0.5}, {{0, 10}, {1, 25}}, {25}},
      {"completed by one that brings another", {0.5, 1.5}, {{0, 10}, {1, 25}}, {25, 26}},
      {"what waited keeps its order", {1, 1}, {{1, 10}, {0, 25}}, {25, 26}},
      {"what waited was captured long before", {1, 1}, {{1, 0}, {0, 900'000}}, {900'000, 900'001}},
  }));
  CAPTURE(row.why);
  StreamTap tap;
  SegmentSender sender;
  tap.take(sender.syn(), 0);
  const std::string one = request("BYE");
  const std::string bytes = byes(4);
  std::vector<Packet> segments;
  std::size_t begin = 0;
  for (const double count : row.segments) {
    const auto size = static_cast<std::size_t>(count * static_cast<double>(one.size()));
    segments.push_back(sender.data(std::string_view(bytes).substr(begin, size)));
    begin += size;
  }
  for (const Arrival& arrival : row.arrivals) tap.take(segments[arrival.segment], arrival.time_us);
  CHECK(tap.times() == row.want);
}

TEST_CASE("a clock that was set back is followed") {
  StreamTap tap;
  SegmentSender sender;
  const std::string two = byes(2);
  tap.take(sender.syn(), 10 * second_us);
  tap.take(sender.data(two), 10 * second_us);
  tap.take(sender.data(two), 5 * second_us);
  tap.take(sender.data(two), 5 * second_us + 1);
  CHECK(tap.times() == Times{10'000'000, 10'000'001, 5'000'000, 5'000'001, 5'000'002, 5'000'003});
}

TEST_CASE("what comes late is in order all the same") {
  StreamTap tap;
  SegmentSender sender;
  tap.take(sender.syn(), 0);
  const std::string first = request("INVITE");
  const std::string second = request("BYE");
  const Packet late = sender.data(first);
  tap.take(sender.data(second), 10);
  tap.take(late, 5'000'010);
  CHECK(tap.texts() == Texts{first, second});
  CHECK(tap.times() == Times{5'000'010, 5'000'011});
}

TEST_CASE("a little disorder of the capture does not bring messages of a stream out of order") {
  StreamTap tap;
  SegmentSender sender;
  const std::string bye = request("BYE");
  tap.take(sender.syn(), 10 * second_us);
  tap.take(sender.data(bye), 10 * second_us);
  tap.take(sender.data(bye), 10 * second_us - 30);
  CHECK(tap.times() == Times{10'000'000, 10'000'001});
}

TEST_CASE("the streams of a new connection begin with a time of their own") {
  StreamTap tap;
  const std::string three = byes(3);
  const std::string bye = request("BYE");
  SegmentSender first(40'000, sip_port, 1);
  tap.take(first.syn(), 10);
  tap.take(first.data(three), 10);
  SegmentSender second(40'000, sip_port, 800'000'000);
  tap.take(second.syn(), 11);
  tap.take(second.data(bye), 11);
  CHECK(tap.times() == Times{10, 11, 12, 11});
}

TEST_CASE("a message whose end only the next packet shows is not of its time") {
  const std::string open_end =
      "MESSAGE sip:a SIP/2.0\r\nCall-ID: a\r\nContent-Type: text/plain\r\n\r\nhello\r\n";
  StreamTap tap;
  SegmentSender sender;
  const std::string both = request("BYE") + open_end;
  const std::string bye = request("BYE");
  tap.take(sender.syn(), 10);
  tap.take(sender.data(both), 10);
  SECTION("another message") {
    tap.take(sender.data(bye), 20);
    CHECK(tap.times() == Times{10, 11, 20});
  }
  SECTION("the end of the stream") {
    tap.take(sender.fin(), 20);
    CHECK(tap.times() == Times{10, 11});
  }
}
