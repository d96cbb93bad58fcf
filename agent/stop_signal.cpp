#include "agent/stop_signal.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
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

void on_stop_signals(void (*handler)(int)) noexcept {
  struct sigaction action {};
  action.sa_handler = handler;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

void request_stop(int) noexcept {
  const int interrupted_errno = errno;
  stop_requested.store(true, std::memory_order_relaxed);
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(stop_fd.load(), &one, sizeof one);
  on_stop_signals(SIG_DFL);
  errno = interrupted_errno;
}

}  // namespace

StopSignal::StopSignal() {
  stop_fd.store(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (fd() < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  stop_requested.store(false, std::memory_order_relaxed);
  on_stop_signals(request_stop);
}

StopSignal::~StopSignal() {
  on_stop_signals(SIG_DFL);
  ::close(stop_fd.exchange(-1));
}

void StopSignal::request() noexcept { request_stop(SIGTERM); }

bool StopSignal::requested() const noexcept {
  return stop_requested.load(std::memory_order_relaxed);
}

int StopSignal::fd() const noexcept { return stop_fd.load(); }

void StopSignal::sleep_until(std::chrono::steady_clock::time_point due) const noexcept {
  const auto left = std::max(due - std::chrono::steady_clock::now(), {});
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
  const timespec timeout{seconds.count(), std::chrono::nanoseconds(left - seconds).count()};
  pollfd stop{fd(), POLLIN, 0};
  ::ppoll(&stop, 1, &timeout, nullptr);
}

}  // namespace heptap
