#pragma once

#include <string_view>

namespace heptap {

/// Whether a text is what append_call() writes: one object without blanks that begins with the parties of
/// the call, in which there are no members and no words but its own. mask_report() hides all that is to be
/// hidden in such a text, and may miss it in any other. What a later version adds is not known here.
[[nodiscard]] bool is_call_json(std::string_view json) noexcept;

}  // namespace heptap
