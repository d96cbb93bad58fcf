#pragma once

#include <cstdint>
#include <string_view>

namespace heptap {

/// A number for an encoding name of a=rtpmap, for what is kept as long as a call lasts. 0: a name that
/// is not in the list, or none.
using EncodingId = std::uint8_t;
inline constexpr EncodingId encoding_unknown = 0;

/// name      in any case, as RFC 4855 section 3 compares them
/// gives     its number; the same in every process of one build only
/// source    IANA, RTP Payload Format media types
[[nodiscard]] EncodingId encoding_id(std::string_view name) noexcept;

/// gives     the name as IANA writes it; empty for encoding_unknown; static storage
[[nodiscard]] std::string_view encoding_name(EncodingId id) noexcept;

/// What a payload type means that needs no a=rtpmap.
struct StaticPayload {
  std::string_view encoding;  ///< empty: not assigned
  std::uint32_t clock_hz = 0;
  std::uint8_t channels = 1;
};

/// payload_type   of the RTP header, 0 to 127
/// source    RFC 3551 section 6, and 19 as comfort noise was once sent
[[nodiscard]] StaticPayload static_payload(std::uint8_t payload_type) noexcept;

}  // namespace heptap
