#pragma once

#include <cstdint>
#include <vector>

#include "proto/rtp/mos_legacy.hpp"
#include "proto/rtp/quality_series.hpp"

namespace heptap::test {

/// One report about a stream as rtpengine printed it at the end of a call, round trip in us.
struct RtpengineReport {
  int mos_tenths;
  std::uint32_t rtt_us, jitter_ms, loss_percent;
  std::int64_t reported_at_s;
};

constexpr std::int64_t rtpengine_call_start_s = 1590498074;

/// The stream of leg A, and that of leg B, of the same call.
inline const std::vector<RtpengineReport> rtpengine_leg_a{
    {43, 24184, 0, 0, 1590498085},
    {44, 8218, 0, 0, 1590498089},
    {44, 8846, 0, 0, 1590498096},
    {43, 12473, 0, 0, 1590498099},
};
inline const std::vector<RtpengineReport> rtpengine_leg_b{
    {43, 20241, 0, 0, 1590498082}, {43, 9101, 3, 0, 1590498086}, {44, 7084, 0, 0, 1590498090},
    {44, 7061, 0, 0, 1590498091},  {44, 7058, 0, 0, 1590498092}, {44, 7065, 0, 0, 1590498093},
    {44, 7069, 0, 0, 1590498094},  {44, 7062, 0, 0, 1590498095}, {44, 7986, 0, 0, 1590498096},
    {44, 7997, 0, 0, 1590498097},  {43, 8175, 0, 1, 1590498099},
};

inline QualitySample sample_of(const RtpengineReport& report) {
  QualitySample sample;
  sample.time_us = report.reported_at_s * 1'000'000;
  sample.mos = legacy_mos_tenths(report.rtt_us, report.jitter_ms, report.loss_percent) / 10.0;
  sample.loss_percent = report.loss_percent;
  sample.jitter_ms = report.jitter_ms;
  sample.rtt_ms = report.rtt_us / 1000.0;
  return sample;
}

inline QualitySeries series_of(const std::vector<RtpengineReport>& reports) {
  QualitySeries series;
  for (const RtpengineReport& report : reports) series.add(sample_of(report));
  return series;
}

}  // namespace heptap::test
