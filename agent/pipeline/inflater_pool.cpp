#include "agent/pipeline/inflater_pool.hpp"

#include <algorithm>

namespace heptap {

Inflater& InflaterPool::of(std::uint32_t stream) {
  ++uses_;
  Owned* owned = find(stream);
  if (owned == nullptr) {
    if (inflaters_.size() < max_inflaters) {
      inflaters_.push_back({Inflater{}, stream, uses_});
      return inflaters_.back().inflater;
    }
    owned = &victim();
    owned->inflater.reset();
    owned->stream = stream;
    owned->knows_sip = false;
  }
  owned->used = uses_;
  return owned->inflater;
}

void InflaterPool::confirm(std::uint32_t stream) noexcept {
  if (Owned* owned = find(stream)) owned->knows_sip = true;
}

void InflaterPool::reset(std::uint32_t stream) noexcept {
  Owned* owned = find(stream);
  if (owned == nullptr) return;
  owned->inflater.reset();
  owned->knows_sip = false;
}

InflaterPool::Owned* InflaterPool::find(std::uint32_t stream) noexcept {
  const auto found = std::find_if(inflaters_.begin(), inflaters_.end(),
                                  [stream](const Owned& owned) { return owned.stream == stream; });
  return found == inflaters_.end() ? nullptr : &*found;
}

InflaterPool::Owned& InflaterPool::victim() noexcept {
  return *std::min_element(inflaters_.begin(), inflaters_.end(),
                           [](const Owned& a, const Owned& b) {
                             return a.knows_sip != b.knows_sip ? b.knows_sip : a.used < b.used;
                           });
}

}  // namespace heptap
