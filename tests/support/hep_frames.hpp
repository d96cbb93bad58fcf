#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "tests/support/hex.hpp"

namespace heptap::test {

/// gives     a HEP3 frame of chunks given in hex, with the right total length
inline std::vector<std::uint8_t> frame_of(std::string_view chunks_hex) {
  std::vector<std::uint8_t> frame = from_hex("484550330000");
  const auto chunks = from_hex(chunks_hex);
  frame.insert(frame.end(), chunks.begin(), chunks.end());
  frame[4] = static_cast<std::uint8_t>(frame.size() >> 8U);
  frame[5] = static_cast<std::uint8_t>(frame.size());
  return frame;
}

}  // namespace heptap::test
