#pragma once

#include <deque>
#include <string>
#include <string_view>

#include "config/options.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace heptap {

/// Flags that stand for options of the configuration: help, range and words come from the row of
/// the option table, so a flag takes what the file takes.
/// lifetime  must outlive the parse of the App that flags were added to
class OptionFlags {
 public:
  /// path      of an option in the table
  CLI::Option& add(CLI::App& command, const std::string& flag, std::string_view path);

  /// Stores what was given on the command line; logs what a value is warned about.
  /// throws    std::runtime_error: a file could be read while the command line was checked, and now
  ///           no longer
  void store(OptionTarget target) const;

 private:
  struct Flag {
    const Option* option;
    std::string text;
    const CLI::Option* given = nullptr;
  };
  std::deque<Flag> flags_;  // CLI11 keeps references to the texts
};

/// gives     what is wrong with `text` as a value of `option`; empty: nothing
[[nodiscard]] std::string value_fault(const Option& option, const std::string& text);

}  // namespace heptap
