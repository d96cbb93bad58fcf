#pragma once

#include <cstdint>

namespace heptap {

/// The longest frame read from a capture file. Snap lengths end at 256 KiB; loopback captures of
/// joined segments and USB captures go beyond. What claims to be longer than this is damage.
inline constexpr std::uint32_t max_frame_bytes = std::uint32_t{16} * 1024 * 1024;

/// gives     the link type with the numbers some systems wrote for raw IP (their own DLT_RAW)
///           turned into LINKTYPE_RAW
/// source    tcpdump.org/linktypes.html, LINKTYPE_RAW
[[nodiscard]] constexpr std::uint32_t normal_link_type(std::uint32_t value) noexcept {
  constexpr std::uint32_t linktype_raw = 101;
  constexpr std::uint32_t bsd_dlt_raw = 12;
  constexpr std::uint32_t openbsd_dlt_raw = 14;
  return value == bsd_dlt_raw || value == openbsd_dlt_raw ? linktype_raw : value;
}

}  // namespace heptap
