#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

namespace heptap {

/// The lowest byte comes first.
template <std::unsigned_integral Number>
void put_little_endian(std::uint8_t* to, Number number) noexcept {
  for (std::size_t i = 0; i < sizeof number; ++i) {
    to[i] = static_cast<std::uint8_t>(number >> (8 * i));
  }
}

template <std::unsigned_integral Number>
[[nodiscard]] Number get_little_endian(const std::uint8_t* from) noexcept {
  Number number = 0;
  for (std::size_t i = 0; i < sizeof number; ++i) {
    number = static_cast<Number>(number | static_cast<Number>(from[i]) << (8 * i));
  }
  return number;
}

}  // namespace heptap
