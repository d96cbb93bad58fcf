#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace heptap {

/// gives     the place of an item, which is added when it is not there
template <class Item>
[[nodiscard]] std::uint32_t place_of(std::vector<Item>& items, const Item& item) {
  const auto at = std::find(items.begin(), items.end(), item);
  const auto place = static_cast<std::uint32_t>(at - items.begin());
  if (at == items.end()) items.push_back(item);
  return place;
}

}  // namespace heptap
