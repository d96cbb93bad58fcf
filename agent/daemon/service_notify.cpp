#include "agent/daemon/service_notify.hpp"

#include <systemd/sd-daemon.h>

#include <algorithm>
#include <cstdint>
#include <string>

namespace heptap {
namespace {

bool tell(const std::string& state) { return ::sd_notify(0, state.c_str()) >= 0; }

// A line end in the text would begin another assignment.
std::string status_line(std::string_view status) {
  std::string text{status};
  const auto is_control = [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; };
  std::replace_if(text.begin(), text.end(), is_control, ' ');
  return "STATUS=" + text;
}

std::string monotonic_usec() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  const auto usec = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
  return "MONOTONIC_USEC=" + std::to_string(usec);
}

}  // namespace

bool notify_ready(std::string_view status) { return tell("READY=1\n" + status_line(status)); }

bool notify_status(std::string_view status) { return tell(status_line(status)); }

bool notify_reloading() { return tell("RELOADING=1\n" + monotonic_usec()); }

bool notify_stopping(std::string_view status, std::chrono::microseconds longest) {
  return tell("STOPPING=1\nEXTEND_TIMEOUT_USEC=" + std::to_string(longest.count()) + '\n' +
              status_line(status));
}

std::chrono::microseconds watchdog_interval() {
  std::uint64_t usec = 0;
  if (::sd_watchdog_enabled(0, &usec) <= 0) return {};
  return std::chrono::microseconds{usec};
}

bool notify_watchdog() { return tell("WATCHDOG=1"); }

}  // namespace heptap
