#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "config/checks.hpp"
#include "config/problem.hpp"
#include "config/settings.hpp"

namespace heptap {

/// Reads a configuration file into checked settings. Files named in it are opened, and the auth
/// key is read; relative names start at the folder of `file`.
/// checks    what others know of texts in it
/// gives     settings that are right in every value; warnings are added to `warnings`
/// throws    ConfigError with all errors of the file in its order (at most 100, and one that says
///           how many more there are); the warnings are given even then
[[nodiscard]] Settings load_settings(const std::filesystem::path& file,
                                     std::vector<ConfigProblem>& warnings,
                                     const ConfigChecks& checks = {});

/// The same for a text in memory. `file` is the name that problems carry, and its folder is where
/// relative names start. An empty text gives the defaults.
[[nodiscard]] Settings parse_settings(std::string_view text, const std::string& file,
                                      std::vector<ConfigProblem>& warnings,
                                      const ConfigChecks& checks = {});

}  // namespace heptap
