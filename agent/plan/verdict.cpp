#include "agent/plan/verdict.hpp"

namespace heptap {

std::string_view to_string(PlanFate fate) noexcept {
  switch (fate) {
    case PlanFate::sent: return "sent";
    case PlanFate::dropped: return "dropped";
    case PlanFate::sampled: return "sampled";
    case PlanFate::limited: return "limited";
    case PlanFate::unmatched: return "unmatched";
    case PlanFate::count_: break;
  }
  return "?";
}

}  // namespace heptap
