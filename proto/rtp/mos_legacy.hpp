#pragma once

#include <cstdint>
#include <optional>

namespace heptap {

// The figures that rtpengine of old, heplify-server and much that reads them show: no E-model, no
// codec, but what operators have compared for years. See emodel.hpp for what is right.

/// What the formula takes.
struct LegacyInput {
  double rtt_us = 0;  ///< round trip, both halves
  double jitter_ms = 0;
  double loss_percent = 0;
};

/// gives     rtt + 2 jitter + 10, in ms; what is negative or not a number counts as 0
[[nodiscard]] double legacy_effective_latency_ms(const LegacyInput& in) noexcept;

/// gives     R, which may be below 0: 93.2 - latency/40 below 160 ms, 93.2 - (latency - 120)/10 from
///           there, and 2.5 less for each percent lost
[[nodiscard]] double legacy_r(const LegacyInput& in) noexcept;

/// gives     MOS of that R kept within 0 to 100, without which its cubic rises again: 1 to 4.5
[[nodiscard]] double legacy_mos(const LegacyInput& in) noexcept;

/// The same as old rtpengine publishes it: all inputs whole numbers, the round trip cut to whole
/// milliseconds, and the MOS cut to tenths.
/// gives     10 to 45
[[nodiscard]] int legacy_mos_tenths(std::uint64_t rtt_us, std::uint32_t jitter_ms,
                                    std::uint32_t loss_percent) noexcept;

/// gives     the whole percent that rtpengine takes for a report block's fraction lost
[[nodiscard]] std::uint32_t legacy_loss_percent(std::uint8_t fraction_lost) noexcept;

/// gives     the whole milliseconds that rtpengine takes for a report block's jitter; nothing for a
///           clock of 0
[[nodiscard]] std::optional<std::uint32_t> legacy_jitter_ms(std::uint32_t jitter,
                                                            std::uint32_t clock_hz) noexcept;

}  // namespace heptap
