#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

namespace heptap {

/// Where something stands in a plan of captagent, both from 1; columns are bytes.
struct CaptagentPlace {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};

/// What is wrong in a plan of captagent, and where.
struct CaptagentProblem {
  CaptagentPlace at;
  std::string message;
  std::string hint;  ///< may be empty
};

/// Why a text is no plan of captagent, or not one for heptap: the first thing that is wrong.
class CaptagentError : public std::runtime_error {
 public:
  explicit CaptagentError(CaptagentProblem problem)
      : std::runtime_error(problem.message), problem_(std::move(problem)) {}

  [[nodiscard]] const CaptagentProblem& problem() const noexcept { return problem_; }

 private:
  CaptagentProblem problem_;
};

}  // namespace heptap
