#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/calls/call.hpp"
#include "agent/pipeline/outlet.hpp"
#include "agent/pool_options.hpp"
#include "transport/collector_options.hpp"

namespace heptap {

// The first collectors are those that the plan names, the others are members of its pools.

/// plan      null: everything goes to every collector
/// gives     the routes at the start, when the i-th collector has bit i, and all are healthy
[[nodiscard]] PlanRoutes first_routes(std::shared_ptr<const Plan> plan,
                                      const std::vector<CollectorOptions>& collectors,
                                      const std::vector<PoolOptions>& pools,
                                      const CallLimits& calls);

/// bits      of the collectors in the ring
/// gives     the same for these, without scopes
[[nodiscard]] PlanRoutes make_routes(std::shared_ptr<const Plan> plan,
                                     const std::vector<CollectorOptions>& collectors,
                                     const std::vector<PoolOptions>& pools,
                                     std::vector<unsigned> bits);

/// gives     where a plan keeps which rules hold for whole calls; null: it has no such rules
[[nodiscard]] std::shared_ptr<PlanScopes> scopes_for(const Plan& plan, const CallLimits& calls);

/// gives     what a message is, from whom and to whom, on one line of clean text
/// shows_users   the URI of a request is part of it
[[nodiscard]] std::string describe(const PlanSubject& message, bool shows_users);

/// gives     what writes a line to the log for a message, at most one a second of each rule, and for each error
[[nodiscard]] PlanRunner::Log plan_log();

}  // namespace heptap
