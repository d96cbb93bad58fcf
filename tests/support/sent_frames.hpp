#pragma once

#include <catch2/catch.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "proto/hep/decode.hpp"
#include "transport/frame_ring.hpp"

namespace heptap::test {

/// A frame that was put into a ring; its own texts.
struct SentFrame {
  std::string payload;
  std::string correlation_id;
  std::int64_t time_us = 0;
  std::uint8_t payload_type = 0;
};

/// gives     all frames of a ring, which is empty then
inline std::vector<SentFrame> take_sent(FrameRing& ring) {
  std::vector<SentFrame> out;
  ring.flush();
  for (auto at = ring.tail(); at != ring.head(); ++at) {
    const FrameSlot& slot = ring.slot(at);
    hep::HepView frame;
    REQUIRE(hep::decode({ring.bytes(slot), slot.size}, frame) == hep::Fault::none);
    out.push_back({std::string(as_text(frame.payload)), std::string(frame.correlation_id),
                   frame.time_us(), frame.payload_type});
  }
  ring.release_until(ring.head());
  return out;
}

}  // namespace heptap::test
