#include "proto/rtp/emodel.hpp"

#include <algorithm>
#include <cmath>

namespace heptap {
namespace {

// Ro - Is of the scale, the most that Ie,eff can be, and what brings R to the narrowband cubic.
struct ScaleFigures {
  double best_r;
  double worst_impairment;
  double r_factor;
};

constexpr ScaleFigures figures_of(Scale scale) noexcept {
  switch (scale) {
    case Scale::narrowband: return {93.2, 95, 1};
    case Scale::wideband: return {129, 95, 1.29};
    case Scale::fullband: return {148, 132, 1.48};
  }
  return {93.2, 95, 1};
}

double clamped(double value, double low, double high, double otherwise) noexcept {
  return std::isnan(value) ? otherwise : std::clamp(value, low, high);
}

constexpr double max_delay_ms = 60'000;
double delay_of(double one_way_delay_ms) noexcept {
  return clamped(one_way_delay_ms, 0, max_delay_ms, 0);
}

// G.107 knows bursts up to a ratio of 2; any ratio while little is lost.
constexpr double max_burst_ratio = 2;
constexpr double little_loss_percent = 2;

struct Impairment {
  double ie;
  double bpl;
  double worst;

  [[nodiscard]] double at(double loss_percent, double burst_ratio) const noexcept {
    return ie + (worst - ie) * loss_percent / (loss_percent / burst_ratio + bpl);
  }
};

constexpr double highest_bpl = 1e6;
constexpr double highest_burst_ratio = 1e6;

double burst_ratio_of(const EModelInput& in) noexcept {
  if (in.scale == Scale::fullband) return 1;
  return clamped(in.burst_ratio, 1, highest_burst_ratio, 1);
}

double advantage_of(const EModelInput& in) noexcept {
  return in.scale == Scale::narrowband ? clamped(in.advantage, 0, 20, 0) : 0;
}

}  // namespace

std::string_view to_string(Scale scale) noexcept {
  switch (scale) {
    case Scale::narrowband: return "NB";
    case Scale::wideband: return "WB";
    case Scale::fullband: return "FB";
  }
  return "?";
}

double simple_delay_impairment(double one_way_delay_ms) noexcept {
  constexpr double knee_ms = 177.3;
  const double delay = delay_of(one_way_delay_ms);
  return 0.024 * delay + 0.11 * std::max(0.0, delay - knee_ms);
}

double absolute_delay_impairment(double one_way_delay_ms) noexcept {
  const double delay = delay_of(one_way_delay_ms);
  if (delay <= 100) return 0;
  const double x = std::log2(delay / 100);
  const auto sixth_root_of_1_and = [](double v) { return std::pow(1 + std::pow(v, 6), 1.0 / 6); };
  return std::max(0.0, 25 * (sixth_root_of_1_and(x) - 3 * sixth_root_of_1_and(x / 3) + 2));
}

double delay_impairment(Scale scale, double one_way_delay_ms) noexcept {
  if (scale == Scale::narrowband) return simple_delay_impairment(one_way_delay_ms);
  const double idd = absolute_delay_impairment(one_way_delay_ms);
  return scale == Scale::fullband ? figures_of(scale).r_factor * idd : idd;
}

double effective_equipment_impairment(const EModelInput& in) noexcept {
  const double worst = figures_of(in.scale).worst_impairment;
  const Impairment codec{clamped(in.ie, 0, worst, 0), clamped(in.bpl, 1, highest_bpl, 25.1), worst};
  const double loss = clamped(in.loss_percent, 0, 100, 0);
  const double burst_ratio = burst_ratio_of(in);
  if (loss < little_loss_percent) return codec.at(loss, burst_ratio);
  const double bounded = codec.at(loss, std::min(burst_ratio, max_burst_ratio));
  return std::max(bounded, codec.at(little_loss_percent, burst_ratio));
}

double listening_r(const EModelInput& in) noexcept {
  return figures_of(in.scale).best_r - effective_equipment_impairment(in) + advantage_of(in);
}

double conversational_r(const EModelInput& in, double one_way_delay_ms) noexcept {
  return listening_r(in) - delay_impairment(in.scale, one_way_delay_ms);
}

double mos_of_r(double r) noexcept {
  if (std::isnan(r) || r <= 0) return 1;
  if (r >= 100) return 4.5;
  return std::clamp(1 + 0.035 * r + 7e-6 * r * (r - 60) * (100 - r), 1.0, 4.5);
}

double mos_of_r(Scale scale, double r) noexcept { return mos_of_r(r / figures_of(scale).r_factor); }

double r_of_mos(double mos) noexcept {
  const double m = clamped(mos, 1, 4.5, 1);
  const double under_root = -903522 + 1113960 * m - 202500 * m * m;
  const double root = std::sqrt(std::max(0.0, under_root));
  const double h = std::atan2(15 * root, 18566 - 6750 * m) / 3;
  constexpr double pi = 3.14159265358979323846;
  return 20.0 / 3 * (8 - std::sqrt(226.0) * std::cos(h + pi / 3));
}

}  // namespace heptap
