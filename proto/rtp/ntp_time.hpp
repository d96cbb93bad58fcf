#pragma once

#include <cstdint>
#include <optional>

namespace heptap {

/// A time as reports carry it. It is the sender's clock, which a tap cannot trust: some devices send
/// their uptime, or zero.
/// source    RFC 3550 section 4, RFC 5905 section 6
struct NtpTime {
  std::uint32_t seconds = 0;   ///< since 1900
  std::uint32_t fraction = 0;  ///< in 1/2^32 s

  friend bool operator==(const NtpTime&, const NtpTime&) = default;
};

/// gives     the middle 32 bits, in 1/65536 s: what a report says about the last one that it got
[[nodiscard]] constexpr std::uint32_t middle_bits(const NtpTime& time) noexcept {
  return (time.seconds & 0xffffU) << 16U | time.fraction >> 16U;
}

/// gives     microseconds since 1970, rounded down; nothing when the time is before that
[[nodiscard]] constexpr std::optional<std::uint64_t> unix_us(const NtpTime& time) noexcept {
  constexpr std::uint32_t unix_epoch = 2'208'988'800;
  if (time.seconds < unix_epoch) return std::nullopt;
  const std::uint64_t micros = std::uint64_t{time.fraction} * 1'000'000 >> 32U;
  return std::uint64_t{time.seconds - unix_epoch} * 1'000'000 + micros;
}

}  // namespace heptap
