#pragma once

#include <cstdint>

#include "proto/bytes.hpp"

namespace heptap {

/// One frame as it was captured, whatever it was captured with.
/// lifetime  `bytes` live until the next frame is asked of the same source
struct RawFrame {
  std::int64_t time_ns = 0;     ///< since 1970-01-01 UTC; finer file times are cut to nanoseconds,
                                ///< times outside 1677..2262 are held at the nearest end
  std::uint32_t link_type = 0;  ///< LINKTYPE_ value, as capture files spell it (not DLT_)
  std::uint32_t interface_id = 0;  ///< index of the interface in this source, over all sections
  std::uint32_t wire_bytes = 0;    ///< length on the wire, never below bytes.size(); above it when
                                   ///< the snap length cut the frame
  Bytes bytes;
};

}  // namespace heptap
