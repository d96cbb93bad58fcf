#include "agent/capture_losses.hpp"

#include <catch2/catch.hpp>

using namespace heptap;

namespace {

constexpr std::int64_t start_us = 1'700'000'000'000'000;
constexpr std::int64_t second_us = 1'000'000;

InterfaceCounts counts(const LiveCounts& packets, std::uint64_t lost_at_close = 0) {
  return {.name = "tap", .packets = packets, .lost_at_close = lost_at_close};
}

InterfaceCounts kernel(std::uint64_t dropped) { return counts({.kernel_dropped = dropped}); }

}  // namespace

TEST_CASE("what was lost was lost since the look before") {
  CaptureLosses losses(start_us);
  losses.look(kernel(0), start_us + 1 * second_us);
  losses.look(kernel(7), start_us + 3 * second_us);
  losses.look(kernel(7), start_us + 4 * second_us);
  CHECK_FALSE(losses.any_between(start_us, start_us + second_us - 1));
  CHECK(losses.any_between(start_us, start_us + second_us));
  CHECK(losses.any_between(start_us + 2 * second_us, start_us + 2 * second_us));
  CHECK_FALSE(
      losses.any_between(start_us + 3 * second_us + second_us / 2, start_us + 4 * second_us));
}

TEST_CASE("packets are lost for several reasons") {
  const InterfaceCounts lost =
      GENERATE(counts({.kernel_dropped = 1}), counts({.interface_dropped = 1}), counts({}, 1));
  CaptureLosses losses(start_us);
  losses.look(lost, start_us + second_us);
  CHECK(losses.any_between(start_us, start_us));
}

TEST_CASE("what was captured is not lost") {
  CaptureLosses losses(start_us);
  losses.look(counts({.received = 9, .read = 8}), start_us + second_us);
  CHECK_FALSE(losses.any_between(start_us, start_us + second_us));
}

TEST_CASE("a look is due when time has passed, or the clock was set back") {
  CaptureLosses losses(start_us);
  losses.look(kernel(0), start_us + second_us);
  CHECK_FALSE(losses.is_due(start_us + second_us));
  CHECK(losses.is_due(start_us + 2 * second_us));
  CHECK(losses.is_due(start_us));
  losses.look(kernel(1), start_us);
  CHECK(losses.any_between(start_us + second_us, start_us + second_us));
}
