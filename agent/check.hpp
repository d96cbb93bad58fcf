#pragma once

#include <iosfwd>
#include <string>

#include "agent/exit_code.hpp"

namespace heptap {

/// `heptap check -c FILE`: reads the file as every other subcommand would.
/// out       `FILE: ok` and a summary of node and collectors, when the file can be used
/// err       one line per error and warning
/// gives     ok (warnings do not change that), bad_config, or unavailable when there is no such
/// file
[[nodiscard]] ExitCode run_check(const std::string& file, std::ostream& out, std::ostream& err);

/// `heptap check --reference`: writes every option with its default and range, config/REFERENCE.md.
ExitCode run_reference(std::ostream& out);

}  // namespace heptap
