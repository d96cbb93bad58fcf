#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "agent/plan/plan_runner.hpp"

namespace heptap {

struct RuleFigures {
  std::string name;  ///< unique
  RuleCounts counts;
};

struct PlanCounter {
  std::string name;  ///< unique
  std::uint64_t count = 0;
};

/// What the rules of a plan have done, and what they have counted; in the plan's order.
struct PlanFigures {
  std::vector<RuleFigures> rules;
  std::vector<PlanCounter> counters;
};

/// runner    null: there is no plan
[[nodiscard]] PlanFigures plan_figures(const PlanRunner* runner);

/// Adds what another thread has done; it may have another plan yet.
void add(PlanFigures& all, const PlanFigures& of_thread);

/// A line for each rule and counter; nothing where there are none.
void print(std::ostream& out, const PlanFigures& figures);

}  // namespace heptap
