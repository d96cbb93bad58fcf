#include "proto/rtp/jitter.hpp"

#include <array>
#include <cmath>
#include <limits>

namespace heptap {
namespace {

constexpr double gain = 1.0 / 16;

constexpr std::int64_t nanos_per_micro = 1000;
constexpr double micros_per_milli = 1e3;

// Nothing on its way is: the timestamps have begun anew, which is no jitter.
constexpr double most_late_ms = 10'000;

constexpr std::array<std::uint32_t, 6> usual_clocks{8'000, 16'000, 32'000, 44'100, 48'000, 90'000};

// Timestamps wrap, and may go back.
std::int32_t ticks_between(std::uint32_t from, std::uint32_t to) noexcept {
  return static_cast<std::int32_t>(to - from);
}

}  // namespace

void MeanAndMax::add(const MeanAndMax& other) noexcept {
  sum += other.sum;
  count += other.count;
  max = std::max(max, other.max);
}

void RtpJitter::set_clock(std::uint32_t clock_hz) noexcept {
  if (clock_hz == clock_hz_) return;
  restart();
  clock_hz_ = clock_hz;
  step_ = 0;
  step_votes_ = 0;
}

void RtpJitter::add(std::uint32_t timestamp, std::int64_t time_ns) noexcept {
  if (clock_hz_ == 0) return;
  if (has_reference_) take_step(ticks_between(reference_timestamp_, timestamp), time_ns);
  set_reference(timestamp, time_ns);
}

void RtpJitter::take_step(std::int32_t ticks, std::int64_t time_ns) noexcept {
  const double late_ms = since_reference_ms(time_ns) - ticks * 1000.0 / clock_hz_;
  if (std::abs(late_ms) >= most_late_ms) return;
  jitter_ms_ += (std::abs(late_ms) - jitter_ms_) * gain;
  period_.add(jitter_ms_);
  skew_ms_ -= late_ms;
  if (std::abs(skew_ms_) > std::abs(double{max_skew_ms_})) {
    max_skew_ms_ = static_cast<float>(skew_ms_);
  }
  vote_for_step(static_cast<std::uint32_t>(ticks));
}

double RtpJitter::since_reference_ms(std::int64_t time_ns) const noexcept {
  const std::int64_t us = time_ns / nanos_per_micro;
  return static_cast<double>(us - reference_us_.near(us)) / micros_per_milli;
}

void RtpJitter::set_reference(std::uint32_t timestamp, std::int64_t time_ns) noexcept {
  reference_timestamp_ = timestamp;
  reference_us_ = time_ns / nanos_per_micro;
  has_reference_ = true;
}

// The majority of a row is what is left when each value takes one that differs with it.
void RtpJitter::vote_for_step(std::uint32_t step) noexcept {
  if (step == 0 || step > std::numeric_limits<std::uint16_t>::max()) return;
  if (step == step_) {
    if (step_votes_ < std::numeric_limits<std::uint8_t>::max()) ++step_votes_;
  } else if (step_votes_ > 0) {
    --step_votes_;
  } else {
    step_ = static_cast<std::uint16_t>(step);
    step_votes_ = 1;
  }
}

std::optional<std::uint32_t> RtpJitter::estimate_clock(std::uint32_t timestamp,
                                                       std::int64_t time_ns) noexcept {
  constexpr double tolerance = 0.03;
  constexpr double least_ms = 1000;
  if (!has_reference_) set_reference(timestamp, time_ns);
  const double ms = since_reference_ms(time_ns);
  if (ms < least_ms) return std::nullopt;
  const double measured = ticks_between(reference_timestamp_, timestamp) * 1000.0 / ms;
  for (const std::uint32_t clock : usual_clocks) {
    if (std::abs(measured - clock) <= tolerance * clock) return clock;
  }
  return 0;
}

MeanAndMax RtpJitter::total() const noexcept {
  MeanAndMax out = earlier_;
  out.add(period_);
  return out;
}

MeanAndMax RtpJitter::take_period() noexcept {
  const MeanAndMax out = period_;
  earlier_.add(out);
  period_ = {};
  return out;
}

}  // namespace heptap
