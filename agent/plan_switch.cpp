#include "agent/plan_switch.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

#include "agent/plan_routes.hpp"

namespace heptap {
namespace {

// What a run without a plan does.
std::shared_ptr<const Plan> plan_for_all(const std::vector<CollectorOptions>& collectors) {
  std::vector<std::string> names;
  names.reserve(collectors.size());
  for (const CollectorOptions& one : collectors) names.push_back(one.name);
  return std::make_shared<const Plan>(PlanRules{}, std::move(names));
}

// gives     those of `now`, and those of `before` whose names are not there any more
std::vector<CollectorOptions> joined(std::vector<CollectorOptions> now,
                                     const std::vector<CollectorOptions>& before) {
  for (const CollectorOptions& one : before) {
    const bool stays = std::any_of(now.begin(), now.end(), [&](const CollectorOptions& other) {
      return other.name == one.name;
    });
    if (!stays) now.push_back(one);
  }
  return now;
}

bool is_ready(const std::future<void>& answer) {
  return answer.wait_for(std::chrono::seconds{0}) == std::future_status::ready;
}

}  // namespace

PlanSwitch::PlanSwitch(Transport& transport, std::shared_ptr<const Plan> plan,
                       std::vector<CollectorOptions> collectors,
                       const std::vector<PoolOptions>& pools, const CallLimits& calls,
                       std::chrono::milliseconds patience)
    : transport_(transport),
      calls_(calls),
      patience_(patience),
      routes_(first_routes(std::move(plan), collectors, pools, calls)),
      wanted_(std::move(collectors)),
      present_(wanted_) {
  routes_.healthy = &transport_.healthy();
}

// What ran a plan goes on to count what passes it.
std::shared_ptr<const Plan> PlanSwitch::make_plan_of(
    std::shared_ptr<const Plan> plan, const std::vector<CollectorOptions>& collectors) const {
  const bool needs_one = plan == nullptr && routes_.plan != nullptr;
  return needs_one ? plan_for_all(collectors) : std::move(plan);
}

void PlanSwitch::change(std::shared_ptr<const Plan> plan, std::vector<CollectorOptions> collectors,
                        const std::vector<PoolOptions>& pools, const Tell& tell) {
  if (collectors.empty()) throw std::runtime_error("no collector is given");
  look();
  std::vector<CollectorOptions> present = joined(collectors, present_);
  std::vector<unsigned> bits = transport_.reconfigure(present, patience_);
  bits.resize(collectors.size());
  plan = make_plan_of(std::move(plan), collectors);
  PlanRoutes routes = make_routes(std::move(plan), collectors, pools, std::move(bits));
  routes.scopes = routes_.scopes;
  routes.healthy = &transport_.healthy();
  if (routes.plan && !routes.scopes) routes.scopes = scopes_for(*routes.plan, calls_);
  routes_ = std::move(routes);
  wanted_ = std::move(collectors);
  present_ = std::move(present);
  is_changing_ = true;
  marks_.clear();
  answers_ = tell(routes_);  // who has these had those before
}

void PlanSwitch::look() {
  if (!is_changing_ || !all_have_answered() || !all_has_passed()) return;
  if (present_.size() != wanted_.size()) transport_.reconfigure(wanted_, patience_);
  present_ = wanted_;
  is_changing_ = false;
}

bool PlanSwitch::all_have_answered() {
  std::erase_if(answers_, is_ready);
  return answers_.empty();
}

bool PlanSwitch::all_has_passed() {
  const std::vector<RingSnapshot> rings = transport_.account().rings;
  if (marks_.empty()) {
    for (const RingSnapshot& ring : rings) marks_.push_back(ring.entered);
  }
  for (std::size_t i = 0; i < rings.size(); ++i) {
    if (rings[i].passed < marks_[i]) return false;
  }
  return true;
}

}  // namespace heptap
