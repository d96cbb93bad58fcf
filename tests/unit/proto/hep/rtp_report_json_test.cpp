#include "proto/hep/rtp_report_json.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "tests/support/allocation_counter.hpp"

using namespace heptap;
using namespace heptap::hep;
namespace json = boost::json;

namespace {

IpAddress address(std::vector<std::uint8_t> octets) { return IpAddress::from(octets); }

/// Ten seconds of a call, ten packets lost.
RtpReport report() {
  RtpReport out;
  out.call_id = "a84b4c76e66710@pc33.example.com";
  out.source = address({192, 0, 2, 10});
  out.source_port = 49170;
  out.destination = address({198, 51, 100, 20});
  out.destination_port = 30000;
  out.ssrc = 0x2a3b4c5d;
  out.codec_name = "PCMU";
  out.figures.counts = {.expected = 500, .unique = 490, .duplicates = 2, .late = 3, .suspects = 1};
  out.figures.payload_bytes = 78400;
  out.figures.loss_runs = 4;
  out.figures.clock_hz = 8000;
  out.figures.jitter_ms = 4.2;
  out.figures.mean_jitter_ms = 4.0;
  out.figures.max_jitter_ms = 6.1;
  out.figures.delta = {20.0, 61.3, 61.3};
  out.figures.skew_ms = 0.4;
  out.figures.max_skew_ms = -1.25;
  out.mos = RtpReportScore{4.159, 4.2, 4.1, 4.3};
  out.r_factor = RtpReportScore{83.789, 84, 82, 85};
  out.start_ns = 1'709'633'700'123'456'789;
  out.end_ns = 1'709'633'710'123'456'789;
  return out;
}

std::string written(const RtpReport& in) {
  std::vector<std::uint8_t> room(1500 + 4 * in.call_id.size());
  const auto size = encode_rtp_report(in, room);
  REQUIRE(size);
  return std::string{as_text(Bytes{room}.first(*size))};
}

json::object parsed(const RtpReport& in) { return json::parse(written(in)).as_object(); }

}  // namespace

TEST_CASE("a report of a period has the keys and types that HOMER knows") {
  CHECK(written(report()) ==
        R"({"CORRELATION_ID":"a84b4c76e66710@pc33.example.com",)"
        R"("RTP_SIP_CALL_ID":"a84b4c76e66710@pc33.example.com",)"
        R"("TYPE":"PERIODIC","PARTY":0,"DIR":0,"REPORT_TS":1709633710.123456,)"
        R"("REPORT_START":1709633700.123456,"REPORT_END":1709633710.123456,)"
        R"("REPORT_NAME":"192.0.2.10:49170","SRC_IP":"192.0.2.10","SRC_PORT":49170,)"
        R"("DST_IP":"198.51.100.20","DST_PORT":30000,"SSRC":"0x2A3B4C5D","SSRC_CHG":0,)"
        R"("CODEC_PT":0,"CODEC_CHANNEL":1,"CLOCK":8000,"CODEC_NAME":"PCMU/8000",)"
        R"("TOTAL_PK":490,"EXPECTED_PK":500,"PACKET_LOSS":10,"TL_BYTE":78400,"SEQ":9,)"
        R"("OUT_ORDER":3,"JITTER":4.2,"MEAN_JITTER":4,"MAX_JITTER":6.1,"DELTA":20,)"
        R"("MAX_DELTA":61.3,"SKEW":0.4,"MAX_SKEW":-1.25,"MOS":4.159,"MEAN_MOS":4.2,)"
        R"("MIN_MOS":4.1,"MAX_MOS":4.3,"RFACTOR":83.789,"MEAN_RFACTOR":84,"MIN_RFACTOR":82,)"
        R"("ONE_WAY_RTP":0})");
}

TEST_CASE("the report of a whole stream has its totals under their names, too") {
  RtpReport whole = report();
  whole.type = RtpReportType::final;
  whole.party = RtpSide::callee;
  whole.direction = RtpSide::callee;
  whole.is_one_way = true;
  const json::object got = parsed(whole);
  CHECK(got.at("TYPE") == "FINAL");
  CHECK(got.at("PARTY") == 1);
  CHECK(got.at("DIR") == 1);
  CHECK(got.at("ONE_WAY_RTP") == 1);
  CHECK(got.at("TOTAL_BYTES") == 78400);
  CHECK(got.at("TOTAL_PACKETS") == 490);
  CHECK(got.at("TOTAL_EXPECTED_PK") == 500);
  CHECK(got.at("TOTAL_PACKET_LOSS") == 10);
  whole.type = RtpReportType::hangup;
  CHECK(parsed(whole).at("TYPE") == "HANGUP");
  CHECK_FALSE(parsed(whole).contains("TOTAL_PACKETS"));
}

