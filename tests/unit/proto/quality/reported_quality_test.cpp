#include "proto/quality/reported_quality.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "tests/support/allocation_counter.hpp"
#include "tests/support/json_numbers.hpp"

using namespace heptap;

namespace {

ReportedStreamsView of_report(std::string_view body) {
  VqReportView report;
  REQUIRE(parse_vq_report(body, report) == Errc::none);
  return reported_streams(report);
}

ReportedStreamsView of_stat(std::string_view value,
                            RtpStatHeader header = RtpStatHeader::x_rtp_stat) {
  RtpStatView stat;
  REQUIRE(parse_rtp_stat(header, value, stat) == Errc::none);
  ReportedStreamsView out;
  add_reported(stat, out);
  return out;
}

std::string address_of(const ReportedEndpoint& endpoint) {
  return endpoint.address ? to_string(*endpoint.address, endpoint.port) : "";
}

}  // namespace

TEST_CASE(
    "LocalMetrics are of the stream from RemoteAddr to LocalAddr, RemoteMetrics the other way") {
  const auto vectors = test::read_vectors("vq_vectors.json");
  const std::string body(vectors.at("VQ1").at("body").as_string());
  const test::AllocationCounter allocations;
  const ReportedStreamsView streams = of_report(body);
  CHECK(allocations.count() == 0);
  const ReportedQualityView& in = streams.received;
  CHECK(in.is_reported);
  CHECK(in.ssrc == 0x0000beefU);
  CHECK(address_of(in.source) == "198.51.100.20:30000");
  CHECK(address_of(in.destination) == "192.0.2.10:49170");
  CHECK(in.codec == "PCMU");
  CHECK(in.payload_type == 0);
  CHECK(in.clock_hz == 8000U);
  CHECK(in.frame_ms == 20);
  CHECK(in.packets_per_second == 50);
  CHECK(in.loss_concealment == 3);
  CHECK(in.jitter_buffer_type == 3);
  CHECK(in.jitter_buffer_rate == 2);
  CHECK(in.jitter_buffer_nominal_ms == 40);
  CHECK(in.jitter_buffer_maximum_ms == 80);
  CHECK(in.jitter_buffer_absolute_maximum_ms == 120);
  CHECK(in.loss_percent == 1.25);
  CHECK(in.discard_percent == 0.5);
  CHECK(in.burst_density_percent == 12.5);
  CHECK(in.burst_duration_ms == 220);
  CHECK(in.gap_density_percent == 0.4);
  CHECK(in.gap_duration_ms == 15400);
  CHECK(in.gmin == 16);
  CHECK(in.rtt_ms == 85);
  CHECK(in.end_system_delay_ms == 60);
  CHECK(in.one_way_delay_ms == 40);
  CHECK(in.symmetric_one_way_delay_ms == 102);
  CHECK(in.jitter_ms == 4);
  CHECK(in.absolute_jitter_ms == 6);
  CHECK(in.signal_dbm0 == -18);
  CHECK(in.noise_dbm0 == -62);
  CHECK(in.rerl_db == 55);
  CHECK(in.r_lq == 88);
  CHECK(in.r_cq == 84);
  CHECK(in.external_r_in == 90);
  CHECK(in.external_r_out == 89);
  CHECK(in.mos_lq == 4.2);
  CHECK(in.mos_cq == 4.1);
  const ReportedQualityView& out = streams.sent;
  CHECK(out.is_reported);
  CHECK(out.ssrc == 0x2a3b4c5dU);
  CHECK(out.source == in.destination);
  CHECK(out.destination == in.source);
  CHECK(out.mos_lq == 4.4);
  CHECK_FALSE(out.jitter_ms);
}

TEST_CASE("a delay of 0 and a source of 0 are unknown, 65535 is at least so much") {
  const ReportedStreamsView streams = of_report(
      "VQIntervalReport\n"
      "LocalAddr:IP=[2001:db8::1] PORT=5000 SSRC=0x7\n"
      "RemoteAddr:IP=media.example.com PORT=1 SSRC=0x00000000\n"
      "SessionDesc:SR=16000;8000\n"
      "JitterBuffer:JBX=65535\nBurstGapLoss:GD=65535\nDelay:RTD=0 ESD=0 OWD=0 IAJ=0\n");
  const ReportedQualityView& in = streams.received;
  CHECK_FALSE(in.rtt_ms);
  CHECK_FALSE(in.end_system_delay_ms);
  CHECK(in.one_way_delay_ms == 0);
  CHECK(in.jitter_ms == 0);
  CHECK_FALSE(in.ssrc);
  CHECK_FALSE(in.source.address);
  CHECK(in.source.port == 1);
  CHECK(address_of(in.destination) == "[2001:db8::1]:5000");
  CHECK(in.clock_hz == 16000U);
  CHECK(in.jitter_buffer_absolute_maximum_ms == 65535);
  CHECK(in.is_jitter_buffer_saturated);
  CHECK(in.is_gap_duration_saturated);
  CHECK_FALSE(streams.sent.is_reported);
}

