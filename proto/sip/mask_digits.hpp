#pragma once

#include <string_view>

#include "proto/sip/mask_pen.hpp"
#include "proto/sip/media_type.hpp"

namespace heptap {

/// Hides the keys pressed in a body of DTMF (`Signal=5`, `5`, `d=5`) or in what media servers write
/// (`digits="5"`: KPML, MSCML; `dtmf="5"`: MSC-IVR; `<value>5</value>` in any spelling: MSML); a body
/// of another type is left alone.
/// source    RFC 4730 section 6, RFC 5022, RFC 5707, RFC 6231, the formats of INFO as Cisco and Nortel
///           write them
void mask_dtmf(std::string_view content, const MediaTypeView& type, MaskPen& pen) noexcept;

/// gives     the next value of an attribute of XML (`name="value"`), or an empty view without
///           address at the end
/// rest      what is left; shortened
[[nodiscard]] std::string_view next_attribute(std::string_view& rest,
                                              std::string_view name) noexcept;

}  // namespace heptap
