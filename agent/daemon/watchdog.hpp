#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

namespace heptap {

/// Gives systemd its sign of life as long as both ends of the daemon do their work. When one is
/// stuck, systemd restarts the daemon after the interval of the unit (`WatchdogSec=`).
class Watchdog {
 public:
  enum class Verdict : std::uint8_t {
    off,             ///< nobody watches; the checks were not called
    alive,           ///< systemd was given its sign
    capture_stuck,   ///< no sign was given
    sending_stuck,   ///< no sign was given
    nobody_listens,  ///< all is well, but systemd could not be told
  };

  /// Each is called once a tick, in the thread that ticks, and judges the time since the last tick.
  struct Checks {
    std::function<bool()> capture_alive;  ///< it made progress, or waits for packets and can say so
    std::function<bool()> sending_alive;  ///< it made progress, or has nothing to send
  };

  /// interval  as of watchdog_interval(); 0: nobody watches
  Watchdog(Checks checks, std::chrono::microseconds interval);

  /// gives     how long to wait between ticks, a quarter of the interval: three ticks may go wrong
  ///           before systemd loses patience; 0: tick() does nothing
  [[nodiscard]] std::chrono::microseconds period() const noexcept { return interval_ / 4; }

  Verdict tick();

 private:
  Checks checks_;
  std::chrono::microseconds interval_;
};

}  // namespace heptap
