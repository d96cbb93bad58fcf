#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "proto/bytes.hpp"

namespace heptap {

/// SipHash-2-4: a keyed function whose results say nothing about the key nor about the result for
/// another text, however many pairs somebody has seen. Unlike TextHash it may decide what leaves the
/// machine; it takes some 20 ns for a short text.
/// source    J.-P. Aumasson, D. J. Bernstein, "SipHash: a fast short-input PRF", 2012
class SipHash {
 public:
  /// key       the 16 bytes of the secret, as two little-endian numbers
  constexpr SipHash(std::uint64_t low, std::uint64_t high) noexcept : low_(low), high_(high) {}

  [[nodiscard]] std::uint64_t operator()(Bytes in) const noexcept {
    State s{low_ ^ 0x736f6d6570736575U, high_ ^ 0x646f72616e646f6dU, low_ ^ 0x6c7967656e657261U,
            high_ ^ 0x7465646279746573U};
    const std::uint8_t* at = in.data();
    for (std::size_t words = in.size() / 8; words > 0; --words, at += 8) s.take(load(at, 8));
    s.take(tail(in) | static_cast<std::uint64_t>(in.size()) << 56U);
    s.v2 ^= 0xffU;
    for (int i = 0; i < 4; ++i) s.round();
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
  }

  constexpr bool operator==(const SipHash&) const noexcept = default;

 private:
  struct State {
    std::uint64_t v0;
    std::uint64_t v1;
    std::uint64_t v2;
    std::uint64_t v3;

    void round() noexcept {
      v0 += v1;
      v2 += v3;
      v1 = std::rotl(v1, 13) ^ v0;
      v3 = std::rotl(v3, 16) ^ v2;
      v0 = std::rotl(v0, 32);
      v2 += v1;
      v0 += v3;
      v1 = std::rotl(v1, 17) ^ v2;
      v3 = std::rotl(v3, 21) ^ v0;
      v2 = std::rotl(v2, 32);
    }

    void take(std::uint64_t word) noexcept {
      v3 ^= word;
      round();
      round();
      v0 ^= word;
    }
  };

  static std::uint64_t load(const std::uint8_t* from, std::size_t size) noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, from, size);
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    return word;
  }

  /// What is left behind the last whole word. Read with bytes before it, where there are any: a copy
  /// of a length known only now is a call.
  static std::uint64_t tail(Bytes in) noexcept {
    const std::size_t left = in.size() % 8;
    if (left == 0) return 0;
    if (in.size() < 8) return load(in.data(), left);
    return load(in.data() + in.size() - 8, 8) >> (64 - 8 * left);
  }

  std::uint64_t low_;
  std::uint64_t high_;
};

}  // namespace heptap
