// A scale, numbers, and the name of a codec, all of them arbitrary: every R and MOS is a number in
// its range, more loss or delay never makes it better, and a series keeps its minimum below its mean.
#include "proto/rtp/emodel.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "proto/bytes.hpp"
#include "proto/rtp/mos_legacy.hpp"
#include "proto/rtp/quality_series.hpp"
#include "proto/rtp/voice_quality.hpp"
#include "tests/fuzz/require.hpp"

using namespace heptap;
using namespace heptap::test;

namespace {

using Numbers = std::array<double, 8>;

void require_mos(double mos) { require(mos >= 1 && mos <= 4.5); }

void check_model(Scale scale, const Numbers& n) {
  constexpr double rounding = 1e-9;
  const EModelInput in{scale, n[0], n[1], n[2], n[3], n[4]};
  const double r = conversational_r(in, n[5]);
  require(std::isfinite(r) && r <= 148);
  require_mos(mos_of_r(scale, r));
  require_mos(mos_of_r(scale, n[6]));
  require(r_of_mos(n[6]) >= 6.5 && r_of_mos(n[6]) <= 100);
  EModelInput worse = in;
  worse.loss_percent = n[6];
  if (n[6] >= n[2]) require(listening_r(worse) <= listening_r(in) + rounding);
  if (n[6] >= n[5]) require(conversational_r(in, n[6]) <= r + rounding);
}

void check_voice(std::string_view name, const Numbers& n) {
  const auto bits = static_cast<std::uint32_t>(name.size());
  const VoiceFigures figures{n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], 0};
  const auto quality = rate_voice(find_codec(name, bits, bits), figures);
  if (!quality) return;
  require_mos(quality->mos());
  require_mos(quality->mos_lq);
  require(quality->r() <= quality->r_lq && quality->kind() == MosKind::conversational);
}

void check_series(const Numbers& n) {
  QualitySeries series;
  for (std::size_t i = 0; i + 3 < n.size(); ++i)
    series.add({0, n[i], n[i + 1], n[i + 2], n[i + 3]});
  for (int i = 0; i < static_cast<int>(QualityFigure::count_); ++i) {
    const auto all = series.summary(static_cast<QualityFigure>(i));
    if (!all) continue;
    const double rounding = all->max * 1e-12;
    require(all->min <= all->mean + rounding && all->mean <= all->max + rounding);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT
  Numbers n{};
  if (size < 1 + sizeof n) return 0;
  std::memcpy(n.data(), data + 1, sizeof n);
  const auto name = exact_block(data + 1 + sizeof n, size - 1 - sizeof n);
  check_model(static_cast<Scale>(data[0] % 3), n);
  check_voice(as_text(name), n);
  require_mos(legacy_mos({n[0], n[1], n[2]}));
  check_series(n);
  return 0;
}
