#include "transport/frame_records.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace heptap {

TEST_CASE("frames of a block are shown in their order, the empty one too") {
  const std::vector<std::string> frames{"first", "",
                                        std::string(FrameRecords::max_frame_bytes, 'x'), "last"};
  FrameRecords block;
  for (const std::string& frame : frames) {
    const std::vector<std::uint8_t> bytes(frame.begin(), frame.end());
    block.add({.time_us = -1, .bytes = bytes});
  }
  std::vector<std::string> seen;
  block.for_each([&](auto bytes) { seen.emplace_back(bytes.begin(), bytes.end()); });
  CHECK(seen == frames);
  block.clear();
  block.for_each([&](auto) { seen.clear(); });
  CHECK(seen == frames);
}

}  // namespace heptap
