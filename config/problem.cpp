#include "config/problem.hpp"

#include <sstream>
#include <utility>

namespace heptap {
namespace {

std::string one_line_each(const std::vector<ConfigProblem>& problems) {
  std::string text;
  for (const ConfigProblem& problem : problems) {
    if (!text.empty()) text += '\n';
    text += to_string(problem);
  }
  return text;
}

}  // namespace

std::string to_string(const ConfigProblem& problem) {
  std::string text = problem.file + ":";
  if (problem.line > 0) {
    text += std::to_string(problem.line) + ":" + std::to_string(problem.column) + ":";
  }
  if (problem.severity == Severity::warning) text += " warning:";
  if (!problem.key.empty()) text += " " + problem.key + ":";
  text += " " + problem.message;
  if (!problem.hint.empty()) text += ", " + problem.hint;
  std::istringstream lines(problem.excerpt);
  for (std::string line; std::getline(lines, line);) text += "\n    " + line;
  return text;
}

ConfigError::ConfigError(Reason reason, std::vector<ConfigProblem> problems)
    : std::runtime_error(one_line_each(problems)),
      reason_(reason),
      problems_(std::move(problems)) {}

}  // namespace heptap
