#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace heptap {

/// gives     the offset of the first byte that is not part of well-formed UTF-8 (RFC 3629: no
///           overlong forms, surrogates or code points above U+10FFFF); nothing when all is well
[[nodiscard]] std::optional<std::size_t> find_bad_utf8(std::string_view text) noexcept;

/// gives     `text` without the blanks around it
[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;

/// Takes what stands between commas, without the spaces around it, one after the other.
/// take      gives what is wrong with an item, as a predicate; empty: nothing
/// gives     that of the first that is wrong; empty: none is
template <class Take>
[[nodiscard]] std::string take_items(std::string_view in, Take take) {
  for (;;) {
    const auto comma = in.find(',');
    std::string fault = take(trimmed(in.substr(0, comma)));
    if (!fault.empty() || comma == std::string_view::npos) return fault;
    in.remove_prefix(comma + 1);
  }
}

/// gives     whether a terminal shows all of `text`: UTF-8 without control characters
[[nodiscard]] bool is_printable(std::string_view text) noexcept;

/// gives     how many characters `text` has; a byte that is not UTF-8 is one
[[nodiscard]] std::size_t count_characters(std::string_view text) noexcept;

/// gives     `text` for a terminal: control characters and what is not UTF-8 as \xNN; cut after
///           60 bytes, between letters
[[nodiscard]] std::string printable(std::string_view text);

/// gives     the candidate with the fewest single-character edits and swaps of neighbours, when
///           they are few for a word of that length (a third of it, at least one); empty otherwise
[[nodiscard]] std::string_view nearest(std::string_view word,
                                       const std::vector<std::string_view>& candidates);

}  // namespace heptap
