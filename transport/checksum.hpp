#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace heptap {

/// gives     the low half of XXH3 (64 bits) with this seed: tells damage, no forger
[[nodiscard]] std::uint32_t checksum(std::span<const std::uint8_t> bytes,
                                     std::uint64_t seed) noexcept;

}  // namespace heptap
