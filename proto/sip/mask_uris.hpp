#pragma once

#include <string_view>

#include "proto/sip/mask_pen.hpp"

namespace heptap {

/// Hides the users of all sip, sips, tel, im, pres and mailto URIs in a text, also of those escaped
/// within another URI; each line is by itself.
/// text      of the original
void mask_uris(std::string_view text, MaskPen& pen) noexcept;

/// Hides what stands before the @ of a URI: each of `user;name=value:password` by itself.
void mask_user_info(std::string_view user_info, MaskPen& pen) noexcept;

}  // namespace heptap
