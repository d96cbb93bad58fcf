#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace heptap::test {

/// lifetime  that of the text
inline std::span<const std::uint8_t> bytes_of(std::string_view text) {
  // Text is bytes: NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast)
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace heptap::test
