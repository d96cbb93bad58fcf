#pragma once

#include <iosfwd>
#include <string>

#include "agent/exit_code.hpp"
#include "config/load.hpp"
#include "config/settings.hpp"

namespace heptap {

/// A configuration file that was read, or the exit code that says why not.
struct LoadedConfig {
  Settings settings;
  ExitCode status = ExitCode::ok;  ///< bad_config: errors in it; unavailable: no such file
};

/// Asks libpcap of filters, librdkafka of its properties, OpenSSL of certificates, the plan's compiler of
/// rules.
/// err       one line per error and warning
[[nodiscard]] LoadedConfig load_config(const std::string& file, std::ostream& err);
/// filter    is asked of filters instead
[[nodiscard]] LoadedConfig load_config(const std::string& file, std::ostream& err,
                                       FilterCheck filter);

/// What is shown beside the summary.
struct CheckOptions {
  bool shows_filter = false;
  bool resolves =
      false;  ///< members of collectors are looked up: the only time that check uses a network
};

/// `heptap check -c FILE [--show-filter] [--resolve]`: reads the file as every other subcommand would.
/// out       `FILE: ok` and a summary of node and collectors, when the file can be used; then the
///           kernel's filters and the members of collectors, if they are asked for
/// err       one line per error and warning
/// gives     ok (warnings do not change that), bad_config, or unavailable when there is no
///           such file, or a name has no members
[[nodiscard]] ExitCode run_check(const std::string& file, const CheckOptions& options,
                                 std::ostream& out, std::ostream& err);

/// `heptap check --reference`: writes every option with its default and range, config/REFERENCE.md.
ExitCode run_reference(std::ostream& out);

}  // namespace heptap
