#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace heptap {

/// For memory that is filled from one end to the other: asks for `bytes` of it, some way ahead of what is
/// filled, so that they are in the cache of who fills it when they are written.
inline void prefetch_to_fill(std::span<const std::uint8_t> memory, std::size_t filled,
                             std::size_t bytes) noexcept {
  constexpr std::size_t cache_line = 64;
  constexpr std::size_t way = 1024;  // the next frame, and some more
  const std::size_t end = std::min(filled + way + bytes, memory.size());
  for (std::size_t at = filled + way; at < end; at += cache_line) {
    __builtin_prefetch(memory.data() + at, 1);
  }
}

}  // namespace heptap
