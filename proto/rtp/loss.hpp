#pragma once

#include <cstdint>

namespace heptap {

/// gives     100 lost / expected, 0 to 100; 0 when nothing was expected, or more came than expected
[[nodiscard]] double loss_percent(std::int64_t lost, std::uint64_t expected) noexcept;

/// gives     what a report block's fraction lost says, in percent: 26 is 10.156
/// source    RFC 3550 section 6.4.1
[[nodiscard]] double loss_percent_of_fraction(std::uint8_t fraction_lost) noexcept;

/// How much longer the runs of loss are than random loss would have them.
/// runs      stretches of lost packets with none that came between
/// gives     BurstR of the E-model, from 1; 1 when fewer than 5 are lost
/// source    G.107 section 7.5
[[nodiscard]] double burst_ratio(std::uint64_t lost, std::uint64_t runs,
                                 std::uint64_t expected) noexcept;

}  // namespace heptap
