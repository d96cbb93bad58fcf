#include "proto/rtp/arrival.hpp"

#include <algorithm>
#include <limits>

#include "proto/rtp/jitter.hpp"

namespace heptap {
namespace {

constexpr double us_per_ms = 1e3;

std::uint32_t delta_us(std::int64_t from_ns, std::int64_t to_ns) noexcept {
  constexpr double most = std::numeric_limits<std::uint32_t>::max();
  const double us = elapsed_ms(from_ns, to_ns) * us_per_ms + 0.5;
  return static_cast<std::uint32_t>(std::clamp(us, 0.0, most));
}

double mean_ms(std::int64_t from_us, std::int64_t to_us, std::uint32_t deltas) noexcept {
  const double ms = static_cast<double>(to_us - from_us) / us_per_ms;
  return deltas == 0 ? 0 : std::max(ms, 0.0) / deltas;
}

}  // namespace

void RtpArrivals::begin(std::int64_t time_ns) noexcept {
  first_us_ = time_ns / nanos_per_micro;
  set_last(time_ns);
}

void RtpArrivals::add(std::int64_t time_ns, bool is_talk) noexcept {
  const std::uint32_t us = delta_us(last_ns(), time_ns);
  max_us_ = std::max(max_us_, us);
  period_max_us_ = std::max(period_max_us_, us);
  if (is_talk) max_talk_us_ = std::max(max_talk_us_, us);
  set_last(time_ns);
}

DeltaFigures RtpArrivals::total(std::uint32_t deltas) const noexcept {
  return {mean_ms(first_us_, last_us(), deltas), max_us_ / us_per_ms, max_talk_us_ / us_per_ms};
}

DeltaFigures RtpArrivals::take_period(std::uint32_t deltas, bool is_first) noexcept {
  const std::int64_t now_us = last_us();
  const std::int64_t base_us = is_first ? std::int64_t{first_us_} : period_base_us_.near(now_us);
  const DeltaFigures out{mean_ms(base_us, now_us, deltas), period_max_us_ / us_per_ms, 0};
  period_base_us_ = now_us;
  period_max_us_ = 0;
  return out;
}

}  // namespace heptap
