#pragma once

#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string_view>
#include <vector>

namespace heptap::test {

/// An invariant of a fuzz target: libFuzzer keeps the input that breaks it.
inline void require(bool holds) {
  if (!holds) std::abort();
}

/// `inner` is empty or lies inside of `outer`.
inline void require_inside(std::string_view outer, std::string_view inner) {
  const std::less_equal<> not_after;
  require(inner.empty() || (not_after(outer.data(), inner.data()) &&
                            not_after(inner.data() + inner.size(), outer.data() + outer.size())));
}

/// The input in a heap block of exactly its size, so that a read beyond its end is one beyond the
/// block.
inline std::vector<std::uint8_t> exact_block(const std::uint8_t* data, std::size_t size) {
  return {data, data + size};
}

}  // namespace heptap::test
