#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace heptap {

enum class Severity : std::uint8_t { error, warning };

/// One thing that is wrong, or doubtful, in a configuration file.
struct ConfigProblem {
  std::string file;
  int line = 0;     ///< from 1; 0: no place in the file, for example because it is missing
  int column = 0;   ///< from 1, in bytes
  std::string key;  ///< full path, "collectors[0].url"; empty when it is about the whole file
  std::string message;
  std::string hint;  ///< the valid range, the nearest key; may be empty
  Severity severity = Severity::error;
  std::string excerpt = {};  ///< of the file, with a mark below; may be empty
};

/// gives     one line as compilers write it, without the newline, and the excerpt below it:
///           `heptap.yaml:12:5: collectors[0].ur: unknown key, did you mean url?`
///           Text that came from the file is made printable before it gets here.
[[nodiscard]] std::string to_string(const ConfigProblem& problem);

/// The file cannot be used. Holds every error found in it, in the order of the file.
class ConfigError : public std::runtime_error {
 public:
  enum class Reason : std::uint8_t {
    unavailable,  ///< the file is missing or cannot be read
    invalid,      ///< the content is wrong
  };

  ConfigError(Reason reason, std::vector<ConfigProblem> problems);

  [[nodiscard]] Reason reason() const noexcept { return reason_; }
  [[nodiscard]] const std::vector<ConfigProblem>& problems() const noexcept { return problems_; }

 private:
  Reason reason_;
  std::vector<ConfigProblem> problems_;
};

}  // namespace heptap
