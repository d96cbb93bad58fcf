#include "agent/stop_signal.hpp"

#include <ctime>

#include <atomic>
#include <csignal>

namespace heptap {
namespace {

std::atomic<bool> stop_requested{false};

void request_stop(int) noexcept { stop_requested.store(true, std::memory_order_relaxed); }

void on_stop_signals(void (*handler)(int), int flags) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = flags;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

}  // namespace

StopSignal::StopSignal() {
  stop_requested.store(false, std::memory_order_relaxed);
  on_stop_signals(request_stop, static_cast<int>(SA_RESETHAND));  // not SA_RESTART: reads return
}

StopSignal::~StopSignal() { on_stop_signals(SIG_DFL, 0); }

bool StopSignal::requested() const noexcept {
  return stop_requested.load(std::memory_order_relaxed);
}

void StopSignal::sleep_until(std::chrono::steady_clock::time_point due) const noexcept {
  const auto since = due.time_since_epoch();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since);
  timespec until{};
  until.tv_sec = seconds.count();
  until.tv_nsec = std::chrono::nanoseconds(since - seconds).count();
  // Returns early for a signal; the caller looks at requested().
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
}

}  // namespace heptap
