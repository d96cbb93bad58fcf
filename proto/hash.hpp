#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "proto/bytes.hpp"

namespace heptap {

namespace hash_parts {

inline constexpr std::uint64_t key_a = 0x9e3779b97f4a7c15ULL;
inline constexpr std::uint64_t key_b = 0xe7037ed1a0b428dbULL;
inline constexpr std::uint64_t key_c = 0x8ebc6af09c88c6e3ULL;
inline constexpr std::uint64_t key_d = 0x589965cc75374cc3ULL;

inline std::uint64_t load(const void* from, std::size_t size) noexcept {
  std::uint64_t value = 0;
  if (size != 0) std::memcpy(&value, from, size);  // an empty text may have no address
  return value;
}

inline std::uint64_t fold(std::uint64_t a, std::uint64_t b) noexcept {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

}  // namespace hash_parts

/// A keyed 64 bit hash for short texts of the wire, eight bytes a step. The seed is a secret of the
/// process, so that no stranger can aim at one bucket; the same text hashes differently in the next
/// process.
/// source    multiply-and-fold construction, as in Wang Yi's wyhash
class TextHash {
 public:
  explicit constexpr TextHash(std::uint64_t seed) noexcept : seed_(seed ^ hash_parts::key_a) {}

  [[nodiscard]] std::uint64_t operator()(std::string_view text) const noexcept {
    using namespace hash_parts;
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
  std::uint64_t seed_;
};

/// The same for whole packets: four times as many bytes a step, in four lanes that do not wait for
/// one another.
class BytesHash {
 public:
  explicit constexpr BytesHash(std::uint64_t seed) noexcept : seed_(seed ^ hash_parts::key_b) {}

  [[nodiscard]] std::uint64_t operator()(Bytes in) const noexcept {
    using namespace hash_parts;
    std::uint64_t a = seed_;
    std::uint64_t b = seed_ ^ key_a;
    std::uint64_t c = seed_ ^ key_c;
    std::uint64_t d = seed_ ^ key_d;
    // A product is 0 when one factor is, whatever the other: the secret is in both.
    const std::uint64_t secret = std::rotl(seed_, 32);
    const auto take = [&](const std::uint8_t* at) {
      a = fold(load(at, 8) ^ a, load(at + 8, 8) ^ secret ^ key_a);
      b = fold(load(at + 16, 8) ^ b, load(at + 24, 8) ^ secret ^ key_b);
      c = fold(load(at + 32, 8) ^ c, load(at + 40, 8) ^ secret ^ key_c);
      d = fold(load(at + 48, 8) ^ d, load(at + 56, 8) ^ secret ^ key_d);
    };
    const std::uint8_t* const end = in.data() + in.size();
    if (in.size() < 64) {
      a = TextHash(seed_)(as_text(in));
    } else {
      for (const std::uint8_t* at = in.data(); end - at > 64; at += 64) take(at);
      take(end - 64);  // some of these are in already
    }
    return fold(fold(a ^ key_c, b) ^ fold(c, d ^ key_a) ^ in.size(), key_d);
  }

 private:
  std::uint64_t seed_;
};

}  // namespace heptap
