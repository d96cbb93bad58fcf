#pragma once

#include <string_view>

#include "proto/sip/mask_pen.hpp"

namespace heptap {

/// Hides keys, users, and with masks().bodies the lines that are none of SDP.
/// source    RFC 8866 section 5, RFC 4568 section 9.1, RFC 4567 section 3, RFC 8839 section 5.4,
///           RFC 5576 section 6.1, RFC 5939 section 3.3.2
void mask_sdp(std::string_view text, MaskPen& pen) noexcept;

/// Hides the secret of one line, when it is an a= or k= line that has one.
void mask_sdp_keys(std::string_view line, MaskPen& pen) noexcept;

}  // namespace heptap
