#pragma once

#include <chrono>
#include <string_view>

namespace heptap {

/// Tell systemd what the daemon does. They do nothing when it was not started by systemd with
/// `Type=notify` (no $NOTIFY_SOCKET), and never block for long: a datagram to a local socket.
/// `status` is shown by `systemctl status`; its control characters become spaces.
/// gives     false when systemd was there and could not be told
/// source    sd_notify(3)

/// The capture handles are open; also after notify_reloading(), when the reload is over.
bool notify_ready(std::string_view status);
bool notify_status(std::string_view status);
/// A reload begins. `Type=notify-reload` of systemd 253 needs its time; older ones ignore that.
bool notify_reloading();
/// longest   what stopping takes at most: systemd waits so long even when the unit says less
bool notify_stopping(std::string_view status, std::chrono::microseconds longest);

/// gives     how long systemd waits for a sign of life; 0: it does not watch this process
/// source    sd_watchdog_enabled(3)
[[nodiscard]] std::chrono::microseconds watchdog_interval();

/// One sign of life. Only Watchdog should have reason to call it.
bool notify_watchdog();

}  // namespace heptap
