// Any bytes are a plan of captagent or an error inside of them; a plan becomes a program, and decides.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "agent/plan/captagent_plan.hpp"
#include "agent/plan/plan_runner.hpp"
#include "config/plan_limits.hpp"

namespace {

void run(const heptap::PlanRules& rules, const std::vector<std::string>& collectors) {
  using heptap::PlanFate;
  heptap::PlanRunner runner(std::make_shared<const heptap::Plan>(rules, collectors));
  const heptap::Packet packet;
  const auto verdict =
      runner.decide({.kind = heptap::SubjectKind::rtcp, .packet = &packet, .call_id = "x"});
  const bool is_sent = verdict.fate == PlanFate::sent;
  if (is_sent != (verdict.collectors() != 0) || verdict.collectors() > 3) std::abort();
}

}  // namespace

// libFuzzer's name for the entry point.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {  // NOLINT
  const std::string text(data, data + size);
  const std::vector<std::string> collectors{"hepsocket", "homer01"};
  const auto lines = 1 + static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  try {
    const heptap::CaptagentPlan plan = heptap::read_captagent_plan(text, collectors);
    if (plan.rules.rules.size() > heptap::max_plan_rules) std::abort();
    if (plan.rules.unmatched != heptap::Unmatched::drop) std::abort();
    run(plan.rules, collectors);
  } catch (const heptap::CaptagentError& error) {
    const auto& problem = error.problem();
    if (problem.at.line < 1 || problem.at.line > lines || problem.at.column < 1) std::abort();
    if (problem.message.empty() || problem.message.find('\n') != std::string::npos) std::abort();
  }
  return 0;
}
