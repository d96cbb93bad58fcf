#include "agent/pipeline/outlet.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "agent/pipeline/pipeline.hpp"

using namespace heptap;

namespace {

hep::Message message_of(const std::string& text) {
  static Packet packet;
  packet.payload = as_bytes(text);
  return sip_message(packet, text.size(), 0);
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

TEST_CASE("a closed ring is told from a full one") {
  FrameRing ring(FrameRing::min_bytes);
  Outlet outlet({}, ring, WhenFull::drop);
  ring.close();
  outlet.offer(message_of("OPTIONS"));
  CHECK(outlet.counts().ring_closed == 1);
  CHECK(outlet.counts().ring_full == 0);
}
