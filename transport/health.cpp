#include "transport/health.hpp"

namespace heptap {

void Health::note(HealthSign sign, Time now) noexcept {
  if (healthy_) {
    watch_for_failure(sign, now);
  } else {
    watch_for_return(sign, now);
  }
  was_good_ = was_good_ || sign == HealthSign::good;
}

void Health::watch_for_failure(HealthSign sign, Time now) noexcept {
  if (sign == HealthSign::good) since_.reset();
  if (sign == HealthSign::bad && !since_) since_ = now;
  if (!since_ || now - *since_ < options_.fail_after) return;
  healthy_ = false;
  since_.reset();
}

// Frames that could prove it go elsewhere: what is not bad has to be enough.
void Health::watch_for_return(HealthSign sign, Time now) noexcept {
  if (sign == HealthSign::bad) return since_.reset();
  if (!since_) since_ = now;
  if (was_good_ && now - *since_ < options_.return_after) return;
  healthy_ = true;
  since_.reset();
}

}  // namespace heptap
