#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace heptap {

/// A keyed 64 bit hash for short texts of the wire, eight bytes a step. The seed is a secret of the
/// process, so that no stranger can aim at one bucket; the same text hashes differently in the next
/// process.
/// source    multiply-and-fold construction, as in Wang Yi's wyhash
class TextHash {
 public:
  explicit constexpr TextHash(std::uint64_t seed) noexcept : seed_(seed ^ key_a) {}

  [[nodiscard]] std::uint64_t operator()(std::string_view text) const noexcept {
    std::uint64_t state = seed_;
    const std::size_t size = text.size();
    if (size < 8) return fold(fold(state ^ load(text.data(), size), key_c) ^ size, key_a);
    for (std::size_t i = 0; i + 8 < size; i += 8) {
      state = fold(state ^ load(text.data() + i, 8), key_b);
    }
    // The last eight bytes, some of which are in already: a copy of a length known only now would
    // be written in pieces and read in one, which waits for all earlier writes to be through.
    return fold(fold(state ^ load(text.data() + size - 8, 8), key_c) ^ size, key_a);
  }

 private:
  static constexpr std::uint64_t key_a = 0x9e3779b97f4a7c15ULL;
  static constexpr std::uint64_t key_b = 0xe7037ed1a0b428dbULL;
  static constexpr std::uint64_t key_c = 0x8ebc6af09c88c6e3ULL;

  static std::uint64_t load(const char* from, std::size_t size) noexcept {
    std::uint64_t value = 0;
    if (size != 0) std::memcpy(&value, from, size);  // an empty text may have no address
    return value;
  }

  static std::uint64_t fold(std::uint64_t a, std::uint64_t b) noexcept {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
  }

  std::uint64_t seed_;
};

}  // namespace heptap
