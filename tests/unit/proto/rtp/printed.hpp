#pragma once

#include <cmath>
#include <cstdio>
#include <string>

namespace heptap::test {

/// gives     the number as a table prints it, with three decimals
inline std::string printed(double value) {
  if (std::abs(value) < 0.0005) value = 0;  // not "-0.000"
  char text[64];
  const int size = std::snprintf(text, sizeof text, "%.3f", value);
  return {text, static_cast<std::size_t>(size)};
}

}  // namespace heptap::test
