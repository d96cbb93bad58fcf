#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace heptap::test {

/// gives     the bytes that a text of hexadecimal digits stands for; blanks and line ends are
/// skipped
[[nodiscard]] inline std::vector<std::uint8_t> from_hex(std::string_view text) {
  const auto digit = [](char c) -> unsigned {
    return static_cast<unsigned>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
  };
  std::vector<std::uint8_t> out;
  int high = -1;
  for (const char c : text) {
    if (c == ' ' || c == '\n') continue;
    if (high < 0) {
      high = static_cast<int>(digit(c));
      continue;
    }
    out.push_back(static_cast<std::uint8_t>(static_cast<unsigned>(high) << 4U | digit(c)));
    high = -1;
  }
  return out;
}

}  // namespace heptap::test
