#include "proto/rtp/rtcp_rtt.hpp"

#include <catch2/catch.hpp>

#include "tests/support/allocation_counter.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/vectors.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

constexpr std::uint32_t x = 0xaabbccdd;
constexpr std::uint32_t y = 0x11223344;
constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t start = 1'700'000'000 * second;

std::uint32_t in_65536ths(std::uint32_t seconds) { return seconds << 16U; }

/// y answers a report of x that passed at `start` and said `x`'s time, after 1 s.
std::optional<RoundTrip> answered(RtcpRoundTrip& trips, std::int64_t half_us) {
  trips.add_time(x, 7, start);
  return trips.add_answer({y, x, 7, in_65536ths(1)}, start + second + half_us);
}

}  // namespace

TEST_CASE("both halves of a round trip make that of the call") {
  const auto first = from_hex("80c80006aabbccdde1233a5bc0000000000000010000006400003e80");
  const auto last = from_hex("81c90007aabbccdd112233440000000000000258000000004567800000028000");
  const auto all = vectors("rtcp_vectors.json");
  const auto r01 = from_hex(all.at("R01").as_string());
  RtcpRoundTrip trips;
  CHECK_FALSE(trips.add(first, 100 * second));
  const auto to_y = trips.add(r01, 101'525'000);
  REQUIRE(to_y);
  CHECK(to_y->ssrc == y);
  CHECK(to_y->half_us == 25'000);
  CHECK_FALSE(to_y->call_us);
  const auto to_x = trips.add(last, 104'065'000);
  REQUIRE(to_x);
  CHECK(to_x->ssrc == x);
  CHECK(to_x->half_us == 40'000);
  CHECK(to_x->call_us == 65'000);
}

TEST_CASE("the figure of RFC 3550, with a tap beside the sender") {
  RtcpRoundTrip trips;
  trips.add_time(x, 0xb7052000, start);
  const auto trip = trips.add_answer({y, x, 0xb7052000, 0x00054000}, start + 11'375'000);
  REQUIRE(trip);
  CHECK(trip->half_us == 6'125'000);
}

TEST_CASE("a half is more than nothing and at most ten seconds") {
  struct Row {
    std::int64_t half_us;
    bool is_sample;
  };
  const auto row = GENERATE(values<Row>(
      {{-second, false}, {0, false}, {1, true}, {10 * second, true}, {10 * second + 1, false}}));
  CAPTURE(row.half_us);
  RtcpRoundTrip trips;
  CHECK(answered(trips, row.half_us).has_value() == row.is_sample);
}

TEST_CASE("what answers no report that was seen is no sample") {
  RtcpRoundTrip trips;
  trips.add_time(x, 7, start);
  const std::int64_t later = start + 2 * second;
  CHECK_FALSE(trips.add_answer({y, x, 0, 0}, later));  // got none so far
  CHECK_FALSE(trips.add_answer({y, x, 8, 0}, later));
  CHECK_FALSE(trips.add_answer({y, 99, 7, 0}, later));
  CHECK_FALSE(trips.add_answer({x, x, 7, 0}, later));
  CHECK(trips.add_answer({y, x, 7, 0}, later));
}

TEST_CASE("samples of one party are a second apart") {
  RtcpRoundTrip trips;
  REQUIRE(answered(trips, 20'000));
  const std::int64_t first = start + second + 20'000;
  CHECK_FALSE(trips.add_answer({y, x, 7, 0}, first + second - 1));
  CHECK(trips.add_answer({y, x, 7, in_65536ths(1)}, first + second));
}

TEST_CASE("halves that are more than 30 seconds apart are of no one call") {
  const auto apart_us = GENERATE(30 * second, 30 * second + 1);
  RtcpRoundTrip trips;
  REQUIRE(answered(trips, 20'000));
  const std::int64_t answer_us = start + second + 20'000 + apart_us;
  trips.add_time(y, 9, answer_us - 5'000);
  const auto trip = trips.add_answer({x, y, 9, 0}, answer_us);
  REQUIRE(trip);
  CHECK(trip->half_us == 5'000);
  CHECK(trip->call_us.has_value() == (apart_us == 30 * second));
}

TEST_CASE("the first of two copies of a report counts") {
  RtcpRoundTrip trips;
  trips.add_time(x, 7, start);
  trips.add_time(x, 7, start + 300);
  const auto trip = trips.add_answer({y, x, 7, 0}, start + 1'000);
  REQUIRE(trip);
  CHECK(trip->half_us == 1'000);
}

TEST_CASE("the last ten reports of a party can be answered") {
  RtcpRoundTrip trips;
  for (std::uint32_t i = 1; i <= 11; ++i) trips.add_time(x, i, start + i * 1'000);
  CHECK_FALSE(trips.add_answer({y, x, 1, 0}, start + second));
  CHECK(trips.add_answer({y, x, 2, 0}, start + second));
}

TEST_CASE("a party that comes back as another source is measured anew") {
  RtcpRoundTrip trips;
  REQUIRE(answered(trips, 20'000));
  trips.add_time(y, 5, start + 2 * second);
  trips.add_time(99, 7, start + 3 * second);  // in x's place: y spoke last
  CHECK_FALSE(trips.add_answer({y, x, 7, 0}, start + 4 * second));
  const auto trip = trips.add_answer({y, 99, 7, 0}, start + 4 * second);
  REQUIRE(trip);
  CHECK(trip->half_us == second);
}

TEST_CASE("who only receives is measured by its reference time") {
  const auto asks = from_hex("80cf0004 aabbccdd 04000002 e1234567 80000000");
  const auto answers = from_hex("80cf0005 11223344 05000003 aabbccdd 45678000 00010000");
  RtcpRoundTrip trips;
  CHECK_FALSE(trips.add(asks, start));
  const auto trip = trips.add(answers, start + second + 30'000);
  REQUIRE(trip);
  CHECK(trip->ssrc == y);
  CHECK(trip->half_us == 30'000);
}

TEST_CASE("what VoIP metrics say of the delay is kept apart") {
  const auto all = vectors("rtcp_vectors.json");
  RtcpRoundTrip trips;
  CHECK_FALSE(trips.reported_ms());
  CHECK_FALSE(trips.add(from_hex(all.at("R10").as_string()), start));
  CHECK(trips.reported_ms() == 120);
  CHECK_FALSE(trips.add(from_hex(all.at("R11").as_string()), start));  // 0: not known
  CHECK(trips.reported_ms() == 120);
}

TEST_CASE("round trips need no allocation") {
  RtcpRoundTrip trips;
  AllocationCounter counter;
  const bool is_sample = answered(trips, 20'000).has_value();
  CHECK(counter.count() == 0);
  CHECK(is_sample);
}
