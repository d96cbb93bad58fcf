#include "agent/pipeline/inflater_pool.hpp"

#include <algorithm>

namespace heptap {

Inflater& InflaterPool::of(std::uint32_t stream) {
  ++uses_;
  const auto is_its = [stream](const Owned& owned) { return owned.stream == stream; };
  auto found = std::find_if(inflaters_.begin(), inflaters_.end(), is_its);
  if (found == inflaters_.end()) {
    if (inflaters_.size() < max_inflaters) {
      inflaters_.push_back({Inflater{}, stream, uses_});
      return inflaters_.back().inflater;
    }
    found = std::min_element(inflaters_.begin(), inflaters_.end(),
                             [](const Owned& a, const Owned& b) { return a.used < b.used; });
    found->inflater.reset();
    found->stream = stream;
  }
  found->used = uses_;
  return found->inflater;
}

void InflaterPool::reset(std::uint32_t stream) noexcept {
  for (Owned& owned : inflaters_) {
    if (owned.stream == stream) owned.inflater.reset();
  }
}

}  // namespace heptap
