#pragma once

#include <string_view>

#include "proto/sip/mask_pen.hpp"
#include "proto/sip/message.hpp"

namespace heptap {

/// Hides display names, credentials and the like in the value of one header field; users of URIs
/// are for mask_uris().
void mask_header(const SipHeader& header, MaskPen& pen) noexcept;

/// The same for header fields that no index knows: what is left of a head that was cut, or the
/// message in a body. Ends at an empty line.
/// gives     what follows the empty line
std::string_view mask_header_lines(std::string_view text, MaskPen& pen) noexcept;

}  // namespace heptap
