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
  static constexpr std::int64_t none = -(std::int64_t{1} << 55U);  // no nanoseconds reach it

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
