#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "config/load.hpp"
#include "config/yaml.hpp"

namespace heptap {

/// The options that a file has, as they are shown ("collectors[0].url"), and where.
using PlacedOptions = std::map<std::string, YamlPlace, std::less<>>;
using PlacedOption = PlacedOptions::value_type;

using ReportProblem = std::function<void(const PlacedOption& at, std::string message,
                                         std::string hint, Severity severity)>;

/// Checks what needs more than one value to judge.
/// checks    as load_settings() has them
/// report    called for each problem
void cross_check(const Settings& settings, const PlacedOptions& places, const ConfigChecks& checks,
                 const ReportProblem& report);

/// gives     whether an option's path begins with this, and goes on
[[nodiscard]] inline bool is_below(std::string_view path, std::string_view prefix) noexcept {
  return path.size() > prefix.size() && path.starts_with(prefix);
}

}  // namespace heptap
