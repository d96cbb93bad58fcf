#pragma once

#include <cstdint>
#include <optional>

#include "proto/result.hpp"
#include "proto/rtp/rtcp_xr.hpp"

namespace heptap {

/// How an endpoint hears a stream. Rates and densities are in 1/256. A level, R factor or MOS that
/// the endpoint does not know (127), or that cannot be, is not there.
/// source    RFC 3611 section 4.7
struct XrVoipMetrics {
  std::uint32_t ssrc = 0;          ///< of the stream that is reported on
  std::uint8_t loss_rate = 0;      ///< since the start of the stream
  std::uint8_t discard_rate = 0;   ///< came too late or too early for the jitter buffer
  std::uint8_t burst_density = 0;  ///< lost or discarded inside of bursts
  std::uint8_t gap_density = 0;    ///< and between them
  std::uint16_t burst_duration_ms = 0;
  std::uint16_t gap_duration_ms = 0;
  std::uint16_t round_trip_delay_ms = 0;  ///< 0: not known
  std::uint16_t end_system_delay_ms = 0;  ///< 0: not known
  std::optional<std::int8_t> signal_level_dbm0;
  std::optional<std::int8_t> noise_level_dbm0;
  std::optional<std::uint8_t> rerl_db;            ///< residual echo return loss
  std::uint8_t gmin = 0;                          ///< packets between bursts, at least
  std::optional<std::uint8_t> r_factor;           ///< 0 to 100
  std::optional<std::uint8_t> external_r_factor;  ///< 0 to 100, of the network behind a gateway
  std::optional<std::uint8_t> mos_lq_tenths;      ///< 10 to 50
  std::optional<std::uint8_t> mos_cq_tenths;      ///< 10 to 50
  std::uint8_t rx_config = 0;                     ///< concealment, jitter buffer, its rate
  std::uint16_t jitter_buffer_nominal_ms = 0;
  std::uint16_t jitter_buffer_maximum_ms = 0;
  std::uint16_t jitter_buffer_absolute_maximum_ms = 0;
  std::uint8_t out_of_range_count = 0;  ///< values that were left out, and are not 127
};

/// errors    unsupported: a block of another type; malformed: too short
[[nodiscard]] Result<XrVoipMetrics> parse_xr_voip_metrics(const XrBlockView& block) noexcept;

/// Packet loss concealment in rx_config.
enum class LossConcealment : std::uint8_t { unspecified, disabled, enhanced, standard };

/// Jitter buffer in rx_config.
enum class JitterBuffer : std::uint8_t { unknown, reserved, fixed, adaptive };

[[nodiscard]] constexpr LossConcealment loss_concealment(std::uint8_t rx_config) noexcept {
  return static_cast<LossConcealment>(rx_config >> 6U);
}
[[nodiscard]] constexpr JitterBuffer jitter_buffer(std::uint8_t rx_config) noexcept {
  return static_cast<JitterBuffer>(rx_config >> 4U & 3U);
}
/// gives     J: the buffer adjusts itself within 2 * J frames
[[nodiscard]] constexpr std::uint8_t jitter_buffer_rate(std::uint8_t rx_config) noexcept {
  return rx_config & 0x0fU;
}

}  // namespace heptap
