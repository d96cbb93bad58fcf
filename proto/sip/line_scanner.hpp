#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

// Finds line ends and the first colon of each line in one pass: 64 bytes at a time become two bit
// masks, and the lines are read off the masks. SSE2 belongs to every x86-64; other processors use
// the portable form, which the tests hold against the vector form. AVX2 was measured and is not
// worth a second code path here: most of the time is in the lines, not in the masks.
namespace heptap::line_scan {

inline constexpr std::size_t block_bytes = 64;

/// Bit i is byte i of the block.
struct Masks {
  std::uint64_t newlines = 0;
  std::uint64_t colons = 0;
};

/// Eight bytes at a time in a general register.
struct PortableBlock {
  static Masks masks(const char* block) noexcept {
    Masks out;
    for (unsigned i = 0; i < block_bytes; i += 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, block + i, sizeof word);
      if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
      out.newlines |= equal_bytes(word, '\n') << i;
      out.colons |= equal_bytes(word, ':') << i;
    }
    return out;
  }

 private:
  /// One bit for each byte of `word` that equals `c`, the lowest byte first.
  static std::uint64_t equal_bytes(std::uint64_t word, char c) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101U;
    constexpr std::uint64_t low_seven = 0x7f7f7f7f7f7f7f7fU;
    const std::uint64_t x = word ^ (ones * static_cast<unsigned char>(c));
    const std::uint64_t zero_bytes = ~(((x & low_seven) + low_seven) | x | low_seven);
    return ((zero_bytes >> 7U) * 0x0102040810204080U) >> 56U;
  }
};

#if defined(__SSE2__)
struct VectorBlock {
  static Masks masks(const char* block) noexcept {
    Masks out;
    const __m128i newline = _mm_set1_epi8('\n');
    const __m128i colon = _mm_set1_epi8(':');
    for (unsigned i = 0; i < block_bytes; i += 16) {
      // NOLINTNEXTLINE(*-reinterpret-cast): how the intrinsic takes an unaligned address
      const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block + i));
      out.newlines |= bits(_mm_cmpeq_epi8(bytes, newline)) << i;
      out.colons |= bits(_mm_cmpeq_epi8(bytes, colon)) << i;
    }
    return out;
  }

 private:
  static std::uint64_t bits(__m128i compared) noexcept {
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
      : text_(text.data()), size_(static_cast<std::uint32_t>(text.size())) {
    if (size_ > 0) load();
  }

  /// gives     false when no line end is left
  bool next() noexcept {
    std::uint32_t colon = none;
    while (masks_.newlines == 0) {
      if (colon == none && masks_.colons != 0) colon = base_ + lowest(masks_.colons);
      if (size_ - base_ <= block_bytes) return false;
      base_ += block_bytes;
      load();
    }
    const std::uint64_t up_to_newline = masks_.newlines ^ (masks_.newlines - 1);
    const std::uint64_t line_colons = masks_.colons & up_to_newline;
    if (colon == none && line_colons != 0) colon = base_ + lowest(line_colons);
    newline_ = base_ + lowest(masks_.newlines);
    colon_ = colon;
    masks_.newlines &= masks_.newlines - 1;
    masks_.colons &= ~up_to_newline;
    return true;
  }

  /// Where the line that next() found ends: the offset of its LF.
  [[nodiscard]] std::uint32_t newline() const noexcept { return newline_; }

  /// Offset of the first colon of that line, or none.
  [[nodiscard]] std::uint32_t colon() const noexcept { return colon_; }

 private:
  static std::uint32_t lowest(std::uint64_t mask) noexcept {
    return static_cast<std::uint32_t>(std::countr_zero(mask));
  }

  void load() noexcept {
    const std::uint32_t left = size_ - base_;
    if (left >= block_bytes) {
      masks_ = Block::masks(text_ + base_);
    } else if (size_ >= block_bytes) {  // the last 64 bytes again, without those already seen
      masks_ = Block::masks(text_ + size_ - block_bytes);
      masks_.newlines >>= block_bytes - left;
      masks_.colons >>= block_bytes - left;
    } else {
      char padded[block_bytes] = {};
      std::memcpy(padded, text_, size_);
      masks_ = Block::masks(padded);
    }
  }

  const char* text_;
  std::uint32_t size_;
  std::uint32_t base_ = 0;
  Masks masks_;
  std::uint32_t newline_ = 0;
  std::uint32_t colon_ = none;
};

}  // namespace heptap::line_scan
