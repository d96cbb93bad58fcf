#pragma once

#include <string_view>

namespace heptap {

/// Whether a text is what append_call() writes, by this version or another: one object without blanks
/// that begins with the parties of the call, and in which no other member has a text but those known
/// here. mask_report() hides all that is to be hidden in such a text, and may miss it in any other.
[[nodiscard]] bool is_call_json(std::string_view json) noexcept;

}  // namespace heptap
