#pragma once

#include <array>
#include <cstdint>

namespace heptap {

/// MOS and R of the periods of a stream so far. The lowest and the highest are kept as reports print
/// them, in thousandths.
class StreamScores {
 public:
  struct Range {
    double min = 0;
    double max = 0;
  };

  /// mos       0 to 65
  /// r         within 8388 of 0
  void add(double mos, double r) noexcept;

  /// How many are in the means; held at 65535, which is a week of periods of ten seconds.
  [[nodiscard]] std::uint16_t count() const noexcept { return count_; }
  // 0 before the first.
  [[nodiscard]] double mean_mos() const noexcept;
  [[nodiscard]] double mean_r() const noexcept;
  [[nodiscard]] Range mos() const noexcept;
  [[nodiscard]] Range r() const noexcept;

 private:
  /// A number in three bytes.
  class Packed {
   public:
    Packed() = default;
    explicit Packed(std::int32_t value) noexcept;
    [[nodiscard]] std::int32_t value() const noexcept;

   private:
    std::array<std::uint8_t, 3> bytes_{};
  };

  float mos_sum_ = 0;
  float r_sum_ = 0;
  std::uint16_t mos_min_ = 0;
  std::uint16_t mos_max_ = 0;
  std::uint16_t count_ = 0;
  Packed r_min_;
  Packed r_max_;
};

static_assert(sizeof(StreamScores) <= 20);

}  // namespace heptap
