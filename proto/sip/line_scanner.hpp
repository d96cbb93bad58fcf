#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

// Finds line ends, 64 bytes at a time as a bit mask. The masks of some blocks are turned into a
// list of offsets before any line is looked at: a loop over the bits of one block would run once,
// twice or not at all, and the processor would guess wrong at every other line.
// SSE2 belongs to every x86-64; other processors use the portable form, which the tests hold
// against the vector form.
namespace heptap::line_scan {

inline constexpr std::size_t block_bytes = 64;

/// Eight bytes at a time in a general register.
struct PortableBlock {
  /// gives     bit i set when byte i of 64 is `c`
  static std::uint64_t equal64(const char* block, char c) noexcept {
    std::uint64_t mask = 0;
    for (unsigned i = 0; i < block_bytes; i += 8) mask |= equal8(block + i, c) << i;
    return mask;
  }
  /// The same for 16 bytes.
  static std::uint32_t equal16(const char* bytes, char c) noexcept {
    return static_cast<std::uint32_t>(equal8(bytes, c) | equal8(bytes + 8, c) << 8U);
  }

 private:
  static std::uint64_t equal8(const char* bytes, char c) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101U;
    constexpr std::uint64_t low_seven = 0x7f7f7f7f7f7f7f7fU;
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    const std::uint64_t x = word ^ (ones * static_cast<unsigned char>(c));
    const std::uint64_t zero_bytes = ~(((x & low_seven) + low_seven) | x | low_seven);
    return ((zero_bytes >> 7U) * 0x0102040810204080U) >> 56U;
  }
};

#if defined(__SSE2__)
struct VectorBlock {
  static std::uint64_t equal64(const char* block, char c) noexcept {
    return std::uint64_t{equal16(block, c)} | std::uint64_t{equal16(block + 16, c)} << 16U |
           std::uint64_t{equal16(block + 32, c)} << 32U |
           std::uint64_t{equal16(block + 48, c)} << 48U;
  }
  static std::uint32_t equal16(const char* bytes, char c) noexcept {
    // NOLINTNEXTLINE(*-reinterpret-cast): how the intrinsic takes an unaligned address
    const __m128i loaded = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
    const __m128i compared = _mm_cmpeq_epi8(loaded, _mm_set1_epi8(c));
    return static_cast<std::uint32_t>(_mm_movemask_epi8(compared));
  }
};
#else
using VectorBlock = PortableBlock;
#endif

/// Walks the lines of a text. Block is one of the two above. Never reads beyond the text.
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
