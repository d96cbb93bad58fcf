#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace heptap {

/// Headers of SIP, or parameters in them: "X-CID", "P-Charging-Vector:icid-value".
using HeaderNames = std::vector<std::string>;

/// Reads one such name or several with commas between, blanks around each allowed.
/// gives     an empty text when `in` is right and `names` is set; else what is wrong with it, in a
///           few words that follow the quoted value, and `names` is untouched
/// source    RFC 3261 section 25.1: both are a token
[[nodiscard]] std::string parse_header_names(std::string_view in, HeaderNames& names);

}  // namespace heptap
