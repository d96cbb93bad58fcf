#pragma once

#include <cstddef>
#include <string_view>

namespace heptap {

/// gives     the place behind the last empty line that follows another, where a head of SIP or HTTP
///           may end; 0: there is none
/// source    RFC 3261 section 7.5; a line may end with LF alone
[[nodiscard]] std::size_t last_blank_line_end(std::string_view text) noexcept;

}  // namespace heptap