TEST_CASE("AVM's statistics are of both directions") {
  const ReportedStreamsView streams = of_stat(
      "CS=123;PS=1433;OS=229280;PR=1522;OR=243520;PL=3,1;EN=PCMA,FAX;DE=PCMU;JI=23,2;DL=20,18,31;"
      "IP=192.0.2.1:7082,[2001:db8::2]:25132");
  CHECK_FALSE(streams.is_direction_assumed);
  CHECK(streams.setup_ms == 123);
  const ReportedQualityView& in = streams.received;
  CHECK(in.is_reported);
  CHECK(in.codec == "PCMU");
  CHECK(in.packets_received == 1522U);
  CHECK(in.octets_received == 243520U);
  CHECK(in.packets_lost == 3U);
  CHECK(in.loss_percent == 100.0 * 3 / 1525);
  CHECK(in.jitter_ms == 23);
  CHECK(in.rtt_ms == 20);
  CHECK(in.rtt_min_ms == 18);
  CHECK(in.rtt_max_ms == 31);
  CHECK(address_of(in.source) == "[2001:db8::2]:25132");
  CHECK(address_of(in.destination) == "192.0.2.1:7082");
  const ReportedQualityView& out = streams.sent;
  CHECK(out.is_reported);
  CHECK(out.codec == "PCMA");
  CHECK(out.packets_sent == 1433U);
  CHECK(out.octets_sent == 229280U);
  CHECK(out.packets_lost == 1U);
  CHECK(out.loss_percent == 100.0 / 1433);
  CHECK(out.jitter_ms == 2);
  CHECK_FALSE(out.rtt_ms);
  CHECK(out.source == in.destination);
}

TEST_CASE("figures without a direction are of what the reporter received") {
  const ReportedStreamsView streams = of_stat("PS=207;PR=314;PL=0;JI=600;LA=40;");
  CHECK(streams.is_direction_assumed);
  CHECK(streams.received.packets_lost == 0U);
  CHECK(streams.received.loss_percent == 0);
  CHECK(streams.received.jitter_ms == 600);
  CHECK_FALSE(streams.received.rtt_ms);
  CHECK_FALSE(streams.sent.jitter_ms);
  CHECK_FALSE(streams.sent.loss_percent);
}

TEST_CASE("jitter in units of the timestamp becomes milliseconds when the clock is known") {
  const std::string start = "EX=BareSip;JI=80,40;";
  const ReportedStreamsView pcmu = of_stat(start + "EN=opus/48000;DE=PCMU/8000");
  CHECK(pcmu.received.jitter_ms == 10);
  CHECK(pcmu.received.clock_hz == 8000U);
  CHECK(pcmu.sent.jitter_ms == 40.0 * 1000 / 48000);
  CHECK_FALSE(of_stat(start + "DE=PCMU").received.jitter_ms);
  CHECK_FALSE(of_stat(start + "DE=PCMU/0").received.jitter_ms);
  CHECK(of_stat(start + "DE=G722/16000").received.jitter_ms == 10);
}

TEST_CASE("RTP-RxStat and RTP-TxStat of one message are one report") {
  RtpStatView stat;
  ReportedStreamsView streams;
  REQUIRE(parse_rtp_stat(RtpStatHeader::rtp_rx_stat,
                         "Dur=13,Pkt=392,Oct=97680,LatePkt=8,LostPkt=8,AvgJit=7,"
                         "VQMetrics=\"VoRxCodec=PCMU;VoOneWayDelayMs=5;MOScq=4.21;MOSlq=3.52\"",
                         stat) == Errc::none);
  add_reported(stat, streams);
  CHECK_FALSE(streams.sent.is_reported);
  REQUIRE(parse_rtp_stat(RtpStatHeader::rtp_tx_stat,
                         "Dur=14,Pkt=417,Oct=100080,tvqMetrics=\"TxCodec=PCMA;rtpbitrate=1",
                         stat) == Errc::none);
  add_reported(stat, streams);
  CHECK(streams.duration_s == 13);
  CHECK(streams.received.is_reported);
  CHECK(streams.received.packets_received == 392U);
  CHECK(streams.received.packets_late == 8U);
  CHECK(streams.received.loss_percent == 2);
  CHECK(streams.received.codec == "PCMU");
  CHECK(streams.received.one_way_delay_ms == 5);
  CHECK(streams.received.mos_cq == 4.21);
  CHECK(streams.received.mos_lq == 3.52);
  CHECK_FALSE(streams.received.jitter_ms);
  CHECK(streams.sent.is_reported);
  CHECK(streams.sent.packets_sent == 417U);
  CHECK(streams.sent.octets_sent == 100080U);
  CHECK(streams.sent.codec == "PCMA");
  CHECK_FALSE(streams.sent.loss_percent);
}

TEST_CASE("more lost than sent is no percentage") {
  CHECK_FALSE(of_stat("PS=1;PL=1,2;").sent.loss_percent);
  CHECK_FALSE(of_stat("PS=0;PR=0;PL=0,0;").received.loss_percent);
  CHECK(of_stat("PR=0;PL=5,0;").received.loss_percent == 100);
}
