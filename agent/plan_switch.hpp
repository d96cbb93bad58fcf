#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <vector>

#include "agent/calls/call.hpp"
#include "agent/pipeline/outlet.hpp"
#include "agent/pool_options.hpp"
#include "transport/transport.hpp"

namespace heptap {

/// Where messages of all threads go, and how that changes while they pass: each goes where one plan
/// says, to collectors that are there.
///
///     change() --> new collectors have come, threads are told --> look(): every thread has the new
///     plan, and what it had sent before has come to the collectors --> those of old leave
///
/// A collector that is changed, but for its name, is replaced at once: what was sent to the name goes to
/// the new one from then on. Used in one thread.
class PlanSwitch {
 public:
  /// Tells all threads of new routes.
  /// gives     one for each, ready when it uses them
  using Tell = std::function<std::vector<std::future<void>>(const PlanRoutes&)>;

  /// plan        null: everything goes to every collector
  /// collectors  those that the transport was made with
  /// pools       of some of those; the last names of the plan
  /// patience    for collectors that leave
  PlanSwitch(Transport& transport, std::shared_ptr<const Plan> plan,
             std::vector<CollectorOptions> collectors, const std::vector<PoolOptions>& pools,
             const CallLimits& calls, std::chrono::milliseconds patience);

  /// gives     what threads are to use; those of a change, as soon as it has begun
  [[nodiscard]] const PlanRoutes& routes() const noexcept { return routes_; }

  /// Begins a change; one that is not done yet becomes part of it.
  /// errors    std::runtime_error, with nothing changed: as Transport::reconfigure(). Collectors that are to
  ///           leave count among the 64.
  void change(std::shared_ptr<const Plan> plan, std::vector<CollectorOptions> collectors,
              const std::vector<PoolOptions>& pools, const Tell& tell);

  /// Ends a change as far as it can be ended. Call it now and then; it waits for nobody.
  void look();

  [[nodiscard]] bool is_changing() const noexcept { return is_changing_; }
  /// gives     the collectors that are there: those of the last change, and others that threads may still
  ///           send to
  [[nodiscard]] const std::vector<CollectorOptions>& present() const noexcept { return present_; }

 private:
  [[nodiscard]] std::shared_ptr<const Plan> make_plan_of(
      std::shared_ptr<const Plan> plan, const std::vector<CollectorOptions>& collectors) const;
  [[nodiscard]] bool all_have_answered();
  [[nodiscard]] bool all_has_passed();

  Transport& transport_;
  const CallLimits calls_;
  const std::chrono::milliseconds patience_;
  PlanRoutes routes_;
  std::vector<CollectorOptions> wanted_;
  std::vector<CollectorOptions> present_;  ///< those, and others that threads may still send to
  bool is_changing_ = false;
  std::vector<std::future<void>> answers_;
  std::vector<std::uint64_t> marks_;  ///< frames of each ring when the last thread had answered
};

}  // namespace heptap
