#include "proto/rtp/stream.hpp"

#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <vector>

#include "tests/support/allocation_counter.hpp"
#include "tests/support/hex.hpp"

using namespace heptap;
using heptap::test::from_hex;

namespace {

constexpr std::int64_t ms = 1'000'000;
constexpr std::int64_t start = 1'700'000'000'000 * ms;

/// 101: telephone events of 8000 a second; 102: of 48000; 111: Opus; 120: RED; 34: video; 96: nobody
/// knows.
RtpFormat format_of(std::uint8_t payload_type) {
  switch (payload_type) {
    case 101: return {8000, RtpKind::telephone_event};
    case 102: return {48000, RtpKind::telephone_event};
    case 111: return {48000, RtpKind::audio};
    case 120: return {8000, RtpKind::redundancy};
    default: return static_rtp_format(payload_type);
  }
}

/// A stream of PCMU, and the names of its events.
struct Told {
  RtpStream stream;
  RtpExtras extras{1};
  RtpEventDetails details;
  std::string events;
  int asked = 0;
  std::vector<std::uint8_t> payload = std::vector<std::uint8_t>(160, 0xff);
  RtpView packet;
  double now_ms = 0;

  Told() {
    packet.sequence = 1000;
    packet.timestamp = 16000;
  }

  RtpStep add(std::uint8_t payload_type = 0) {
    packet.payload_type = payload_type;
    packet.payload = payload;
    const auto count = [&](std::uint8_t type) {
      ++asked;
      return format_of(type);
    };
    const RtpStep step =
        stream.add(packet, start + static_cast<std::int64_t>(now_ms * 1e6), count, extras, details);
    note(step);
    return step;
  }
  void note(RtpStep step) {
    const auto name = [&](RtpEvent event, const char* text) {
      if (step.has(event)) events += std::string(text) + ' ';
    };
    name(RtpEvent::confirmed, "confirmed");
    name(RtpEvent::restarted, "restarted");
    name(RtpEvent::codec_changed, "codec");
    name(RtpEvent::media_gap, "gap");
    name(RtpEvent::digit_started, "digit");
    name(RtpEvent::digit_ended, "end");
    name(RtpEvent::clock_estimated, "clock");
  }
  Told& run(int count, std::uint8_t payload_type = 0, std::uint32_t step = 160) {
    for (int i = 0; i < count; ++i) {
      add(payload_type);
      ++packet.sequence;
      packet.timestamp += step;
      now_ms += 20;
    }
    return *this;
  }
};

}  // namespace

TEST_CASE("a stream asks once what its payload type is, and again when it may have changed") {
  Told told;
  told.run(50);
  CHECK(told.asked == 1);
  told.stream.forget_formats();
  told.run(50);
  CHECK(told.asked == 2);
}

TEST_CASE("a stream is one when two packets go on with each other") {
  Told told;
  told.run(1);
  CHECK_FALSE(told.stream.is_confirmed());
  told.run(5);
  CHECK(told.stream.is_confirmed());
  CHECK(told.events == "confirmed ");
}

TEST_CASE("another codec is one when three packets in a row have it") {
  Told told;
  told.run(10).run(2, 8).run(10).run(3, 8);
  CHECK(told.events == "confirmed codec ");
  CHECK(told.details.codec_before == 0);
  CHECK(told.details.codec_now == 8);
  CHECK(told.stream.payload_type() == 8);
  told.run(10, 8).run(5, 120).run(5, 13).run(5, 101);
  CHECK(told.stream.payload_type() == 8);
}

TEST_CASE("a codec of another clock begins its jitter anew") {
  Told told;
  told.run(20);
  told.packet.timestamp = 3'000'000'000;
  told.run(20, 111, 960);
  CHECK(told.stream.total(told.extras).jitter_ms == 0);
  CHECK(told.stream.total(told.extras).clock_hz == 48000);
  CHECK(told.stream.total(told.extras).ptime_ms == 20);
}

TEST_CASE("nothing for more than a second is a gap, unless silence was announced") {
  Told told;
  told.run(10);
  told.now_ms += 980;
  told.run(10);
  CHECK(told.events == "confirmed ");
  told.now_ms += 1500;
  told.run(2);
  CHECK(told.events == "confirmed gap ");
  CHECK(told.details.gap_ms == Approx(1520));
  CHECK(told.details.gap_start_ns == told.stream.first_ns() + 1360 * ms);
  CHECK_FALSE(told.stream.has_comfort_noise());
  told.run(1, 13);
  told.now_ms += 5000;
  told.run(2);
  CHECK(told.events == "confirmed gap ");
  CHECK(told.stream.has_comfort_noise());
  CHECK(told.stream.total(told.extras).delta.max_ms == 5020);
  CHECK(told.stream.total(told.extras).delta.max_talk_ms == 1520);
}

