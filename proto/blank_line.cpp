#include "proto/blank_line.hpp"

#include <array>

#include "proto/byte_block.hpp"

namespace heptap {

// From the end: where most is complete, it is near. Two bytes of each block are looked at again, as
// those in front of them are in the next.
std::size_t last_blank_line_end(std::string_view text) noexcept {
  std::array<char, block_bytes> padded{};
  std::size_t end = text.size();
  while (end > 1) {
    const std::size_t begin = end > block_bytes ? end - block_bytes : 0;
    const char* block = text.data() + begin;
    if (end < block_bytes) {
      std::memcpy(padded.data(), block, end);
      block = padded.data();
    }
    const std::uint64_t ends = VectorBlock::equal64(block, '\n');
    for (std::uint64_t near = ends & (ends << 1U | ends << 2U); near != 0;) {
      const auto at = static_cast<std::size_t>(63 - std::countl_zero(near));
      if (block[at - 1] == '\n' || block[at - 1] == '\r') return begin + at + 1;
      near ^= std::uint64_t{1} << at;
    }
    end = begin == 0 ? 0 : begin + 2;
  }
  return 0;
}

}  // namespace heptap
