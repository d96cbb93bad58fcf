#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "config/yaml.hpp"

namespace heptap {

/// Finds a part of a value in the file that it was read from, whatever its style is: plain, in quotes,
/// `|` or `>`, on one line or on several.
/// file      what parse_yaml() was given
/// value     a scalar of it
/// offset    in its text, at most the size of that
/// gives     nothing: it is not written there
[[nodiscard]] std::optional<YamlPlace> place_within(std::string_view file, const YamlNode& value,
                                                    std::size_t offset);

}  // namespace heptap
