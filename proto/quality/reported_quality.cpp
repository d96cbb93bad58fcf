#include "proto/quality/reported_quality.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "proto/sip/chars.hpp"

namespace heptap {

using namespace sip_chars;

namespace {

constexpr double saturated = 65535;

std::optional<IpAddress> read_address(std::string_view text) noexcept {
  std::array<char, INET6_ADDRSTRLEN> word{};
  if (text.size() >= word.size()) return std::nullopt;
  text.copy(word.data(), text.size());
  std::array<std::uint8_t, 16> octets{};
  if (inet_pton(AF_INET, word.data(), octets.data()) == 1) {
    return IpAddress::from(Bytes{octets}.first(4));
  }
  if (inet_pton(AF_INET6, word.data(), octets.data()) == 1) return IpAddress::from(octets);
  return std::nullopt;
}

std::uint32_t read_leading_number(std::string_view text) noexcept {
  std::uint32_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// `192.0.2.1:7082` or `[2001:db8::1]:7082`
ReportedEndpoint read_endpoint(std::string_view text) noexcept {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return {read_address(text), 0};
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const std::uint32_t port = read_leading_number(text.substr(colon + 1));
  return {read_address(host), static_cast<std::uint16_t>(port <= 65535 ? port : 0)};
}

ReportedEndpoint endpoint_of(const VqEndpointView& endpoint) noexcept {
  return {read_address(endpoint.ip), endpoint.port.value_or(0)};
}

std::optional<std::uint32_t> source_of(const VqEndpointView& endpoint) noexcept {
  return endpoint.ssrc == 0U ? std::nullopt : endpoint.ssrc;
}

std::optional<std::uint8_t> small(std::optional<double> number) noexcept {
  if (!number) return std::nullopt;
  return static_cast<std::uint8_t>(*number);
}

std::optional<double> unless_0(std::optional<double> number) noexcept {
  return number == 0.0 ? std::nullopt : number;
}

std::optional<std::uint32_t> first_clock(std::string_view list) noexcept {
  const std::uint32_t clock = read_leading_number(list);
  if (clock == 0) return std::nullopt;
  return clock;
}

void map_session(const VqMetricsView& m, ReportedQualityView& out) noexcept {
  out.codec = m[VqText::pd];
  out.clock_hz = first_clock(m[VqText::sr]);
  out.payload_type = small(m[VqNumber::pt]);
  out.frame_ms = unless_0(m[VqNumber::fd]);
  out.packets_per_second = unless_0(m[VqNumber::pps]);
  out.loss_concealment = small(m[VqNumber::plc]);
}

void map_jitter_buffer(const VqMetricsView& m, ReportedQualityView& out) noexcept {
  out.jitter_buffer_type = small(m[VqNumber::jba]);
  out.jitter_buffer_rate = small(m[VqNumber::jbr]);
  out.jitter_buffer_nominal_ms = m[VqNumber::jbn];
  out.jitter_buffer_maximum_ms = m[VqNumber::jbm];
  out.jitter_buffer_absolute_maximum_ms = m[VqNumber::jbx];
  out.is_jitter_buffer_saturated = m[VqNumber::jbx] == saturated;
}

void map_loss(const VqMetricsView& m, ReportedQualityView& out) noexcept {
  out.loss_percent = m[VqNumber::nlr];
  out.discard_percent = m[VqNumber::jdr];
  out.burst_density_percent = m[VqNumber::bld];
  out.burst_duration_ms = m[VqNumber::bd];
  out.gap_density_percent = m[VqNumber::gld];
  out.gap_duration_ms = m[VqNumber::gd];
  out.is_gap_duration_saturated = m[VqNumber::gd] == saturated;
  out.gmin = small(m[VqNumber::gmin]);
}

void map_delay(const VqMetricsView& m, ReportedQualityView& out) noexcept {
  out.rtt_ms = unless_0(m[VqNumber::rtd]);
  out.end_system_delay_ms = unless_0(m[VqNumber::esd]);
  out.one_way_delay_ms = m[VqNumber::owd];
  out.symmetric_one_way_delay_ms = m[VqNumber::sowd];
  out.jitter_ms = m[VqNumber::iaj];
  out.absolute_jitter_ms = m[VqNumber::maj];
}

void map_quality(const VqMetricsView& m, ReportedQualityView& out) noexcept {
  out.signal_dbm0 = m[VqNumber::sl];
  out.noise_dbm0 = m[VqNumber::nl];
  out.rerl_db = m[VqNumber::rerl];
  out.r_lq = m[VqNumber::rlq];
  out.r_cq = m[VqNumber::rcq];
  out.external_r_in = m[VqNumber::extri];
  out.external_r_out = m[VqNumber::extro];
  out.mos_lq = m[VqNumber::moslq];
  out.mos_cq = m[VqNumber::moscq];
}

ReportedQualityView quality_of(const VqMetricsView& metrics, const VqEndpointView& source,
                               const VqEndpointView& destination) noexcept {
  ReportedQualityView out;
  out.is_reported = true;
  out.ssrc = source_of(source);
  out.source = endpoint_of(source);
  out.destination = endpoint_of(destination);
  map_session(metrics, out);
  map_jitter_buffer(metrics, out);
  map_loss(metrics, out);
  map_delay(metrics, out);
  map_quality(metrics, out);
  return out;
}

template <class Value>
void fill(std::optional<Value>& out, const std::optional<Value>& value) noexcept {
  if (!out) out = value;
}

/// The first of a list, `PCMU/8000,PCMA/8000`.
void fill_codec(ReportedQualityView& out, std::string_view list) noexcept {
  if (!out.codec.empty()) return;
  const std::string_view first = trim(list.substr(0, list.find(',')));
  out.codec = first.substr(0, first.find('/'));
  if (out.codec.size() == first.size()) return;
  out.clock_hz = first_clock(first.substr(out.codec.size() + 1));
  // Its clock is half of its sample rate, which is what people write. RFC 3551 section 4.5.2.
  if (out.clock_hz && equal_ignoring_case(out.codec, "G722")) out.clock_hz = 8000;
}

std::optional<double> in_ms(std::optional<double> jitter_ts,
                            std::optional<std::uint32_t> clock_hz) noexcept {
  if (!jitter_ts || !clock_hz) return std::nullopt;
  return *jitter_ts * 1000 / *clock_hz;
}

std::optional<double> percent(std::optional<std::uint64_t> part, double whole) noexcept {
  if (!part || whole <= 0 || static_cast<double>(*part) > whole) return std::nullopt;
  return 100.0 * static_cast<double>(*part) / whole;
}

double as_number(const std::optional<std::uint64_t>& count) noexcept {
  return static_cast<double>(count.value_or(0));
}

void add_received(const RtpStatView& stat, ReportedQualityView& out) noexcept {
  fill_codec(out, stat.decoders);
  fill_codec(out, stat.rx_codec);
  fill(out.frame_ms, stat.frame_ms);
  fill(out.packets_sent, stat.remote_tx_packets);
  fill(out.packets_received, stat.rx_packets);
  fill(out.octets_received, stat.rx_octets);
  fill(out.packets_lost, stat.rx_lost ? stat.rx_lost : stat.lost);
  fill(out.packets_discarded, stat.rx_discarded ? stat.rx_discarded : stat.discarded);
  fill(out.packets_late, stat.rx_late);
  fill(out.jitter_ms, stat.rx_jitter_ms ? stat.rx_jitter_ms : stat.jitter_ms);
  fill(out.jitter_ms, in_ms(stat.rx_jitter_ts, out.clock_hz));
  fill(out.rtt_ms, unless_0(stat.rtt_ms));
  fill(out.rtt_min_ms, unless_0(stat.rtt_min_ms));
  fill(out.rtt_max_ms, unless_0(stat.rtt_max_ms));
  fill(out.one_way_delay_ms, stat.one_way_delay_ms);
  fill(out.mos, stat.mos);
  fill(out.mos_lq, stat.mos_lq);
  fill(out.mos_cq, stat.mos_cq);
  if (!out.packets_received) return;
  fill(out.loss_percent,
       percent(out.packets_lost, as_number(out.packets_received) + as_number(out.packets_lost)));
}

void add_sent(const RtpStatView& stat, ReportedQualityView& out) noexcept {
  fill_codec(out, stat.encoders);
  fill_codec(out, stat.tx_codec);
  fill(out.packets_sent, stat.tx_packets);
  fill(out.octets_sent, stat.tx_octets);
  fill(out.packets_received, stat.remote_rx_packets);
  fill(out.packets_lost, stat.tx_lost ? stat.tx_lost : stat.remote_rx_lost);
  fill(out.packets_discarded, stat.tx_discarded);
  fill(out.jitter_ms, stat.tx_jitter_ms);
  fill(out.jitter_ms, in_ms(stat.tx_jitter_ts, out.clock_hz));
  fill(out.loss_percent, percent(out.packets_lost, as_number(out.packets_sent)));
}

void add_endpoints(const RtpStatView& stat, ReportedStreamsView& out) noexcept {
  if (stat.local_endpoint.empty()) return;
  const ReportedEndpoint local = read_endpoint(stat.local_endpoint);
  const ReportedEndpoint remote = read_endpoint(stat.remote_endpoint);
  out.received.source = remote;
  out.received.destination = local;
  out.sent.source = local;
  out.sent.destination = remote;
}

bool says_received(const RtpStatView& stat) noexcept {
  return stat.rx_packets || stat.rx_octets || stat.rx_lost || stat.lost || stat.rx_jitter_ms ||
         stat.jitter_ms || stat.rtt_ms || stat.mos || stat.mos_lq || stat.mos_cq;
}

bool says_sent(const RtpStatView& stat) noexcept {
  return stat.tx_packets || stat.tx_octets || stat.tx_lost || stat.tx_jitter_ms ||
         stat.remote_rx_lost;
}

}  // namespace

ReportedStreamsView reported_streams(const VqReportView& report) noexcept {
  ReportedStreamsView out;
  out.received = quality_of(report.local(), report.remote_addr(), report.local_addr());
  if (report.has_remote()) {
    out.sent = quality_of(report.remote(), report.local_addr(), report.remote_addr());
  }
  return out;
}

void add_reported(const RtpStatView& stat, ReportedStreamsView& out) noexcept {
  add_received(stat, out.received);
  add_sent(stat, out.sent);
  add_endpoints(stat, out);
  fill(out.setup_ms, stat.setup_ms);
  fill(out.duration_s, stat.duration_s);
  out.received.is_reported = out.received.is_reported || says_received(stat);
  out.sent.is_reported = out.sent.is_reported || says_sent(stat);
  const bool assumes = stat.lost || stat.jitter_ms || stat.discarded;
  out.is_direction_assumed = out.is_direction_assumed || assumes;
}

}  // namespace heptap
