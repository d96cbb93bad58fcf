#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

// Compares many bytes with one, as bit masks. SSE2 belongs to every x86-64; other processors use the
// portable form, which the tests hold against the vector form.
namespace heptap {

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

}  // namespace heptap
