#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace heptap::hep {

/// Text chunks (node name, auth key, correlation id) must hold no `"`, no `\`, no control byte and
/// no invalid UTF-8: one such byte makes heplify-server lose the whole batch of rows it is in.
/// gives     length of the run at the start of `in` that may stay as it is
[[nodiscard]] std::size_t clean_prefix_bytes(std::string_view in) noexcept;

/// Takes the next run that may stay, which is not empty, off `in`, with what must go in front of it.
/// gives     empty: nothing of `in` may stay
[[nodiscard]] std::string_view next_clean_run(std::string_view& in) noexcept;

/// gives     whether anything of `in` may stay: an id of which nothing may is none
[[nodiscard]] inline bool has_clean_text(std::string_view in) noexcept {
  return !next_clean_run(in).empty();
}

/// gives     `in` with every forbidden byte left out. Left out rather than replaced, because
///           heplify-server does the same to the payload and both must yield one Call-ID.
[[nodiscard]] std::string sanitized(std::string_view in);

/// The same into borrowed space.
/// out       at least in.size() bytes
/// gives     bytes written
std::size_t sanitize(std::string_view in, char* out) noexcept;

/// gives     size of the UTF-8 character that `in` starts with, 1 to 4; 0 when there is none
/// source    RFC 3629 section 4: no overlong forms, no surrogates, nothing above U+10FFFF
[[nodiscard]] std::size_t utf8_character_bytes(std::string_view in) noexcept;

}  // namespace heptap::hep
