#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/run.hpp"
#include "config/settings.hpp"
#include "config/values.hpp"

namespace heptap {

/// gives     the sections that differ and cannot change while `run` captures; static storage
[[nodiscard]] std::vector<std::string_view> needs_restart(const Settings& before,
                                                          const Settings& now);

/// Reads the configuration of a run again when it is asked to.
class ConfigReader {
 public:
  /// settings  what `file` said at the start
  ConfigReader(std::string file, Settings settings);

  /// gives     the run as the file has it now, where it differs in what can change: node, collectors,
  ///           spool, the keys of HEP sources, log; nothing: the file is bad, which the log says
  [[nodiscard]] std::optional<RunOptions> read();

 private:
  [[nodiscard]] std::vector<ValueProblem> problems_of(const InterfaceSettings& interface) const;

  std::string file_;
  Settings settings_;
  bool may_write_files_;  ///< else the system calls that it takes were given up at the start
};

}  // namespace heptap