TEST_CASE("a period in which the tap itself lost packets says so") {
  RtpReport lossy = report();
  CHECK_FALSE(parsed(lossy).contains("capture_degraded"));
  lossy.is_capture_degraded = true;
  CHECK(parsed(lossy).at("capture_degraded") == true);
}

TEST_CASE("addresses of IPv6 and of Ethernet are written as HOMER's are") {
  RtpReport six = report();
  six.source = address({0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
  six.source_mac = MacAddress{0x00, 0x11, 0x22, 0xaa, 0xbb, 0xcc};
  six.destination_mac = MacAddress{};
  const json::object got = parsed(six);
  CHECK(got.at("REPORT_NAME") == "[2001:db8::1]:49170");
  CHECK(got.at("SRC_IP") == "2001:db8::1");
  CHECK(got.at("SRC_MAC") == "00-11-22-AA-BB-CC");
  CHECK(got.at("DST_MAC") == "00-00-00-00-00-00");
}

TEST_CASE("what nobody knows is not written") {
  RtpReport bare = report();
  bare.codec_name = {};
  bare.mos.reset();
  bare.r_factor.reset();
  const json::object got = parsed(bare);
  for (const char* key : {"CODEC_NAME", "MOS", "MEAN_MOS", "RFACTOR", "SRC_MAC", "DST_MAC"}) {
    CAPTURE(key);
    CHECK_FALSE(got.contains(key));
  }
  bare.codec_name = "opus";
  bare.figures.clock_hz = 0;
  CHECK(parsed(bare).at("CODEC_NAME") == "opus");
}

TEST_CASE("a stranger's texts cannot break the JSON") {
  RtpReport hostile = report();
  hostile.call_id = "a\"b\\c\r\n\x01\xff@h";
  const std::string name = std::string(300, '"');
  hostile.codec_name = name;
  const json::object got = parsed(hostile);
  CHECK(got.at("CORRELATION_ID") == "a\"b\\c@h");
  CHECK(got.at("CODEC_NAME").as_string().size() == 32 + 5);
}

TEST_CASE("more unique packets than expected are what came late from the period before") {
  RtpReport late = report();
  late.figures.counts = {.expected = 5, .unique = 7, .duplicates = 0, .late = 2, .suspects = 0};
  CHECK(parsed(late).at("PACKET_LOSS") == 0);
  CHECK(parsed(late).at("EXPECTED_PK") == 7);
}

TEST_CASE("a report that does not fit is none, and 1500 bytes are enough without its Call-ID") {
  RtpReport large = report();
  constexpr auto most = std::numeric_limits<std::uint32_t>::max();
  large.type = RtpReportType::final;
  large.source = large.destination = address(std::vector<std::uint8_t>(16, 0xee));
  large.source_port = large.destination_port = 65535;
  large.source_mac = large.destination_mac = MacAddress{};
  const std::string call_id(200, '"');
  large.call_id = call_id;
  large.codec_name = call_id;
  large.channels = large.figures.payload_type = 255;
  large.ssrc_changes = most;
  large.figures.counts = {most, 0, most, most, most};
  large.figures.clock_hz = most;
  large.figures.payload_bytes = std::numeric_limits<std::uint64_t>::max();
  large.figures.jitter_ms = large.figures.mean_jitter_ms = large.figures.max_jitter_ms = 9e14 + 0.1;
  large.figures.skew_ms = large.figures.max_skew_ms = -9e14 - 0.1;
  large.start_ns = large.end_ns = std::numeric_limits<std::int64_t>::min();
  const std::string whole = written(large);
  CHECK(json::parse(whole).is_object());
  std::vector<std::uint8_t> room(whole.size());
  CHECK(encode_rtp_report(large, room));
  for (std::size_t size = 0; size < whole.size(); size += 7) {
    CHECK(encode_rtp_report(large, std::span(room).first(size)).error() == Errc::over_limit);
  }
}

TEST_CASE("a report is written without allocating") {
  const RtpReport in = report();
  std::vector<std::uint8_t> room(2000);
  test::AllocationCounter counter;
  const bool fits = encode_rtp_report(in, room).ok();
  CHECK(counter.count() == 0);
  CHECK(fits);
}
