// What a collector's pools want to know of it.
#include "transport/collector.hpp"

#include <utility>

namespace heptap {

bool Collector::look_at_health() {
  const bool was_healthy = health_.healthy();
  health_.note(health_sign(), std::chrono::steady_clock::now());
  if (health_.healthy() != was_healthy) {
    host_.report(was_healthy ? EventLevel::warning : EventLevel::info,
                 name_ + (was_healthy ? ": has failed, its pools go on without it"
                                      : ": is back in its pools"));
  }
  return health_.healthy();
}

HealthSign Collector::health_sign() {
  if (state_ != CollectorState::up) return HealthSign::bad;
  if (look_for_progress()) made_progress();
  const bool moves = std::exchange(progress_seen_, last_progress_) != last_progress_;
  if (has_outstanding() && !moves) return HealthSign::bad;
  return is_proven() ? HealthSign::good : HealthSign::unproven;
}

}  // namespace heptap
