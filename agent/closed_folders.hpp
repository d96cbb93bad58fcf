#pragma once

#include <string>
#include <vector>

#include "config/settings.hpp"

namespace heptap {

/// For who checks as root, who may write anywhere, while `run` becomes `security.user`. Call it while this
/// process has one thread.
/// gives     a line for each option whose folder that user may not write to
[[nodiscard]] std::vector<std::string> closed_folders(const Settings& settings);

}  // namespace heptap
