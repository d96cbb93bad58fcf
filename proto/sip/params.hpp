#pragma once

#include <cstddef>
#include <string_view>

// What all header values of RFC 3261 section 25.1 have in common: quoted strings, lists with commas
// and parameters with semicolons. Nothing here searches text: a quoted string is stepped over as
// one piece, so `"x;tag=evil" <sip:a@b>;x="a;tag=evil";tag=real` has the tag `real`.
namespace heptap {

/// Where the quoted string that begins at text[quote] ends.
/// gives     the offset after the closing quote; npos when there is none
[[nodiscard]] std::size_t end_of_quoted(std::string_view text, std::size_t quote) noexcept;

/// gives     the offset of the first `wanted` or `other` that is in no quoted string, or npos. A
///           quote that is not closed hides all that follows it; one after a backslash opens
///           nothing (SIPPS writes `\"name\" <sip:a@b>`).
[[nodiscard]] std::size_t find_unquoted(std::string_view text, char wanted, char other) noexcept;
[[nodiscard]] std::size_t find_unquoted(std::string_view text, char wanted) noexcept;

/// The content of a quoted string without its quotes, escapes kept as they are; any other text as
/// it is.
[[nodiscard]] std::string_view unquote(std::string_view text) noexcept;

/// Takes the next value off a list with commas; a comma in quotes or in angle brackets divides
/// nothing, an empty value is passed over.
/// rest      what is left of the list; shortened
/// gives     false at the end
[[nodiscard]] bool next_list_item(std::string_view& rest, std::string_view& item) noexcept;

struct ParamView {
  std::string_view name;
  std::string_view value;  ///< without quotes; empty when there is none
  bool has_value = false;
};

/// Takes the next parameter off `;name=value;name`, white space allowed everywhere; an empty
/// parameter is passed over.
/// rest      what is left, beginning at a semicolon (what stands before it is skipped); shortened
/// gives     false at the end
[[nodiscard]] bool next_param(std::string_view& rest, ParamView& out) noexcept;

/// gives     the first parameter of this name, ignoring case; without a name when it is not there
[[nodiscard]] ParamView find_param(std::string_view params, std::string_view name) noexcept;

/// gives     the same parameter's value; empty when it is not there or has none
[[nodiscard]] std::string_view param_value(std::string_view params, std::string_view name) noexcept;

}  // namespace heptap
