#pragma once

#include <string_view>

#include "proto/sip/mask_pen.hpp"
#include "proto/sip/message.hpp"

namespace heptap {

/// Hides what the masks say in the body of a message and in what follows it.
void mask_body(const SipView& sip, MaskPen& pen) noexcept;

}  // namespace heptap
