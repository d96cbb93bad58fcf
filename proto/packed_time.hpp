#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace heptap {

/// Microseconds of packet time in seven bytes, for tables with many of them. Any time that has
/// nanoseconds in 64 bits fits.
class PackedTime {
 public:
  constexpr PackedTime() = default;
  constexpr PackedTime(std::int64_t us) noexcept {  // NOLINT(google-explicit-constructor)
    auto bits = static_cast<std::uint64_t>(us);
    for (std::uint8_t& byte : bytes_) {
      byte = static_cast<std::uint8_t>(bits);
      bits >>= 8U;
    }
  }
  constexpr operator std::int64_t() const noexcept {  // NOLINT(google-explicit-constructor)
    std::uint64_t bits = 0;
    for (std::size_t i = bytes_.size(); i-- > 0;) bits = bits << 8U | bytes_[i];
    return static_cast<std::int64_t>(bits << 8U) >> 8;  // with its sign
  }

 private:
  std::array<std::uint8_t, 7> bytes_{};
};

}  // namespace heptap
