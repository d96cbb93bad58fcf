#include "agent/daemon/watchdog.hpp"

#include <utility>

#include "agent/daemon/service_notify.hpp"

namespace heptap {

Watchdog::Watchdog(Checks checks, std::chrono::microseconds interval)
    : checks_(std::move(checks)), interval_(interval) {}

Watchdog::Verdict Watchdog::tick() {
  if (interval_.count() == 0) return Verdict::off;
  // Both are asked, whatever the first says: each looks at the time since it was last asked.
  const bool capture = checks_.capture_alive();
  const bool sending = checks_.sending_alive();
  if (!capture) return Verdict::capture_stuck;
  if (!sending) return Verdict::sending_stuck;
  return notify_watchdog() ? Verdict::alive : Verdict::nobody_listens;
}

}  // namespace heptap
