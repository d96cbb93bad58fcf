#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "config/problem.hpp"
#include "config/yaml.hpp"

namespace heptap {

/// What is wrong in one file, until all of it has been looked at.
class ProblemList {
 public:
  explicit ProblemList(std::string file) : file_(std::move(file)) {}

  /// key       "collectors[0].url"; empty when it is about the whole file
  void add(YamlPlace at, std::string key, std::string message, std::string hint, Severity severity,
           std::string excerpt = {});

  [[nodiscard]] std::size_t error_count() const noexcept { return errors_.size(); }

  /// Puts the warnings, in the order of the file, behind those of others.
  /// throws    ConfigError with the errors, in the order of the file too, when there are any
  void finish(std::vector<ConfigProblem>& warnings);

 private:
  const std::string file_;
  std::vector<ConfigProblem> warnings_;
  std::vector<ConfigProblem> errors_;
};

}  // namespace heptap
