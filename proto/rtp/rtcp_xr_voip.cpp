#include "proto/rtp/rtcp_xr_voip.hpp"

namespace heptap {
namespace {

constexpr std::uint8_t unavailable = 127;
constexpr std::uint8_t r_factor_max = 100;
constexpr std::uint8_t mos_min = 10;
constexpr std::uint8_t mos_max = 50;

std::optional<std::uint8_t> unless_127(std::uint8_t value) noexcept {
  return value == unavailable ? std::nullopt : std::optional{value};
}

std::optional<std::int8_t> level(std::uint8_t value) noexcept {
  return value == unavailable ? std::nullopt : std::optional{static_cast<std::int8_t>(value)};
}

// R factors and MOS have bounds, and a device that goes beyond them knows nothing.
std::optional<std::uint8_t> bounded(std::uint8_t value, std::uint8_t low, std::uint8_t high,
                                    std::uint8_t& out_of_range_count) noexcept {
  if (value >= low && value <= high) return value;
  if (value != unavailable) ++out_of_range_count;
  return std::nullopt;
}

void read_loss(ByteReader& r, XrVoipMetrics& out) noexcept {
  out.loss_rate = r.u8();
  out.discard_rate = r.u8();
  out.burst_density = r.u8();
  out.gap_density = r.u8();
  out.burst_duration_ms = r.be16();
  out.gap_duration_ms = r.be16();
}

void read_quality(ByteReader& r, XrVoipMetrics& out) noexcept {
  out.r_factor = bounded(r.u8(), 0, r_factor_max, out.out_of_range_count);
  out.external_r_factor = bounded(r.u8(), 0, r_factor_max, out.out_of_range_count);
  out.mos_lq_tenths = bounded(r.u8(), mos_min, mos_max, out.out_of_range_count);
  out.mos_cq_tenths = bounded(r.u8(), mos_min, mos_max, out.out_of_range_count);
}

void read_configuration(ByteReader& r, XrVoipMetrics& out) noexcept {
  out.rx_config = r.u8();
  r.skip(1);
  out.jitter_buffer_nominal_ms = r.be16();
  out.jitter_buffer_maximum_ms = r.be16();
  out.jitter_buffer_absolute_maximum_ms = r.be16();
}

}  // namespace

Result<XrVoipMetrics> parse_xr_voip_metrics(const XrBlockView& block) noexcept {
  if (block.type != XrBlockType::voip_metrics) return Errc::unsupported;
  ByteReader r{block.content};
  XrVoipMetrics out;
  out.ssrc = r.be32();
  read_loss(r, out);
  out.round_trip_delay_ms = r.be16();
  out.end_system_delay_ms = r.be16();
  out.signal_level_dbm0 = level(r.u8());
  out.noise_level_dbm0 = level(r.u8());
  out.rerl_db = unless_127(r.u8());
  out.gmin = r.u8();
  read_quality(r, out);
  read_configuration(r, out);
  if (!r.ok()) return Errc::malformed;
  return out;
}

}  // namespace heptap
