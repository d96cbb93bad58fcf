#include "agent/pipeline/outlet.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <string>
#include <thread>

#include "agent/pipeline/pipeline.hpp"
#include "tests/support/hep_vectors.hpp"
#include "tests/support/hex.hpp"

using namespace heptap;

namespace {

hep::Message message_of(const std::string& text, std::int64_t time_us = 0) {
  static Packet packet;
  packet.payload = as_bytes(text);
  return sip_message(packet, text.size(), time_us);
}

}  // namespace

TEST_CASE("where nobody can wait, what finds the ring full is dropped and counted") {
  FrameRing ring(FrameRing::min_bytes);
  Outlet outlet({}, ring, WhenFull::drop);
  const std::string text(60'000, 'x');
  for (int i = 0; i < 100; ++i) outlet.offer(message_of(text));

  const OutletCounts& counts = outlet.counts();
  CHECK(counts.entered == 100);
  CHECK(counts.encoded == FrameRing::min_bytes / text.size());
  CHECK(counts.ring_full == counts.entered - counts.encoded);

  outlet.flush();
  ring.release_until(ring.head());
  outlet.offer(message_of(text));
  CHECK(outlet.counts().encoded == counts.entered - counts.ring_full);
}

TEST_CASE("an outlet that dropped waits for room from when it is told to") {
  FrameRing ring(FrameRing::min_bytes);
  Outlet outlet({}, ring, WhenFull::drop);
  const std::string text(60'000, 'x');
  outlet.set_when_full(WhenFull::wait);
  std::atomic<bool> is_done{false};
  std::thread collector([&] {
    while (!is_done) {
      ring.release_until(ring.head());
      std::this_thread::yield();
    }
  });
  for (int i = 0; i < 100; ++i) outlet.offer(message_of(text));
  is_done = true;
  collector.join();
  CHECK(outlet.counts().encoded == 100);
  CHECK(outlet.counts().ring_full == 0);
}

TEST_CASE("a frame has the time of its packet") {
  FrameRing ring(FrameRing::min_bytes);
  Outlet outlet({}, ring);
  outlet.offer(message_of("OPTIONS", 1'700'000'000'123'456));
  outlet.flush();
  REQUIRE(ring.head() == 1);
  CHECK(ring.slot(0).time_us == 1'700'000'000'123'456);
}

TEST_CASE("a closed ring is told from a full one") {
  FrameRing ring(FrameRing::min_bytes);
  Outlet outlet({}, ring, WhenFull::drop);
  ring.close();
  outlet.offer(message_of("OPTIONS"));
  CHECK(outlet.counts().ring_closed == 1);
  CHECK(outlet.counts().ring_full == 0);
}

TEST_CASE("a frame that is passed on lies in the ring as the relay wrote it") {
  FrameRing ring(FrameRing::min_bytes);
  Outlet outlet({}, ring, WhenFull::drop);
  const auto frame = test::from_hex(test::hep_v1_hex);
  hep::HepView view;
  REQUIRE(hep::decode(frame, view) == hep::Fault::none);
  outlet.forward(hep::Relay({}, hep::NodePolicy::keep), view, frame, 5);
  outlet.flush();
  REQUIRE(ring.head() == 1);
  const FrameSlot& slot = ring.slot(0);
  CHECK(as_text({ring.bytes(slot), slot.size}) == as_text(frame));
  CHECK(slot.time_us == 5);

  ring.close();
  outlet.forward(hep::Relay({}, hep::NodePolicy::keep), view, frame, 5);
  const LedgerStage stage = encode_stage(outlet.counts());
  CHECK(stage.entered == 2);
  CHECK(stage.left == 1);
  REQUIRE(stage.dropped.size() == 1);
  CHECK(stage.dropped[0].reason == "ring_closed");
}
