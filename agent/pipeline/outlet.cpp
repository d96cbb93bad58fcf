#include "agent/pipeline/outlet.hpp"

#include <limits>

namespace heptap {

constexpr auto every_collector = std::numeric_limits<std::uint64_t>::max();

void Outlet::offer(const hep::Message& message) noexcept {
  ++counts_.entered;
  const std::size_t bound = encoder_.bound_bytes(message);
  auto slot = ring_.reserve(bound);
  while (slot.empty()) {
    if (when_full_ == WhenFull::drop && !ring_.closed()) return void(++counts_.ring_full);
    if (!ring_.wait_for_space(bound)) return void(++counts_.ring_closed);
    slot = ring_.reserve(bound);
  }
  const auto encoded = encoder_.encode(message, slot);
  if (!encoded) {
    ++counts_.over_limit;
    return;
  }
  ring_.commit(encoded->size_bytes, every_collector, message.time_us);
  ++counts_.encoded;
  if (encoded->cut) ++counts_.cut;
}

}  // namespace heptap
