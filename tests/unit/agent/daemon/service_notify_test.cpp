#include "agent/daemon/service_notify.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "tests/unit/agent/daemon/notify_socket.hpp"

using namespace heptap;
using test::NotifySocket;

namespace {

// What systemd would set for a unit with WatchdogSec=.
class WatchdogVariables {
 public:
  WatchdogVariables(const char* usec, const std::string& pid) {
    ::setenv("WATCHDOG_USEC", usec, 1);
    ::setenv("WATCHDOG_PID", pid.c_str(), 1);
  }
  ~WatchdogVariables() {
    ::unsetenv("WATCHDOG_USEC");
    ::unsetenv("WATCHDOG_PID");
  }
  WatchdogVariables(const WatchdogVariables&) = delete;
  WatchdogVariables& operator=(const WatchdogVariables&) = delete;
};

}  // namespace

TEST_CASE("systemd is told each state in its own words") {
  NotifySocket systemd;
  CHECK(notify_ready("capturing on eth1"));
  CHECK(systemd.next() == "READY=1\nSTATUS=capturing on eth1");
  CHECK(notify_status("2 of 3 collectors up"));
  CHECK(systemd.next() == "STATUS=2 of 3 collectors up");
  CHECK(notify_stopping("sending what is left", std::chrono::seconds{15}));
  CHECK(systemd.next() == "STOPPING=1\nEXTEND_TIMEOUT_USEC=15000000\nSTATUS=sending what is left");
  CHECK(notify_watchdog());
  CHECK(systemd.next() == "WATCHDOG=1");
  CHECK(systemd.next().empty());
}

TEST_CASE("a reload carries the time at which it began") {
  NotifySocket systemd;
  const auto usec = [] {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
  };
  const auto before = usec();
  CHECK(notify_reloading());
  const auto after = usec();
  const std::string said = systemd.next();
  const std::string head = "RELOADING=1\nMONOTONIC_USEC=";
  REQUIRE(said.starts_with(head));
  const auto told = std::stoll(said.substr(head.size()));
  CHECK(told >= before);
  CHECK(told <= after);
}

TEST_CASE("a status cannot say more than a status") {
  NotifySocket systemd;
  CHECK(notify_status("a\nMAINPID=1\r\x1b[2J\x7f caf\u00e9"));
  CHECK(systemd.next() == "STATUS=a MAINPID=1  [2J  caf\u00e9");
}

TEST_CASE("without systemd nothing is said, and that is no failure") {
  CHECK(notify_ready("up"));
  CHECK(notify_watchdog());
  CHECK(watchdog_interval().count() == 0);
}

TEST_CASE("a systemd that is gone is a failure, not an exception") {
  ::setenv("NOTIFY_SOCKET", "/nonexistent/notify", 1);
  CHECK_FALSE(notify_ready("up"));
  ::unsetenv("NOTIFY_SOCKET");
}

TEST_CASE("the watchdog's interval is that of the unit, for this process only") {
  {
    const WatchdogVariables ours("30000000", std::to_string(::getpid()));
    CHECK(watchdog_interval() == std::chrono::seconds{30});
  }
  {
    const WatchdogVariables of_another("30000000", std::to_string(::getppid()));
    CHECK(watchdog_interval().count() == 0);
  }
  const WatchdogVariables nonsense("soon", std::to_string(::getpid()));
  CHECK(watchdog_interval().count() == 0);
}
