#pragma once

#include <string_view>

namespace heptap {

/// Whether append_call() writes a member of this name behind the parties of the call, in any object.
[[nodiscard]] bool is_call_member(std::string_view name) noexcept;

/// Whether such a member may have this text, or an array of it have it: a word that is known, an address, an
/// SSRC, a key, a duration, or what SDP calls a codec.
[[nodiscard]] bool may_have_text(std::string_view name, std::string_view text) noexcept;

}  // namespace heptap
