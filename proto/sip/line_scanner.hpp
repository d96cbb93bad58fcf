#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "proto/byte_block.hpp"

// Finds line ends, 64 bytes at a time as a bit mask. The masks of some blocks are turned into a
// list of offsets before any line is looked at: a loop over the bits of one block would run once,
// twice or not at all, and the processor would guess wrong at every other line.
namespace heptap::line_scan {

/// Walks the lines of a text. Block is VectorBlock or PortableBlock. Never reads beyond the text.
template <class Block>
class LineScanner {
 public:
  static constexpr std::uint32_t none = UINT32_MAX;

  /// text      at most 2^31 bytes
  explicit LineScanner(std::string_view text) noexcept
      : text_(text.data()), size_(static_cast<std::uint32_t>(text.size())) {}

  /// gives     the offset of the next LF, or none
  [[gnu::always_inline]] std::uint32_t next() noexcept {
    if (read_ == count_ && !refill()) return none;
    return ends_[read_++];
  }

  /// gives     the offset of the first colon in [begin, end), or none
  [[nodiscard, gnu::always_inline]] std::uint32_t find_colon(std::uint32_t begin,
                                                             std::uint32_t end) const noexcept {
    if (size_ - begin >= 16) {
      const std::uint32_t mask = Block::equal16(text_ + begin, ':');
      if (mask != 0) {
        const std::uint32_t colon = begin + static_cast<std::uint32_t>(std::countr_zero(mask));
        return colon < end ? colon : none;
      }
    }
    const void* const colon = std::memchr(text_ + begin, ':', end - begin);
    if (colon == nullptr) return none;
    return static_cast<std::uint32_t>(static_cast<const char*>(colon) - text_);
  }

 private:
  static constexpr std::size_t blocks_ahead = 4;

  [[gnu::noinline]] bool refill() noexcept {
    read_ = 0;
    count_ = 0;
    while (count_ == 0 && base_ < size_) {
      for (std::size_t i = 0; i < blocks_ahead && base_ < size_; ++i) {
        append(newlines());
        base_ += block_bytes;
      }
    }
    return count_ > 0;
  }

  /// Four stores whatever the mask: few blocks have more than four line ends.
  void append(std::uint64_t mask) noexcept {
    std::uint32_t* end = ends_.data() + count_;
    end = append_lowest(end, mask);
    end = append_lowest(end, mask);
    end = append_lowest(end, mask);
    end = append_lowest(end, mask);
    while (mask != 0) end = append_lowest(end, mask);
    count_ = static_cast<std::size_t>(end - ends_.data());
  }

  /// Takes the lowest bit, if there is any, off the mask, without a branch.
  std::uint32_t* append_lowest(std::uint32_t* end, std::uint64_t& mask) const noexcept {
    *end = base_ + static_cast<std::uint32_t>(std::countr_zero(mask));
    const auto found = static_cast<std::ptrdiff_t>(mask != 0);
    mask &= mask - 1;
    return end + found;
  }

  [[nodiscard]] std::uint64_t newlines() const noexcept {
    const std::uint32_t left = size_ - base_;
    if (left >= block_bytes) return Block::equal64(text_ + base_, '\n');
    if (size_ >= block_bytes) {  // the last 64 bytes again, without those already seen
      return Block::equal64(text_ + size_ - block_bytes, '\n') >> (block_bytes - left);
    }
    char padded[block_bytes] = {};
    std::memcpy(padded, text_, size_);
    return Block::equal64(padded, '\n');
  }

  const char* text_;
  std::uint32_t size_;
  std::uint32_t base_ = 0;
  std::size_t read_ = 0;
  std::size_t count_ = 0;
  std::array<std::uint32_t, blocks_ahead * block_bytes + 4> ends_;
};

}  // namespace heptap::line_scan
