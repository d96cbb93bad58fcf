#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace heptap {

/// What the final response to a request means for the KPIs; the first two are provisional.
enum class StatusBucket : std::uint8_t {
  trying,
  progress,
  success,
  redirect,
  challenge,
  user,         ///< the called user was reached: 480, 486, 600, 603
  ineffective,  ///< ISA: 408, 500, 503, 504, or as configured
  cancelled,
  other_client,
  other_server,
  other_global,
  timeout,  ///< no final response at all
  count_
};

inline constexpr std::size_t status_bucket_count = static_cast<std::size_t>(StatusBucket::count_);

/// The status codes that make an attempt ineffective; 0: none.
/// source    RFC 6076 section 4.8, which calls the list a guideline
using IneffectiveCodes = std::array<std::uint16_t, 8>;
inline constexpr IneffectiveCodes default_ineffective_codes{408, 500, 503, 504};

/// status    100 to 699
/// source    RFC 6076 sections 4.2 to 4.9
[[nodiscard]] constexpr StatusBucket bucket_of(
    int status, const IneffectiveCodes& ineffective = default_ineffective_codes) noexcept {
  if (status == 100) return StatusBucket::trying;
  if (status < 200) return StatusBucket::progress;
  if (status < 300) return StatusBucket::success;
  if (status < 400) return StatusBucket::redirect;
  if (std::find(ineffective.begin(), ineffective.end(), status) != ineffective.end()) {
    return StatusBucket::ineffective;
  }
  switch (status) {
    case 401:
    case 402:
    case 407: return StatusBucket::challenge;
    case 480:
    case 486:
    case 600:
    case 603: return StatusBucket::user;
    case 487: return StatusBucket::cancelled;
    default: break;
  }
  if (status < 500) return StatusBucket::other_client;
  return status < 600 ? StatusBucket::other_server : StatusBucket::other_global;
}

}  // namespace heptap
