#pragma once

#include <cstdint>
#include <random>

namespace heptap {

/// gives     a secret for the hashes of one table, so that no stranger can aim at one of its chains
[[nodiscard]] inline std::uint64_t random_seed() {
  std::random_device device;
  return std::uint64_t{device()} << 32U | device();
}

/// gives     that of all hashes of whole messages: who shares a table must know the others' messages
[[nodiscard]] inline std::uint64_t content_seed() {
  static const std::uint64_t seed = random_seed();
  return seed;
}

}  // namespace heptap
