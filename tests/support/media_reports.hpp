#pragma once

#include <cstdint>

#include "agent/calls/media_record.hpp"
#include "tests/support/media_talk.hpp"

namespace heptap::test {

inline constexpr std::uint64_t call_one = 1;

/// Of what the caller sends, PCMA in packets of 20 ms; its jitter was twice the mean at most.
inline StreamReport stream_period(std::int64_t second, const RtpCounts& counts,
                                  double mean_jitter_ms) {
  StreamReport report;
  report.owner.call_hash = call_one;
  report.owner.type = MediaType::audio;
  report.ssrc = 0xcafe;
  report.time_us = second * 1'000'000;
  report.figures.counts = counts;
  report.figures.mean_jitter_ms = report.figures.jitter_ms = mean_jitter_ms;
  report.figures.max_jitter_ms = 2 * mean_jitter_ms;
  report.figures.delta = {.mean_ms = 20, .max_ms = 61};
  report.figures.clock_hz = 8000;
  report.figures.payload_type = 8;
  report.codec_name = "PCMA";
  return report;
}

/// On the narrowband scale, of one direction.
inline VoiceQuality voice(double r_lq, double mos_lq) {
  VoiceQuality out;
  out.r_lq = r_lq;
  out.mos_lq = mos_lq;
  return out;
}

/// The callee on what the caller sends, without loss and jitter.
inline ReceptionReport reception(std::int64_t second, double rtt_ms) {
  ReceptionReport report;
  report.owner.call_hash = call_one;
  report.owner.type = MediaType::audio;
  report.time_us = second * 1'000'000;
  report.reporter = 0xbee;
  report.ssrc = 0xcafe;
  report.block.emplace().ssrc = report.ssrc;
  report.clock_hz = 8000;
  report.rtt_ms = rtt_ms;
  return report;
}

/// One datagram of the callee's, encrypted, who has lost as many before.
inline SrtcpReport srtcp_report(std::uint32_t index, std::uint32_t lost = 0) {
  SrtcpReport report;
  report.owner.call_hash = call_one;
  report.owner.sender = MediaParty::callee;
  report.owner.type = MediaType::audio;
  report.flow = flow({"192.0.2.20", 42001}, {"192.0.2.10", 40001});
  report.ssrc = 0xbee;
  report.time_us = std::int64_t{index} * 1'000'000;
  report.packets = 1;
  report.lost = lost;
  report.index = index;
  return report;
}

/// A phone, which one is not known, says that it is done.
inline PhoneReport phone_report(const ReportedStreamsView* streams = nullptr) {
  PhoneReport report;
  report.call_hash = call_one;
  report.streams = streams;
  return report;
}

/// The first report of one more stream.
template <class Record, std::size_t N>
void append_report(Few<Record, N>& records, const auto& report) {
  Record record;
  add_report(record, report);
  records.push_back(record);
}

}  // namespace heptap::test
