#include "transport/intake.hpp"

#include "tests/unit/transport/peers.hpp"

#include <catch2/catch.hpp>

namespace heptap {
namespace {

using test::send_frames;

constexpr std::size_t smallest = FrameRing::min_bytes;

TEST_CASE("an intake has a ring at least, and no more than were asked for") {
  CHECK_THROWS_WITH(Intake(smallest, 0), "a transport needs a ring");
  Intake intake(smallest, 2);
  CHECK_THROWS(intake.input(2));
}

TEST_CASE("collectors read the ring of an only producer itself") {
  Intake intake(smallest, 1);
  CHECK(&intake.output() == &intake.input(0));
  send_frames(intake.input(0), 0, 3, 100);
  CHECK(intake.empty());
  CHECK(intake.reached(FrameRing::never, 0));
  intake.release_until(1, false);
  const auto ring = intake.snapshot(3).at(0);
  CHECK(ring.entered == 3);
  CHECK(ring.moved == 1);
  CHECK(ring.held == 2);
  CHECK(ring.bytes == 200);
  CHECK(ring.capacity_bytes == smallest);
  CHECK(ring.capacity_frames == smallest / 256);
}

TEST_CASE("a snapshot of several rings tells what is in each") {
  Intake intake(smallest, 2);
  send_frames(intake.input(0), 0, 3, 100);
  send_frames(intake.input(1), 0, 5, 50);
  CHECK_FALSE(intake.empty());
  CHECK(intake.snapshot(0).at(1).held == 5);
  CHECK(intake.snapshot(0).at(1).bytes == 250);
  intake.fetch();
  CHECK(intake.empty());
  CHECK(intake.output().head() == 8);
  CHECK(intake.snapshot(8).at(0).moved == 3);
  CHECK(intake.snapshot(8).at(0).held == 0);
  CHECK(intake.snapshot(8).at(0).bytes == 0);
}

}  // namespace
}  // namespace heptap
