#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace heptap {

/// Microseconds of packet time in seven bytes, for tables with many of them. Any time that has
/// nanoseconds in 64 bits fits.
class PackedTime {
 public:
  // No time that has nanoseconds in 64 bits is the first or the last that fits.
  static constexpr std::int64_t least = -(std::int64_t{1} << 55U);
  static constexpr std::int64_t most = -(least + 1);

  constexpr PackedTime() = default;
  constexpr PackedTime(std::int64_t us) noexcept {  // NOLINT(google-explicit-constructor)
    put(0, static_cast<std::uint32_t>(us));
    put(3, static_cast<std::uint32_t>(us >> 24));
  }
  constexpr operator std::int64_t() const noexcept {      // NOLINT(google-explicit-constructor)
    const auto high = static_cast<std::int32_t>(get(3));  // with its sign
    return std::int64_t{high} << 24 | (get(0) & 0xffffffU);
  }

 private:
  // Four bytes at once: what compilers make one access of.
  constexpr void put(std::size_t at, std::uint32_t bits) noexcept {
    bytes_[at] = static_cast<std::uint8_t>(bits);
    bytes_[at + 1] = static_cast<std::uint8_t>(bits >> 8U);
    bytes_[at + 2] = static_cast<std::uint8_t>(bits >> 16U);
    bytes_[at + 3] = static_cast<std::uint8_t>(bits >> 24U);
  }
  [[nodiscard]] constexpr std::uint32_t get(std::size_t at) const noexcept {
    return std::uint32_t{bytes_[at]} | std::uint32_t{bytes_[at + 1]} << 8U |
           std::uint32_t{bytes_[at + 2]} << 16U | std::uint32_t{bytes_[at + 3]} << 24U;
  }

  std::array<std::uint8_t, 7> bytes_{};
};

/// The same, or nothing, in as many bytes.
class OptionalTime {
 public:
  constexpr OptionalTime() = default;
  constexpr OptionalTime(
      std::optional<std::int64_t> us) noexcept  // NOLINT(google-explicit-constructor)
      : us_(us.value_or(none)) {}
  constexpr operator std::optional<std::int64_t>()
      const noexcept {  // NOLINT(google-explicit-constructor)
    const std::int64_t us = us_;
    return us == none ? std::nullopt : std::optional(us);
  }

 private:
  static constexpr std::int64_t none = PackedTime::least;

  PackedTime us_ = none;
};

/// Microseconds of packet time near another time that is known, in four bytes: what is farther away
/// than an hour before it, or four minutes behind it, is taken for something within.
class NearTime {
 public:
  constexpr NearTime() = default;
  constexpr NearTime(std::int64_t us) noexcept  // NOLINT(google-explicit-constructor)
      : low_(static_cast<std::uint32_t>(us)) {}

  [[nodiscard]] constexpr std::int64_t near(std::int64_t us) const noexcept {
    constexpr std::uint32_t behind = 1U << 28U;
    return us + behind - static_cast<std::uint32_t>(static_cast<std::uint32_t>(us) + behind - low_);
  }

 private:
  std::uint32_t low_ = 0;
};

}  // namespace heptap
