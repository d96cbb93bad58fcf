#include "proto/rtp/dtmf.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "tests/support/hex.hpp"

using namespace heptap;
using heptap::test::from_hex;

namespace {

constexpr std::int64_t ms = 1'000'000;
constexpr std::int64_t start = 1'700'000'000'000 * ms + 123'456'789;

/// Writes down what happens: +5 begins, -5 100 ends after 100 ms, ?5 ends by itself.
struct Keys {
  DtmfTracker tracker;
  DtmfDigits digits;
  std::string seen;

  Keys& add(std::string_view payload_hex, std::uint32_t timestamp, int at_ms,
            std::uint32_t clock_hz = 8000) {
    const auto event = parse_telephone_event(from_hex(payload_hex));
    REQUIRE(event);
    note(tracker.add(*event, timestamp, start + at_ms * ms, clock_hz, digits));
    return *this;
  }
  void note(DtmfStep step) {
    const bool is_another = step.started && !digits.ended.has_end;
    if (step.ended && (is_another || !step.started)) note_end();
    if (step.started) seen += std::string("+") + dtmf_character(digits.started.code) + ' ';
    if (step.ended && step.started && !is_another) note_end();
  }
  void note_end() {
    seen += std::string(digits.ended.has_end ? "-" : "?") + dtmf_character(digits.ended.code);
    seen += ' ' + std::to_string(static_cast<int>(digits.ended.duration_ms)) + ' ';
  }
};

}  // namespace

TEST_CASE("the payload of a telephone event has code, end, volume and duration") {
  struct Row {
    std::string_view hex;
    char character;
    bool is_end;
    unsigned volume;
    unsigned duration;
  };
  const auto row = GENERATE(values<Row>({{"05 0a 00a0", '5', false, 10, 160},
                                         {"05 8a 0320", '5', true, 10, 800},
                                         {"0b 8a 0640", '#', true, 10, 1600},
                                         {"0a 3f ffff 0102", '*', false, 63, 65535}}));
  CAPTURE(row.hex);
  const auto got = parse_telephone_event(from_hex(row.hex));
  REQUIRE(got);
  CHECK(dtmf_character(got->code) == row.character);
  CHECK(got->is_end == row.is_end);
  CHECK(got->volume == row.volume);
  CHECK(got->duration == row.duration);
}

TEST_CASE("a telephone event that was cut is incomplete") {
  CHECK(parse_telephone_event(from_hex("050a00")).error() == Errc::incomplete);
  CHECK(parse_telephone_event({}).error() == Errc::incomplete);
}

TEST_CASE("codes 10 to 15 are *, #, A to D") {
  std::string all;
  for (std::uint8_t code = 0; code < 17; ++code) all += dtmf_character(code);
  CHECK(all == "0123456789*#ABCD!");
  CHECK(dtmf_character(17) == '\0');
  CHECK(dtmf_character(255) == '\0');
}

TEST_CASE("one timestamp is one digit, however often its packets are sent") {
  Keys keys;
  keys.add("050a00a0", 1000, 0).add("050a0140", 1000, 20).add("050a0280", 1000, 60);
  keys.add("058a0320", 1000, 80).add("058a0320", 1000, 80).add("058a0320", 1000, 80);
  CHECK(keys.seen == "+5 -5 100 ");
  CHECK(keys.digits.started.start_ns == start / 1000 * 1000);
  CHECK(keys.digits.ended.start_ns == start / 1000 * 1000);
  CHECK(keys.digits.ended.volume == 10);
  keys.seen.clear();
  keys.add("050a00a0", 3000, 200).add("058a0640", 3000, 400);
  CHECK(keys.seen == "+5 -5 200 ");
}

TEST_CASE("a digit whose end was lost is over when the next one begins") {
  Keys keys;
  keys.add("010a0140", 1000, 0).add("020a00a0", 5000, 100).add("028a0140", 5000, 120);
  CHECK(keys.seen == "+1 ?1 40 +2 -2 40 ");
}

TEST_CASE("a digit of which only the last packet came has begun and is over") {
  CHECK(Keys{}.add("098a0320", 1000, 0).seen == "+9 -9 100 ");
}

TEST_CASE("two ends in one packet: the second waits for the next copy") {
  Keys keys;
  keys.add("010a0140", 1000, 0).add("028a0320", 5000, 100);
  CHECK(keys.seen == "+1 ?1 40 +2 ");
  keys.add("028a0320", 5000, 100);
  CHECK(keys.seen == "+1 ?1 40 +2 -2 100 ");
}

TEST_CASE("a packet that comes late belongs to a digit that is over") {
  Keys keys;
  keys.add("018a0140", 1000, 0).add("020a00a0", 5000, 100).add("010a00a0", 1000, 110);
  CHECK(keys.seen == "+1 -1 40 +2 ");
}

TEST_CASE("a sender that began again may have any timestamp") {
  Keys keys;
  keys.add("018a0140", 3'000'000'000, 0).add("018a0140", 2'000'000'000, 500);
  CHECK(keys.seen == "+1 -1 40 +1 -1 40 ");
}

TEST_CASE("an event that is longer than its duration can say goes on") {
  Keys keys;
  keys.add("060affff", 1000, 8000).add("060a00a0", 1000 + 65535, 8020);
  keys.add("068a0320", 1000 + 65535, 8100);
  CHECK(keys.seen == "+6 -6 100 ");
}

TEST_CASE("an event ends by itself when nothing comes for it") {
  Keys keys;
  keys.add("060a0320", 1000, 0);
  CHECK(keys.tracker.is_active());
  CHECK_FALSE(keys.tracker.is_timed_out(start + 200 * ms));
  CHECK(keys.tracker.is_timed_out(start + 201 * ms));
  const DtmfDigit digit = keys.tracker.end(start + 201 * ms, 8000);
  CHECK(digit.code == 6);
  CHECK(digit.duration_ms == 100);
  CHECK_FALSE(digit.has_end);
  CHECK(digit.start_ns == start / 1000 * 1000);
  CHECK_FALSE(keys.tracker.is_timed_out(start + 900 * ms));
}

TEST_CASE("without a clock a digit is as long as its packets took") {
  Keys keys;
  keys.add("060a0320", 1000, 0, 0).add("068a0640", 1000, 90, 0);
  CHECK(keys.seen == "+6 -6 90 ");
}

TEST_CASE("what follows the digits of a stream takes 16 bytes") {
  STATIC_REQUIRE(sizeof(DtmfTracker) <= 16);
}
