#include "agent/request_signals.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <system_error>

namespace heptap {
namespace {

std::atomic<bool> reload_requested{false};
std::atomic<bool> statistics_requested{false};
std::atomic<int> request_fd{-1};

void note_request(int number) noexcept {
  const int interrupted_errno = errno;
  (number == SIGHUP ? reload_requested : statistics_requested).store(true);
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(request_fd.load(), &one, sizeof one);
  errno = interrupted_errno;
}

void on_request_signals(void (*handler)(int)) noexcept {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigaction(SIGHUP, &action, nullptr);
  sigaction(SIGUSR1, &action, nullptr);
}

}  // namespace

RequestSignals::RequestSignals() {
  request_fd.store(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (fd() < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  reload_requested.store(false);
  statistics_requested.store(false);
  on_request_signals(note_request);
}

RequestSignals::~RequestSignals() {
  on_request_signals(SIG_IGN);  // one that comes late must not end what is ending
  ::close(request_fd.exchange(-1));
}

int RequestSignals::fd() const noexcept { return request_fd.load(); }

RequestSignals::Requests RequestSignals::take() noexcept {
  std::uint64_t ignored = 0;
  [[maybe_unused]] const auto size = ::read(fd(), &ignored, sizeof ignored);
  return {.reload = reload_requested.exchange(false),
          .statistics = statistics_requested.exchange(false)};
}

}  // namespace heptap
