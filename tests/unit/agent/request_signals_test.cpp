#include "agent/request_signals.hpp"

#include <poll.h>

#include <catch2/catch.hpp>
#include <csignal>

using namespace heptap;

namespace {

bool is_readable(int fd) {
  pollfd look{fd, POLLIN, 0};
  return ::poll(&look, 1, 0) == 1;
}

}  // namespace

TEST_CASE("a signal is a request until it is taken") {
  RequestSignals signals;
  CHECK_FALSE(is_readable(signals.fd()));
  std::raise(SIGHUP);
  std::raise(SIGHUP);
  CHECK(is_readable(signals.fd()));
  const RequestSignals::Requests first = signals.take();
  CHECK(first.reload);
  CHECK_FALSE(first.statistics);
  CHECK_FALSE(is_readable(signals.fd()));

  std::raise(SIGUSR1);
  const RequestSignals::Requests second = signals.take();
  CHECK_FALSE(second.reload);
  CHECK(second.statistics);
  const RequestSignals::Requests none = signals.take();
  CHECK_FALSE(none.reload);
  CHECK_FALSE(none.statistics);
}
