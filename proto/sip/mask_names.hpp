#pragma once

#include <string_view>

#include "proto/sip/mask_pen.hpp"

namespace heptap {

/// Hides the display names in the value of From, Contact, Route and their kind.
void mask_names(std::string_view list, MaskPen& pen) noexcept;

}  // namespace heptap