TEST_CASE("a codec's own frame of silence announces it, too") {
  Told told;
  told.payload = from_hex("00112233445566778899");
  told.run(10, 18);
  told.payload = from_hex("7880");
  told.run(1, 18);
  told.now_ms += 5000;
  told.run(1, 18);
  CHECK(told.events == "confirmed ");
  CHECK(told.stream.has_comfort_noise());
}

TEST_CASE("the time in front of a marker is no talk") {
  Told told;
  told.run(10);
  told.now_ms += 100;
  told.packet.marker = true;
  told.add();
  CHECK(told.stream.total(told.extras).delta.max_ms == 120);
  CHECK(told.stream.total(told.extras).delta.max_talk_ms == 20);
}

TEST_CASE("digits come out of a stream, and leave its jitter as it was") {
  Told told;
  told.run(10);
  const std::uint32_t timestamp = told.packet.timestamp;
  for (const char* event : {"050a00a0", "050a0140", "058a01e0", "058a01e0"}) {
    told.payload = from_hex(event);
    told.packet.timestamp = timestamp;
    told.run(1, 101);
  }
  CHECK(told.events == "confirmed digit end ");
  CHECK(dtmf_character(told.details.digits.ended.code) == '5');
  CHECK(told.details.digits.ended.duration_ms == 60);
  told.packet.timestamp = timestamp + 4 * 160;
  told.run(10);
  CHECK(told.stream.total(told.extras).jitter_ms == 0);
  CHECK(told.stream.total(told.extras).counts.lost() == 0);
}

TEST_CASE("a digit without an end is over when nothing comes for it") {
  Told told;
  told.run(10);
  told.payload = from_hex("0b0a12c0");
  told.run(1, 102);
  told.payload.assign(160, 0xff);
  told.run(9);
  CHECK(told.events == "confirmed digit ");
  told.run(3);
  CHECK(told.events == "confirmed digit end ");
  CHECK(told.details.digits.ended.duration_ms == 100);
  DtmfDigit digit;
  CHECK_FALSE(told.stream.end_digit(start, true, told.extras, digit));
  told.payload = from_hex("010a00a0");
  told.packet.timestamp += 10'000;
  told.run(1, 101);
  CHECK_FALSE(told.stream.end_digit(told.stream.last_ns(), false, told.extras, digit));
  CHECK(told.stream.end_digit(told.stream.last_ns(), true, told.extras, digit));
  CHECK(digit.code == 1);
}

TEST_CASE("a sender that begins again goes on being counted") {
  Told told;
  told.run(10);
  told.packet.sequence = 40000;
  told.packet.timestamp = 77;
  told.run(10);
  CHECK(told.events == "confirmed restarted ");
  const RtpFigures got = told.stream.total(told.extras);
  CHECK(got.restarts == 1);
  CHECK(got.counts.expected == 20);
  CHECK(got.counts.unique == 20);
  CHECK(got.jitter_ms == 0);
}

TEST_CASE("several packets of a video frame count once for jitter") {
  Told told;
  for (int frame = 0; frame < 20; ++frame) {
    for (int packet = 0; packet < 3; ++packet) {
      told.add(34);
      ++told.packet.sequence;
      told.now_ms += 1;
    }
    told.packet.timestamp += 3600;
    told.now_ms += 37;
  }
  CHECK(told.stream.total(told.extras).jitter_ms == 0);
  CHECK(told.stream.total(told.extras).ptime_ms == 40);
}

TEST_CASE("a clock that nobody tells is what two stretches of fifty packets agree on") {
  Told told;
  told.run(101, 96, 960);
  CHECK(told.stream.total(told.extras).clock_hz == 0);
  CHECK(told.stream.total(told.extras).jitter_ms == 0);
  told.run(1, 96, 960);
  CHECK(told.events == "confirmed clock ");
  CHECK(told.stream.total(told.extras).clock_hz == 48000);
  told.run(1, 96, 960);
  told.now_ms += 16;
  told.run(2, 96, 960);
  CHECK(told.stream.total(told.extras).max_jitter_ms == 1);
}

TEST_CASE("a stretch that was late says nothing about the clock") {
  Told told;
  told.run(40, 96, 960);
  told.now_ms += 5000;
  told.run(40, 96, 960);
  CHECK(told.stream.total(told.extras).clock_hz == 0);
  told.run(120, 96, 960);
  CHECK(told.stream.total(told.extras).clock_hz == 48000);
}

