#pragma once

#include <catch2/catch.hpp>
#include <random>
#include <string>

namespace heptap::test {

/// gives     random numbers of the running test case: the same in every run of it, and others than
///           those of every other test case
[[nodiscard]] inline std::mt19937_64 test_random() {
  const std::string name = Catch::getResultCapture().getCurrentTestName();
  std::seed_seq seed(name.begin(), name.end());
  return std::mt19937_64(seed);
}

/// gives     0 to limit - 1
template <class Random>
[[nodiscard]] std::size_t below(Random& random, std::size_t limit) {
  return static_cast<std::size_t>(random() % limit);
}

}  // namespace heptap::test
