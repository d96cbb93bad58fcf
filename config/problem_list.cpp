#include "config/problem_list.hpp"

#include <algorithm>

namespace heptap {
namespace {

constexpr std::size_t max_problems = 100;

void sort(std::vector<ConfigProblem>& problems) {
  std::stable_sort(problems.begin(), problems.end(),
                   [](const ConfigProblem& a, const ConfigProblem& b) {
                     return std::pair{a.line, a.column} < std::pair{b.line, b.column};
                   });
}

// No one reads thousands, which a hostile file can have.
void shorten(std::vector<ConfigProblem>& problems) {
  if (problems.size() <= max_problems) return;
  const std::size_t more = problems.size() - max_problems;
  problems.resize(max_problems + 1);
  ConfigProblem& last = problems.back();
  last.key.clear();
  last.message = "from here on, " + std::to_string(more) + " more errors";
  last.hint.clear();
  last.excerpt.clear();
}

}  // namespace

void ProblemList::add(YamlPlace at, std::string key, std::string message, std::string hint,
                      Severity severity, std::string excerpt) {
  auto& list = severity == Severity::error ? errors_ : warnings_;
  list.push_back({file_, at.line, at.column, std::move(key), std::move(message), std::move(hint),
                  severity, std::move(excerpt)});
}

void ProblemList::finish(std::vector<ConfigProblem>& warnings) {
  sort(warnings_);
  warnings.insert(warnings.end(), warnings_.begin(), warnings_.end());
  if (errors_.empty()) return;
  sort(errors_);
  shorten(errors_);
  throw ConfigError(ConfigError::Reason::invalid, std::move(errors_));
}

}  // namespace heptap
