#include "agent/pipeline/stream_scores.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace heptap {
namespace {

constexpr double per_one = 1000;

// The digits that are printed of it: of what lies between two, the even one.
std::int32_t thousandths(float value, std::int32_t least, std::int32_t most) noexcept {
  const double exact = std::nearbyint(double{value} * per_one);
  return static_cast<std::int32_t>(
      std::clamp(exact, static_cast<double>(least), static_cast<double>(most)));
}

}  // namespace

StreamScores::Packed::Packed(std::int32_t value) noexcept {
  auto bits = static_cast<std::uint32_t>(value);
  for (std::uint8_t& byte : bytes_) {
    byte = static_cast<std::uint8_t>(bits);
    bits >>= 8U;
  }
}

std::int32_t StreamScores::Packed::value() const noexcept {
  const std::uint32_t high = std::uint32_t{bytes_[2]} << 24U | std::uint32_t{bytes_[1]} << 16U;
  return static_cast<std::int32_t>(high | std::uint32_t{bytes_[0]} << 8U) >> 8;  // with its sign
}

void StreamScores::add(double mos, double r) noexcept {
  constexpr std::int32_t most = (1 << 23) - 1;
  const auto m = static_cast<float>(mos);
  const auto f = static_cast<float>(r);
  const auto mos_now = static_cast<std::uint16_t>(thousandths(m, 0, 0xffff));
  const std::int32_t r_now = thousandths(f, -most, most);
  const bool is_first = count_ == 0;
  mos_min_ = is_first ? mos_now : std::min(mos_min_, mos_now);
  mos_max_ = is_first ? mos_now : std::max(mos_max_, mos_now);
  r_min_ = Packed(is_first ? r_now : std::min(r_min_.value(), r_now));
  r_max_ = Packed(is_first ? r_now : std::max(r_max_.value(), r_now));
  if (count_ == std::numeric_limits<std::uint16_t>::max()) return;
  mos_sum_ += m;
  r_sum_ += f;
  ++count_;
}

double StreamScores::mean_mos() const noexcept {
  return count_ == 0 ? 0 : double{mos_sum_} / count_;
}

double StreamScores::mean_r() const noexcept { return count_ == 0 ? 0 : double{r_sum_} / count_; }

StreamScores::Range StreamScores::mos() const noexcept {
  return {mos_min_ / per_one, mos_max_ / per_one};
}

StreamScores::Range StreamScores::r() const noexcept {
  return {r_min_.value() / per_one, r_max_.value() / per_one};
}

}  // namespace heptap
