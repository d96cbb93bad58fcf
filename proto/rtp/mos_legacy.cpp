#include "proto/rtp/mos_legacy.hpp"

#include <algorithm>

#include "proto/rtp/emodel.hpp"

namespace heptap {
namespace {

// Also for what is not a number, of which every comparison is false.
constexpr double from_zero(double value) noexcept { return value > 0 ? value : 0; }

constexpr double r_of_latency(double latency_ms) noexcept {
  return latency_ms < 160 ? 93.2 - latency_ms / 40 : 93.2 - (latency_ms - 120) / 10;
}

constexpr double most_lost_percent = 100;

}  // namespace

double legacy_effective_latency_ms(const LegacyInput& in) noexcept {
  return from_zero(in.rtt_us) / 1000 + 2 * from_zero(in.jitter_ms) + 10;
}

double legacy_r(const LegacyInput& in) noexcept {
  const double lost = std::min(from_zero(in.loss_percent), most_lost_percent);
  return r_of_latency(legacy_effective_latency_ms(in)) - 2.5 * lost;
}

double legacy_mos(const LegacyInput& in) noexcept { return mos_of_r(legacy_r(in)); }

int legacy_mos_tenths(std::uint64_t rtt_us, std::uint32_t jitter_ms,
                      std::uint32_t loss_percent) noexcept {
  const std::uint64_t whole_ms_us = rtt_us / 1000 * 1000;
  const double mos = legacy_mos({static_cast<double>(whole_ms_us), static_cast<double>(jitter_ms),
                                 static_cast<double>(loss_percent)});
  return static_cast<int>(mos * 10);
}

std::uint32_t legacy_loss_percent(std::uint8_t fraction_lost) noexcept {
  return fraction_lost * 100U / 256U;
}

std::optional<std::uint32_t> legacy_jitter_ms(std::uint32_t jitter,
                                              std::uint32_t clock_hz) noexcept {
  if (clock_hz == 0) return std::nullopt;
  const std::uint64_t ms = std::uint64_t{jitter} * 1000 / clock_hz;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(ms, UINT32_MAX));
}

}  // namespace heptap
