#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "config/problem.hpp"
#include "config/settings.hpp"
#include "config/values.hpp"

namespace heptap {

/// What is wrong, or doubtful, about the filter of an interface: who captures knows.
using FilterCheck = std::function<std::vector<ValueProblem>(const InterfaceSettings&)>;

/// Reads a configuration file into checked settings. Files named in it are opened, and the auth
/// key is read; relative names start at the folder of `file`.
/// check     asked of each interface that has a filter; none: filters are taken as they are
/// gives     settings that are right in every value; warnings are added to `warnings`
/// throws    ConfigError with all errors of the file in its order (at most 100, and one that says
///           how many more there are); the warnings are given even then
[[nodiscard]] Settings load_settings(const std::filesystem::path& file,
                                     std::vector<ConfigProblem>& warnings,
                                     const FilterCheck& check = {});

/// The same for a text in memory. `file` is the name that problems carry, and its folder is where
/// relative names start. An empty text gives the defaults.
[[nodiscard]] Settings parse_settings(std::string_view text, const std::string& file,
                                      std::vector<ConfigProblem>& warnings,
                                      const FilterCheck& check = {});

}  // namespace heptap
