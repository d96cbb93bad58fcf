#pragma once

#include <cstdint>
#include <optional>

namespace heptap::hep {

/// gives     the MOS of a frame, chunk 0x20: hundredths, rounded; nothing for what is outside of 1
///           to 5, or not a number
[[nodiscard]] std::optional<std::uint16_t> mos_chunk(double mos) noexcept;

/// gives     the R factor of a frame, chunk 0x21: rounded; what is below 0 is 0; nothing for what is
///           above the fullband scale's 148, or not a number
[[nodiscard]] std::optional<std::uint16_t> r_factor_chunk(double r) noexcept;

}  // namespace heptap::hep