TEST_CASE("a period has the figures since the last one") {
  Told told;
  told.run(10);
  RtpFigures period = told.stream.take_period(told.extras);
  CHECK(period.counts.unique == 10);
  CHECK(period.counts.expected == 10);
  CHECK(period.payload_bytes == 1600);
  CHECK(period.delta.mean_ms == 20);
  told.packet.sequence += 2;
  told.packet.timestamp += 320;
  told.now_ms += 40;
  told.run(1).add();
  --told.packet.sequence;
  told.add();
  period = told.stream.take_period(told.extras);
  CHECK(period.counts.packets() == 3);
  CHECK(period.counts.expected == 4);
  CHECK(period.counts.lost() == 2);
  CHECK(period.counts.duplicates == 1);
  CHECK(period.delta.max_ms == 60);
  CHECK(period.delta.mean_ms == Approx(80.0 / 3));
  CHECK(told.stream.take_period(told.extras).counts.packets() == 0);
  CHECK(told.stream.take_period(told.extras).delta.mean_ms == 0);
  const RtpFigures total = told.stream.total(told.extras);
  CHECK(total.counts.packets() == 13);
  CHECK(total.payload_bytes == 2080);
  CHECK(total.last_ns - total.first_ns == 260 * ms);
}

TEST_CASE("what came late for one period is not lost in the next") {
  Told told;
  told.run(10);
  ++told.packet.sequence;
  told.run(1);
  CHECK(told.stream.take_period(told.extras).counts.lost() == 1);
  told.packet.sequence = 1010;
  told.add();
  const RtpFigures period = told.stream.take_period(told.extras);
  CHECK(period.counts.expected == 0);
  CHECK(period.counts.unique == 1);
  CHECK(period.counts.late == 1);
  CHECK(period.counts.lost() == 0);
  CHECK(told.stream.total(told.extras).counts.lost() == 0);
}

TEST_CASE("losses in a row make bursts and a ratio") {
  Told told;
  told.run(30);
  told.packet.sequence += 11;
  told.run(200);
  const RtpFigures total = told.stream.total(told.extras);
  CHECK(total.counts.lost() == 11);
  CHECK(total.burst_ratio == Approx(11 * (1 - 11.0 / 241)));
  CHECK(told.stream.take_period(told.extras).burst_ratio == Approx(total.burst_ratio));
  CHECK(told.stream.bursts(told.extras).bursts == 1);
  CHECK(told.stream.bursts(told.extras).burst_packets == 11);
  CHECK(told.stream.bursts(told.extras).gap_packets == 230);
}

TEST_CASE("a stream of nothing has figures of nothing") {
  RtpStream stream;
  RtpExtras extras(0);
  CHECK(stream.total(extras).counts.packets() == 0);
  CHECK(stream.total(extras).delta.mean_ms == 0);
  CHECK(stream.take_period(extras).delta.mean_ms == 0);
  CHECK(stream.bursts(extras).gaps == 0);
}

TEST_CASE("only losses, disorder, copies and digits take an extra, until the stream is forgotten") {
  Told told;
  told.run(300);
  CHECK(told.extras.use().entries == 0);
  SECTION("a loss") { ++told.packet.sequence; }
  SECTION("a copy") { --told.packet.sequence; }
  SECTION("a packet from afar") { told.packet.sequence += 10'000; }
  SECTION("a digit") {
    told.payload = from_hex("010a0640");
    told.add(101);
    ++told.packet.sequence;
  }
  told.run(1);
  CHECK(told.extras.use().entries == 1);
  told.stream.leave(told.extras);
  CHECK(told.extras.use().entries == 0);
}

TEST_CASE("a period goes on when the stream gets its extra") {
  Told told;
  told.run(30);
  (void)told.stream.take_period(told.extras);
  told.run(10);
  ++told.packet.sequence;
  told.run(10);
  const RtpCounts period = told.stream.take_period(told.extras).counts;
  CHECK(period.expected == 21);
  CHECK(period.unique == 20);
  CHECK(told.stream.take_period(told.extras).counts.packets() == 0);
  CHECK(told.stream.counts(told.extras).expected == 51);
}

TEST_CASE("a stream takes 128 bytes and allocates nothing") {
  STATIC_REQUIRE(sizeof(RtpStream) <= 128);
  STATIC_REQUIRE(sizeof(RtpExtra) <= 128);
  Told told;
  told.events.reserve(1000);
  test::AllocationCounter counter;
  told.run(100);
  (void)told.stream.take_period(told.extras);
  (void)told.stream.total(told.extras);
  CHECK(counter.count() == 0);
}
