#include "agent/report/call_text.hpp"

#include <catch2/catch.hpp>
#include <sstream>

#include "tests/support/reported_call.hpp"

using namespace heptap;
using namespace heptap::test;

TEST_CASE("what is known of a call stands below its line") {
  ReportedCall known;
  known.media.events.push_back({.time_us = ReportedCall::start_us + 12'345'000,
                                .detail = 1500,
                                .kind = MediaEventKind::media_gap});
  const std::string text =
      "    timing      SRD 350 ms, SDR 350 ms, PDD 350 ms, SNT 4200 ms, SDD 20 ms, SDT 64800 ms,\n"
      "                early media 200 ms\n"
      "    state       ended, BYE by caller\n"
      "    A audio     192.0.2.10:40000 -> [2001:db8::2]:42000, SSRC 0x0000cafe, PCMA, 3,240 "
      "packets,\n"
      "                10 lost (0.31 %, good), jitter mean 4.2 max 8.4 ms (good), max delta 61 "
      "ms,\n"
      "                MOS-LQ 4.28 (good), legacy MOS 4.31\n"
      "    B audio     [2001:db8::2]:42000 -> 192.0.2.10:40000, SSRC 0x00000bee, PCMA, 3,240 "
      "packets,\n"
      "                10 lost (0.31 %, good), jitter mean 4.2 max 8.4 ms (good), max delta 61 "
      "ms,\n"
      "                MOS-LQ 4.28 (good), legacy MOS 4.31\n"
      "    A by RTCP   MOS min 4.3 max 4.4 mean 4.35, lost mean 0.00 max 0.00 %,\n"
      "                jitter mean 0.0 max 0.0 ms, RTT mean 13.4 max 24.2 ms (good)\n"
      "    events      +12.3s media_gap 1500 (A)\n";
  CHECK(call_details_text(known.facts()) == text);
}

TEST_CASE("a digit is shown when it may be") {
  ReportedCall known;
  for (const char digit : {'\0', '5'}) {
    known.media.events.push_back({.time_us = ReportedCall::start_us,
                                  .detail = 1,
                                  .kind = MediaEventKind::dtmf,
                                  .digit = digit});
  }
  CHECK_THAT(call_details_text(known.facts()),
             Catch::Contains("+0.0s dtmf 1 (A), +0.0s dtmf 1 digit 5 (A)"));
}

TEST_CASE("events of single streams do not hide those of the media as a whole") {
  ReportedCall known;
  for (int i = 0; i < 20; ++i) known.media.events.push_back({.kind = MediaEventKind::ssrc_changed});
  known.media.events.push_back({.kind = MediaEventKind::one_way_audio});
  const std::string text = call_details_text(known.facts());
  std::size_t changes = 0;
  for (std::size_t at = text.find("ssrc_changed"); at != text.npos; ++changes) {
    at = text.find("ssrc_changed", at + 1);
  }
  CHECK(changes == 7);
  CHECK_THAT(text, Catch::Contains("one_way_audio (A)") && Catch::Contains("13 more\n"));
}

TEST_CASE("a source of SRTCP has a line") {
  ReportedCall known;
  known.media = {};
  append_report(known.media.srtcp, srtcp_report(7, 3));
  CHECK_THAT(
      call_details_text(known.facts()),
      Catch::Contains("    B SRTCP     192.0.2.20:42001 -> 192.0.2.10:40001, SSRC 0x00000bee, "
                      "1 packets, 3 lost\n"));
  known.media = {};
  SrtcpReport plain = srtcp_report(8);
  plain.owner.sender = MediaParty::caller;
  plain.index.reset();
  plain.is_encrypted = false;
  append_report(known.media.srtcp, plain);
  const std::string text = call_details_text(known.facts());
  CHECK_THAT(text, Catch::Contains("A SRTCP") && Catch::Contains("1 packets, not encrypted\n"));
}

TEST_CASE("nothing is said of a call of which nothing more is known") {
  const ReportedCall known;
  CHECK(call_details_text({known.call, known.details}).empty());
  ReportedCall ping;
  ping.call.opened_by = SipMethod::options;
  ping.media = {};
  CHECK(call_details_text(ping.facts()).empty());
}

TEST_CASE("lines have at most 100 columns, and no control characters of the wire") {
  ReportedCall known;
  StreamReport period = stream_period(1, {.expected = ~0U, .unique = 1}, 1e6);
  period.codec_name = "\x1b[2J\r\nMOS 5";
  period.quality = voice(100, 4.1);
  period.quality->scale = Scale::wideband;
  period.quality->mos_cq = 4.0;
  period.is_capture_degraded = true;
  append_report(known.media.streams, period);
  ReportedStreamsView streams;
  streams.received.is_reported = true;
  streams.received.codec = "\x9b\x07";
  streams.received.jitter_ms = 3'600'000;
  known.media.phone_reports.push_back(record_of(phone_report(&streams)));
  while (known.media.events.size() < CallMedia::max_events) known.media.events.push_back({});
  std::istringstream lines(call_details_text(known.facts()));
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    CHECK(line.find_first_not_of(' ') != std::string::npos);
    for (const char c : line) CHECK(static_cast<unsigned char>(c) >= 0x20);
    CHECK(line.size() <= 100);
  }
}
