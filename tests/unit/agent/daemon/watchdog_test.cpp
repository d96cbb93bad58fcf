#include "agent/daemon/watchdog.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/agent/daemon/notify_socket.hpp"

using namespace heptap;
using Verdict = Watchdog::Verdict;

TEST_CASE("systemd gets a sign of life only while capture and sending both live") {
  struct Row {
    bool capture;
    bool sending;
    Verdict want;
    const char* said;
  };
  const auto row = GENERATE(values<Row>({{true, true, Verdict::alive, "WATCHDOG=1"},
                                         {false, true, Verdict::capture_stuck, ""},
                                         {true, false, Verdict::sending_stuck, ""},
                                         {false, false, Verdict::capture_stuck, ""}}));
  CAPTURE(row.capture, row.sending);
  test::NotifySocket systemd;
  int asked = 0;
  const auto says = [&asked](bool answer) {
    return [&asked, answer] {
      ++asked;
      return answer;
    };
  };
  Watchdog watchdog({says(row.capture), says(row.sending)}, std::chrono::seconds{30});
  CHECK(watchdog.tick() == row.want);
  CHECK(systemd.next() == row.said);
  CHECK(asked == 2);
}

TEST_CASE("who was stuck and goes on again is alive again") {
  test::NotifySocket systemd;
  bool sending = false;
  Watchdog watchdog({[] { return true; }, [&] { return sending; }}, std::chrono::seconds{30});
  CHECK(watchdog.tick() == Verdict::sending_stuck);
  sending = true;
  CHECK(watchdog.tick() == Verdict::alive);
  CHECK(systemd.next() == "WATCHDOG=1");
}

TEST_CASE("three ticks may fail before systemd loses patience") {
  const Watchdog watchdog({}, std::chrono::seconds{30});
  CHECK(watchdog.period() == std::chrono::milliseconds{7500});
}

TEST_CASE("nobody is asked when nobody watches") {
  test::NotifySocket systemd;
  Watchdog watchdog({}, {});
  CHECK(watchdog.period().count() == 0);
  CHECK(watchdog.tick() == Verdict::off);
  CHECK(systemd.next().empty());
}

TEST_CASE("a sign of life that does not get through is told apart") {
  ::setenv("NOTIFY_SOCKET", "/nonexistent/notify", 1);
  const auto yes = [] { return true; };
  Watchdog watchdog({yes, yes}, std::chrono::seconds{30});
  CHECK(watchdog.tick() == Verdict::nobody_listens);
  ::unsetenv("NOTIFY_SOCKET");
}
