#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "config/options.hpp"
#include "config/problem.hpp"

namespace heptap {

/// What is wrong with a value, before anyone knows where in the file it is.
struct ValueProblem {
  std::string message;
  std::string hint;
  Severity severity = Severity::error;
};

/// Reads the text of one option and stores it where the option's row says.
/// option    any but a list
/// folder    what relative file names start from
/// gives     nothing when the value is fine; an error leaves the target as it was, a warning does
///           not
[[nodiscard]] std::optional<ValueProblem> store_value(const Option& option, std::string_view text,
                                                      const std::filesystem::path& folder,
                                                      OptionTarget& to);

/// Reads the content of a file, without one last line end, for an option of texts that are secret.
/// gives     as store_value(); the content is never in it
[[nodiscard]] std::optional<ValueProblem> store_secret(std::string_view file,
                                                       const std::filesystem::path& folder,
                                                       std::string& to);

}  // namespace heptap
