#include "agent/stop_signal.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <system_error>

namespace heptap {
namespace {

std::atomic<bool> stop_requested{false};
std::atomic<int> stop_fd{-1};

void request_stop(int) noexcept {
  const int interrupted_errno = errno;
  stop_requested.store(true, std::memory_order_relaxed);
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(stop_fd.load(), &one, sizeof one);
  errno = interrupted_errno;
}

void on_stop_signals(void (*handler)(int), int flags) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = flags;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

}  // namespace

StopSignal::StopSignal() {
  stop_fd.store(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (fd() < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  stop_requested.store(false, std::memory_order_relaxed);
  on_stop_signals(request_stop, static_cast<int>(SA_RESETHAND));  // not SA_RESTART: reads return
}

StopSignal::~StopSignal() {
  on_stop_signals(SIG_DFL, 0);
  ::close(stop_fd.exchange(-1));
}

bool StopSignal::requested() const noexcept {
  return stop_requested.load(std::memory_order_relaxed);
}

int StopSignal::fd() const noexcept { return stop_fd.load(); }

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
