#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "proto/net/address.hpp"
#include "proto/quality/rtp_stat.hpp"
#include "proto/quality/vq_report.hpp"

namespace heptap {

/// An end of a stream. `address` is absent when a report names none, or a host.
struct ReportedEndpoint {
  std::optional<IpAddress> address;
  std::uint16_t port = 0;

  friend bool operator==(const ReportedEndpoint&, const ReportedEndpoint&) = default;
};

/// What an endpoint says about one RTP stream. Absent: not said, or said to be unknown.
/// lifetime  the codec's name dies with the message; all else is a value
/// source    RFC 6035 section 4.6.2, whose metrics are those of RFC 3611 section 4.7
struct ReportedQualityView {
  bool is_reported = false;  ///< false: nothing was said about this stream

  std::string_view codec;  ///< without clock; empty when there is none
  std::optional<std::uint8_t> payload_type;
  std::optional<std::uint32_t> clock_hz;
  std::optional<double> frame_ms;
  std::optional<double> packets_per_second;
  std::optional<std::uint8_t> loss_concealment;  ///< 3 standard, 2 enhanced, 1 disabled

  std::optional<std::uint32_t> ssrc;
  ReportedEndpoint source;
  ReportedEndpoint destination;

  std::optional<std::uint64_t> packets_sent;
  std::optional<std::uint64_t> packets_received;
  std::optional<std::uint64_t> packets_lost;
  std::optional<std::uint64_t> packets_discarded;
  std::optional<std::uint64_t> packets_late;
  std::optional<std::uint64_t> octets_sent;
  std::optional<std::uint64_t> octets_received;

  std::optional<double> loss_percent;
  std::optional<double> discard_percent;
  std::optional<double> burst_density_percent;
  std::optional<double> burst_duration_ms;
  std::optional<double> gap_density_percent;
  std::optional<double> gap_duration_ms;
  std::optional<std::uint8_t> gmin;
  bool is_gap_duration_saturated = false;  ///< 65535 was written: as much or more

  std::optional<double> jitter_ms;           ///< RFC 3550 section 6.4.1
  std::optional<double> absolute_jitter_ms;  ///< mean, ITU-T G.1020
  std::optional<double> rtt_ms;
  std::optional<double> rtt_min_ms;
  std::optional<double> rtt_max_ms;
  std::optional<double> end_system_delay_ms;
  std::optional<double> one_way_delay_ms;
  std::optional<double> symmetric_one_way_delay_ms;

  std::optional<std::uint8_t> jitter_buffer_type;  ///< 3 adaptive, 2 fixed
  std::optional<std::uint8_t> jitter_buffer_rate;
  std::optional<double> jitter_buffer_nominal_ms;
  std::optional<double> jitter_buffer_maximum_ms;
  std::optional<double> jitter_buffer_absolute_maximum_ms;
  bool is_jitter_buffer_saturated = false;  ///< 65535 was written as its absolute maximum

  std::optional<double> signal_dbm0;
  std::optional<double> noise_dbm0;
  std::optional<double> rerl_db;

  std::optional<double> r_lq;
  std::optional<double> r_cq;
  std::optional<double> external_r_in;
  std::optional<double> external_r_out;
  std::optional<double> mos_lq;
  std::optional<double> mos_cq;
  std::optional<double> mos;  ///< which of both is not said
};

/// Both directions, seen from who reports.
struct ReportedStreamsView {
  ReportedQualityView received;       ///< by the reporter, who measured it
  ReportedQualityView sent;           ///< by the reporter; the figures are those of the other end
  bool is_direction_assumed = false;  ///< loss and jitter named no direction: taken as received
  std::optional<double> setup_ms;     ///< of the call
  std::optional<double> duration_s;   ///< of the call
};

/// What a report says: LocalMetrics of what came from RemoteAddr to LocalAddr, RemoteMetrics of the
/// other way. A delay of 0 counts as unknown, and a source of 0.
[[nodiscard]] ReportedStreamsView reported_streams(const VqReportView& report) noexcept;

/// Adds what a header field says; what is there already stays. Loss is counted in percent of the
/// packets that were sent, or received and lost. Figures of an unknown unit are left out: AvgJit,
/// LA; and baresip's jitter, when it does not name the clock.
void add_reported(const RtpStatView& stat, ReportedStreamsView& out) noexcept;

}  // namespace heptap
