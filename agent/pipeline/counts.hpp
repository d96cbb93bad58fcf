#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace heptap {

/// One plain counter for each value of an enumeration that ends in `count_`. Counters belong to one
/// thread; others see copies.
template <class Enum>
class Counts {
 public:
  [[nodiscard]] std::uint64_t& operator[](Enum e) noexcept {
    return values_[static_cast<std::size_t>(e)];
  }
  [[nodiscard]] std::uint64_t operator[](Enum e) const noexcept {
    return values_[static_cast<std::size_t>(e)];
  }

 private:
  std::array<std::uint64_t, static_cast<std::size_t>(Enum::count_)> values_{};
};

/// Each value of such an enumeration, in its order.
template <class Enum, class Action>
void for_each(Action action) {
  for (int i = 0; i < static_cast<int>(Enum::count_); ++i) action(static_cast<Enum>(i));
}

}  // namespace heptap
