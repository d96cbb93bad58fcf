#pragma once

#include <cstdint>
#include <random>

namespace heptap {

/// gives     a secret for the hashes of one table, so that no stranger can aim at one of its chains
[[nodiscard]] inline std::uint64_t random_seed() {
  std::random_device device;
  return std::uint64_t{device()} << 32U | device();
}

}  // namespace heptap
